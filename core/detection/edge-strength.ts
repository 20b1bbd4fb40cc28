/**
 * Strength of the edges in a smoothed score: central-difference gradient relative to the image's 99th percentile.
 * @param smooth length width × height, 0–255
 * @returns same length; 255 is the 99th percentile or more; 0 on the image border
 */
export function edgeStrength(smooth: Uint8Array, width: number, height: number): Uint8Array {
  const gradient = new Uint16Array(smooth.length);
  const histogram = new Uint32Array(512);
  for (let y = 1; y < height - 1; y++) {
    for (let i = y * width + 1; i < (y + 1) * width - 1; i++) {
      const across = smooth[i + 1] - smooth[i - 1];
      const down = smooth[i + width] - smooth[i - width];
      gradient[i] = Math.sqrt(across * across + down * down);
      histogram[gradient[i]]++;
    }
  }
  const interior = Math.max(0, width - 2) * Math.max(0, height - 2);
  const strong = Math.max(WEAKEST_FULL_EDGE, upperPercentile(histogram, interior * 0.01));
  const strength = new Uint8Array(smooth.length);
  for (let i = 0; i < strength.length; i++) strength[i] = Math.min(255, (255 * gradient[i]) / strong);
  return strength;
}

/** Keeps the noise of an empty field from passing as sharp edges; score steps over two pixels. */
const WEAKEST_FULL_EDGE = 4;

/** Greatest value that at least `count` entries reach. */
function upperPercentile(histogram: Uint32Array, count: number): number {
  let reached = 0;
  for (let value = histogram.length - 1; value > 0; value--) {
    reached += histogram[value];
    if (reached >= count && reached > 0) return value;
  }
  return 0;
}
