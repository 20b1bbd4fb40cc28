/**
 * Smooths with the 5×5 binomial kernel (1 4 6 4 1)/16 in each direction, edges replicated.
 * @param source length width × height, 0–255
 * @returns a new array of the same length
 */
export function blurBinomial5(source: Uint8Array, width: number, height: number): Uint8Array {
  const across = new Uint16Array(source.length);
  for (let y = 0; y < height; y++) {
    const line = y * width;
    const last = line + width - 1;
    let a = source[line];
    let b = a;
    let c = a;
    let d = source[Math.min(last, line + 1)];
    for (let i = line; i <= last; i++) {
      const e = source[i + 2 <= last ? i + 2 : last];
      across[i] = a + e + 4 * (b + d) + 6 * c;
      a = b;
      b = c;
      c = d;
      d = e;
    }
  }
  const blurred = new Uint8Array(source.length);
  for (let y = 0; y < height; y++) {
    const here = y * width;
    const above1 = Math.max(0, y - 1) * width;
    const above2 = Math.max(0, y - 2) * width;
    const below1 = Math.min(height - 1, y + 1) * width;
    const below2 = Math.min(height - 1, y + 2) * width;
    for (let x = 0; x < width; x++) {
      const sum =
        across[above2 + x] +
        across[below2 + x] +
        4 * (across[above1 + x] + across[below1 + x]) +
        6 * across[here + x];
      blurred[here + x] = (sum + 128) >> 8;
    }
  }
  return blurred;
}
