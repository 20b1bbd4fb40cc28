/**
 * Binomial blur of `rows` rows.
 * @param source rows + 4 rows of bytes, the two before and after included
 * @param across room for as many rows of u16
 * @param target rows rows of bytes
 */
export function blurRows(source: usize, across: usize, target: usize, width: i32, rows: i32): void {
  for (let y: i32 = 0; y < rows + 4; y++) {
    blurAcross(source + ((y * width) as usize), across + ((y * width) as usize) * 2, width);
  }
  for (let y: i32 = 0; y < rows; y++) {
    blurDown(across + ((y * width) as usize) * 2, target + ((y * width) as usize), width);
  }
}

function blurAcross(line: usize, sums: usize, width: i32): void {
  let x: i32 = 0;
  for (; x < min<i32>(2, width); x++) store<u16>(sums + (x as usize) * 2, edgeSum(line, x, width));
  for (; x + 10 <= width; x += 8) {
    const at = line + (x as usize);
    const outer = i16x8.add(v128.load_ext<u8>(at - 2), v128.load_ext<u8>(at + 2));
    const inner = i16x8.add(v128.load_ext<u8>(at - 1), v128.load_ext<u8>(at + 1));
    v128.store(sums + (x as usize) * 2, binomial(outer, inner, v128.load_ext<u8>(at)));
  }
  for (; x < width; x++) store<u16>(sums + (x as usize) * 2, edgeSum(line, x, width));
}

function blurDown(sums: usize, target: usize, width: i32): void {
  const stride = (width as usize) * 2;
  let x: i32 = 0;
  for (; x + 16 <= width; x += 16) {
    const at = sums + (x as usize) * 2;
    v128.store(
      target + (x as usize),
      i8x16.narrow_i16x8_u(columnMeans(at, stride), columnMeans(at + 16, stride)),
    );
  }
  for (; x < width; x++) {
    const at = sums + (x as usize) * 2;
    const outer = (load<u16>(at) as i32) + (load<u16>(at + 4 * stride) as i32);
    const inner = (load<u16>(at + stride) as i32) + (load<u16>(at + 3 * stride) as i32);
    const middle = load<u16>(at + 2 * stride) as i32;
    store<u8>(target + (x as usize), (outer + 4 * inner + 6 * middle + 128) >> 8);
  }
}

function columnMeans(at: usize, stride: usize): v128 {
  const outer = i16x8.add(v128.load(at), v128.load(at + 4 * stride));
  const inner = i16x8.add(v128.load(at + stride), v128.load(at + 3 * stride));
  const sum = binomial(outer, inner, v128.load(at + 2 * stride));
  return i16x8.shr_u(i16x8.add(sum, i16x8.splat(128)), 8);
}

/** outer + 4 × inner + 6 × middle; at most 255 × 256, which u16 holds. */
function binomial(outer: v128, inner: v128, middle: v128): v128 {
  const twice = i16x8.shl(middle, 1);
  return i16x8.add(outer, i16x8.add(twice, i16x8.shl(i16x8.add(inner, middle), 2)));
}

function edgeSum(line: usize, x: i32, width: i32): i32 {
  const last = width - 1;
  const a = load<u8>(line + (max<i32>(0, x - 2) as usize)) as i32;
  const b = load<u8>(line + (max<i32>(0, x - 1) as usize)) as i32;
  const c = load<u8>(line + (x as usize)) as i32;
  const d = load<u8>(line + (min<i32>(last, x + 1) as usize)) as i32;
  const e = load<u8>(line + (min<i32>(last, x + 2) as usize)) as i32;
  return a + e + 4 * (b + d) + 6 * c;
}
