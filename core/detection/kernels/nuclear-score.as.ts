/**
 * What colour adds to the nuclear score of `count` pixels, in whole steps of `addDetail`'s colour.
 * @param red bytes, readable for 3 more, as `green` and `blue`
 * @param target room for count i16 and 3 more
 * @param densities i32 per channel and value
 * @param weights i32: start, r, g, b, rr, rg, rb, gg, gb, bb, pink, orange
 */
export function scoreColour(
  red: usize,
  green: usize,
  blue: usize,
  target: usize,
  count: i32,
  densities: usize,
  weights: usize,
): void {
  const start = i32x4.splat(load<i32>(weights));
  const r = v128.load_splat<u32>(weights, 4);
  const g = v128.load_splat<u32>(weights, 8);
  const b = v128.load_splat<u32>(weights, 12);
  const rr = v128.load_splat<u32>(weights, 16);
  const rg = v128.load_splat<u32>(weights, 20);
  const rb = v128.load_splat<u32>(weights, 24);
  const gg = v128.load_splat<u32>(weights, 28);
  const gb = v128.load_splat<u32>(weights, 32);
  const bb = v128.load_splat<u32>(weights, 36);
  const pink = v128.load_splat<u32>(weights, 40);
  const orange = v128.load_splat<u32>(weights, 44);
  const zero = i32x4.splat(0);
  for (let i: i32 = 0; i < count; i += 4) {
    const R = fourDensities(red + (i as usize), densities);
    const G = fourDensities(green + (i as usize), densities + 1024);
    const B = fourDensities(blue + (i as usize), densities + 2048);
    const quadraticR = i32x4.add(i32x4.add(i32x4.mul(rr, R), i32x4.mul(rg, G)), i32x4.mul(rb, B));
    const quadraticG = i32x4.add(i32x4.mul(gg, G), i32x4.mul(gb, B));
    const ofR = i32x4.mul(R, i32x4.add(r, i32x4.shr_s(quadraticR, 10)));
    const ofG = i32x4.mul(G, i32x4.add(g, i32x4.shr_s(quadraticG, 10)));
    const ofB = i32x4.mul(B, i32x4.add(b, i32x4.shr_s(i32x4.mul(bb, B), 10)));
    const ofPink = i32x4.mul(pink, i32x4.max_s(zero, i32x4.sub(G, R)));
    const ofOrange = i32x4.mul(orange, i32x4.max_s(zero, i32x4.sub(B, i32x4.shr_s(R, 1))));
    const sum = i32x4.add(i32x4.add(start, ofR), i32x4.add(i32x4.add(ofG, ofB), i32x4.add(ofPink, ofOrange)));
    const steps = i32x4.shr_s(sum, 16);
    const kept = i32x4.max_s(i32x4.splat(-1023), i32x4.min_s(i32x4.splat(1023), steps));
    v128.store_lane<u64>(target + ((i as usize) << 1), i16x8.narrow_i32x4_s(kept, kept), 0);
  }
}

function fourDensities(at: usize, densities: usize): v128 {
  let values = v128.load32_zero(densities + ((load<u8>(at) as usize) << 2));
  values = v128.load_lane<u32>(densities + ((load<u8>(at, 1) as usize) << 2), values, 1);
  values = v128.load_lane<u32>(densities + ((load<u8>(at, 2) as usize) << 2), values, 2);
  return v128.load_lane<u32>(densities + ((load<u8>(at, 3) as usize) << 2), values, 3);
}

/**
 * Enlarges the colour score of half the size and adds the detail of the density.
 * @param colour rows / 2 + 2 rows of i16, the one before and the one after included
 * @param density rows × width bytes, readable for 16 more
 * @param target room for rows × width bytes and 16 more
 * @param rows the first is an even one
 * @param detail score of a density of 0.01, in 32nds of a step
 * @param line room for ⌈width / 2⌉ + 16 i16
 */
export function addDetailRows(
  colour: usize,
  density: usize,
  target: usize,
  width: i32,
  rows: i32,
  detail: i32,
  line: usize,
): void {
  const half = (width + 1) >> 1;
  const stride = (half as usize) << 1;
  const weight = i16x8.splat(detail as i16);
  const three = i16x8.splat(3);
  const rounding = i16x8.splat(16);
  line += 16;
  for (let y: i32 = 0; y < rows; y++) {
    const near = colour + (((y >> 1) + 1) as usize) * stride;
    const far = y & 1 ? near + stride : near - stride;
    for (let i: usize = 0; i < stride; i += 16) {
      v128.store(line + i, i16x8.add(i16x8.mul(three, v128.load(near + i)), v128.load(far + i)));
    }
    store<i16>(line - 2, load<i16>(line));
    store<i16>(line + stride, load<i16>(line + stride - 2));
    for (let x: i32 = 0; x < width; x += 16) {
      const at = line + (x as usize);
      const middle = i16x8.mul(three, v128.load(at));
      const even = i16x8.add(middle, v128.load(at - 2));
      const odd = i16x8.add(middle, v128.load(at + 2));
      const bytes = v128.load(density + (x as usize));
      const low = i16x8.mul(weight, i16x8.extend_low_i8x16_u(bytes));
      const high = i16x8.mul(weight, i16x8.extend_high_i8x16_u(bytes));
      const first = i16x8.add(v128.shuffle<i16>(even, odd, 0, 8, 1, 9, 2, 10, 3, 11), low);
      const second = i16x8.add(v128.shuffle<i16>(even, odd, 4, 12, 5, 13, 6, 14, 7, 15), high);
      v128.store(
        target + (x as usize),
        i8x16.narrow_i16x8_u(
          i16x8.shr_s(i16x8.add(first, rounding), 5),
          i16x8.shr_s(i16x8.add(second, rounding), 5),
        ),
      );
    }
    density += width as usize;
    target += width as usize;
  }
}
