/**
 * Marks the bytes above a threshold, 32 a word.
 * @param values rows × width bytes, readable for 32 bytes more
 * @param words room for rows × ⌈width / 32⌉ words
 * @param threshold 0–255
 */
export function packRows(values: usize, words: usize, width: i32, rows: i32, threshold: i32): void {
  const limit = i8x16.splat(threshold as i8);
  const rest = width & 31;
  for (let y: i32 = 0; y < rows; y++) {
    let at = values;
    for (let x: i32 = 0; x + 32 <= width; x += 32) {
      store<u32>(words, above(at, limit));
      at += 32;
      words += 4;
    }
    if (rest > 0) {
      store<u32>(words, above(at, limit) & ((1 << rest) - 1));
      words += 4;
    }
    values += width as usize;
  }
}

function above(at: usize, limit: v128): i32 {
  const low = i8x16.bitmask(i8x16.gt_u(v128.load(at), limit));
  const high = i8x16.bitmask(i8x16.gt_u(v128.load(at, 16), limit));
  return low | (high << 16);
}
