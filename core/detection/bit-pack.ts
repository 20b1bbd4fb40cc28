/** A binary image, 32 pixels a word, the leftmost pixel in the lowest bit; bits past the right edge are 0. */
export interface PackedBits {
  words: Int32Array;
  wordsPerRow: number;
  /** px */
  width: number;
  /** px */
  height: number;
}

/**
 * Marks the pixels whose value is greater than a threshold.
 * @param values length width × height, 0–255
 */
export function packAbove(values: Uint8Array, width: number, height: number, threshold: number): PackedBits {
  const wordsPerRow = (width + 31) >> 5;
  const words = new Int32Array(wordsPerRow * height);
  const limit = Math.floor(threshold);
  for (let y = 0; y < height; y++) {
    for (let k = 0; k < wordsPerRow; k++) {
      const from = y * width + (k << 5);
      const bits = Math.min(32, width - (k << 5));
      let word = 0;
      for (let bit = 0; bit < bits; bit++) word |= ((limit - values[from + bit]) >>> 31) << bit;
      words[y * wordsPerRow + k] = word;
    }
  }
  return { words, wordsPerRow, width, height };
}
