/**
 * Strength of the edges in a smoothed score: central-difference gradient relative to the image's 99th percentile.
 * @param smooth length width × height, 0–255
 * @param strong gradient of a full edge, from `strongGradient` of the whole image's gradients
 * @returns same length; 255 is a full edge or more; 0 on the image border
 */
export function edgeStrength(
  smooth: Uint8Array,
  width: number,
  height: number,
  strong = strongGradient(countGradients(smooth, width, height)),
): Uint8Array {
  const strengthOf = Uint8Array.from({ length: GRADIENTS }, (_, g) => Math.min(255, (255 * g) / strong));
  const strength = new Uint8Array(smooth.length);
  for (let y = 1; y < height - 1; y++) {
    for (let i = y * width + 1; i < (y + 1) * width - 1; i++) {
      strength[i] = strengthOf[gradientAt(smooth, width, i)];
    }
  }
  return strength;
}

/** How often each gradient occurs in the image: length GRADIENTS. */
export function countGradients(smooth: Uint8Array, width: number, height: number): Uint32Array {
  const histogram = new Uint32Array(GRADIENTS);
  const rowStep = countedRowStep(width, height);
  for (let y = 1; y < height - 1; y += rowStep) {
    for (let i = y * width + 1; i < (y + 1) * width - 1; i++) histogram[gradientAt(smooth, width, i)]++;
  }
  return histogram;
}

function gradientAt(smooth: Uint8Array, width: number, i: number): number {
  const across = smooth[i + 1] - smooth[i - 1];
  const down = smooth[i + width] - smooth[i - width];
  return Math.sqrt(across * across + down * down) | 0;
}

/** Gradients are whole numbers from 0 to √2 × 255. */
export const GRADIENTS = 512;

/** Of large images only every nth row is counted: more pixels tell no more about the percentile. */
export function countedRowStep(width: number, height: number): number {
  return Math.ceil((width * height) / COUNTED_PIXELS);
}

const COUNTED_PIXELS = 500_000;

/** The gradient that counts as a full edge: the 99th percentile of the counted ones. */
export function strongGradient(histogram: Uint32Array): number {
  const counted = histogram.reduce((sum, count) => sum + count, 0);
  return Math.max(WEAKEST_FULL_EDGE, upperPercentile(histogram, counted * 0.01));
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
