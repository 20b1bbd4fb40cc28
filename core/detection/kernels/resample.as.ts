/**
 * Weighted sum of rows.
 * @param source `rows` rows of `length` bytes, readable for 32 bytes more
 * @param weights i32 per row, sum 256
 * @param mixed room for length u16 and 64 bytes more
 */
export function mixRows(source: usize, length: i32, weights: usize, rows: i32, mixed: usize): void {
  for (let i: i32 = 0; i < length; i += 32) {
    let first = i16x8.splat(0);
    let second = i16x8.splat(0);
    let third = i16x8.splat(0);
    let fourth = i16x8.splat(0);
    let at = source + (i as usize);
    for (let row: i32 = 0; row < rows; row++) {
      const weight = v128.load_splat<u16>(weights + ((row as usize) << 2));
      const left = v128.load(at);
      const right = v128.load(at, 16);
      first = i16x8.add(first, i16x8.mul(i16x8.extend_low_i8x16_u(left), weight));
      second = i16x8.add(second, i16x8.mul(i16x8.extend_high_i8x16_u(left), weight));
      third = i16x8.add(third, i16x8.mul(i16x8.extend_low_i8x16_u(right), weight));
      fourth = i16x8.add(fourth, i16x8.mul(i16x8.extend_high_i8x16_u(right), weight));
      at += length as usize;
    }
    const to = mixed + ((i as usize) << 1);
    v128.store(to, first);
    v128.store(to, second, 16);
    v128.store(to, third, 32);
    v128.store(to, fourth, 48);
  }
}

/**
 * Weighted sums of the pixels of a mixed row, three bytes a target pixel.
 * @param first i32 per target pixel and one more: its entries in `places` and `weights`
 * @param places i32 offset in bytes of each source pixel in `mixed`
 * @param weights i32, sum 2^16 per target pixel
 * @param target room for 3 × width bytes and one more
 */
export function mixColumns(
  mixed: usize,
  first: usize,
  places: usize,
  weights: usize,
  target: usize,
  width: i32,
): void {
  let k = (load<i32>(first) as usize) << 2;
  for (let x: i32 = 0; x < width; x++) {
    first += 4;
    const end = (load<i32>(first) as usize) << 2;
    let sum = i32x4.splat(1 << 23);
    for (; k < end; k += 4) {
      const pixel = v128.load_ext<u16>(mixed + (load<i32>(places + k) as usize));
      sum = i32x4.add(sum, i32x4.mul(pixel, v128.load_splat<u32>(weights + k)));
    }
    const words = i16x8.narrow_i32x4_u(i32x4.shr_u(sum, 24), sum);
    v128.store_lane<u32>(target, i8x16.narrow_i16x8_u(words, words), 0);
    target += 3;
  }
}
