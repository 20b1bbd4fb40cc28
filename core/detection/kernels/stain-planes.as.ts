/**
 * Total density of `rows` rows, an even number, and their colour at half size.
 * @param rgb 3 bytes a pixel
 * @param density room for rows × width bytes and 16 more
 * @param red room for rows / 2 × ⌈width / 2⌉ bytes, as `green` and `blue`
 * @param empty red, green and blue of the empty slide in its lowest three bytes
 * @param densityOf byte per bin: a product of lights as a 32-bit float without its lower 16 bits, from 1.0 on
 */
export function readRows(
  rgb: usize,
  width: i32,
  rows: i32,
  density: usize,
  red: usize,
  green: usize,
  blue: usize,
  empty: i32,
  densityOf: usize,
): void {
  const stride = width as usize;
  const half = ((width + 1) >> 1) as usize;
  for (let y: i32 = 0; y < rows; y += 2) {
    let x: i32 = 0;
    for (; x + 16 <= width; x += 16) {
      const at = rgb + (x as usize) * 3;
      const to = (x >> 1) as usize;
      const r = redOf(at);
      const g = greenOf(at);
      const b = blueOf(at);
      storeDensities(r, g, b, density + (x as usize), empty, densityOf);
      const belowR = redOf(at + stride * 3);
      const belowG = greenOf(at + stride * 3);
      const belowB = blueOf(at + stride * 3);
      storeDensities(belowR, belowG, belowB, density + stride + (x as usize), empty, densityOf);
      storeMeans(r, belowR, red + to);
      storeMeans(g, belowG, green + to);
      storeMeans(b, belowB, blue + to);
    }
    for (; x < width; x++) {
      const at = rgb + (x as usize) * 3;
      storeDensity(at, density + (x as usize), empty, densityOf);
      storeDensity(at + stride * 3, density + stride + (x as usize), empty, densityOf);
      if (x & 1) continue;
      const beside = at + (x + 1 < width ? 3 : 0);
      const to = (x >> 1) as usize;
      storeMean(at, beside, stride * 3, red + to);
      storeMean(at + 1, beside + 1, stride * 3, green + to);
      storeMean(at + 2, beside + 2, stride * 3, blue + to);
    }
    rgb += 6 * stride;
    density += 2 * stride;
    red += half;
    green += half;
    blue += half;
  }
}

function redOf(at: usize): v128 {
  const start = v128.shuffle<u8>(
    v128.load(at),
    v128.load(at, 16),
    0,
    3,
    6,
    9,
    12,
    15,
    18,
    21,
    24,
    27,
    30,
    0,
    0,
    0,
    0,
    0,
  );
  return v128.shuffle<u8>(start, v128.load(at, 32), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 17, 20, 23, 26, 29);
}

function greenOf(at: usize): v128 {
  const start = v128.shuffle<u8>(
    v128.load(at),
    v128.load(at, 16),
    1,
    4,
    7,
    10,
    13,
    16,
    19,
    22,
    25,
    28,
    31,
    0,
    0,
    0,
    0,
    0,
  );
  return v128.shuffle<u8>(start, v128.load(at, 32), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 18, 21, 24, 27, 30);
}

function blueOf(at: usize): v128 {
  const start = v128.shuffle<u8>(
    v128.load(at),
    v128.load(at, 16),
    2,
    5,
    8,
    11,
    14,
    17,
    20,
    23,
    26,
    29,
    0,
    0,
    0,
    0,
    0,
    0,
  );
  return v128.shuffle<u8>(start, v128.load(at, 32), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 19, 22, 25, 28, 31);
}

function storeDensities(r: v128, g: v128, b: v128, target: usize, empty: i32, densityOf: usize): void {
  const least = i8x16.splat(1);
  const light = i8x16.max_u(least, i8x16.min_u(r, i8x16.splat(empty as i8)));
  const green = i8x16.max_u(least, i8x16.min_u(g, i8x16.splat((empty >> 8) as i8)));
  const blue = i8x16.max_u(least, i8x16.min_u(b, i8x16.splat((empty >> 16) as i8)));
  const low = i16x8.extmul_low_i8x16_u(light, green);
  const high = i16x8.extmul_high_i8x16_u(light, green);
  const blueLow = i16x8.extend_low_i8x16_u(blue);
  const blueHigh = i16x8.extend_high_i8x16_u(blue);
  storeFour(i32x4.extmul_low_i16x8_u(low, blueLow), target, densityOf);
  storeFour(i32x4.extmul_high_i16x8_u(low, blueLow), target + 4, densityOf);
  storeFour(i32x4.extmul_low_i16x8_u(high, blueHigh), target + 8, densityOf);
  storeFour(i32x4.extmul_high_i16x8_u(high, blueHigh), target + 12, densityOf);
}

const ONE_BITS: i32 = 0x3f80;

function storeFour(products: v128, target: usize, densityOf: usize): void {
  const bins = i32x4.shr_u(f32x4.convert_i32x4_s(products), 16);
  const table = densityOf - (ONE_BITS as usize);
  store<u8>(target, load<u8>(table + (i32x4.extract_lane(bins, 0) as usize)));
  store<u8>(target, load<u8>(table + (i32x4.extract_lane(bins, 1) as usize)), 1);
  store<u8>(target, load<u8>(table + (i32x4.extract_lane(bins, 2) as usize)), 2);
  store<u8>(target, load<u8>(table + (i32x4.extract_lane(bins, 3) as usize)), 3);
}

function storeDensity(at: usize, target: usize, empty: i32, densityOf: usize): void {
  const r = max<i32>(1, min<i32>(empty & 255, load<u8>(at) as i32));
  const g = max<i32>(1, min<i32>((empty >> 8) & 255, load<u8>(at, 1) as i32));
  const b = max<i32>(1, min<i32>((empty >> 16) & 255, load<u8>(at, 2) as i32));
  const bits = reinterpret<i32>((r * g * b) as f32) >> 16;
  store<u8>(target, load<u8>(densityOf + ((bits - ONE_BITS) as usize)));
}

/** Means of two by two pixels of two rows of 16. */
function storeMeans(above: v128, below: v128, target: usize): void {
  const sums = i16x8.add(i16x8.extadd_pairwise_i8x16_u(above), i16x8.extadd_pairwise_i8x16_u(below));
  const means = i16x8.shr_u(i16x8.add(sums, i16x8.splat(2)), 2);
  v128.store_lane<u64>(target, i8x16.narrow_i16x8_u(means, means), 0);
}

function storeMean(left: usize, right: usize, stride: usize, target: usize): void {
  const above = (load<u8>(left) as i32) + (load<u8>(right) as i32);
  const below = (load<u8>(left + stride) as i32) + (load<u8>(right + stride) as i32);
  store<u8>(target, (above + below + 2) >> 2);
}
