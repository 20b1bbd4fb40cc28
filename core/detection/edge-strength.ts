/** A smoothed score in which edges are looked at where they matter, instead of everywhere. */
export interface Edges {
  /** Length width × height, 0–255. */
  smooth: Uint8Array;
  width: number;
  height: number;
  /** The gradient that counts as a full edge, from `strongGradient`. */
  strong: number;
}

/**
 * Strength of the edge at a pixel: its central-difference gradient relative to a strong one of the image.
 * @returns 0–255; 0 on the image's border
 */
export function edgeStrengthAt({ smooth, width, height, strong }: Edges, x: number, y: number): number {
  if (x === 0 || y === 0 || x === width - 1 || y === height - 1) return 0;
  return Math.min(255, Math.floor((255 * gradientAt(smooth, y * width + x, width)) / strong));
}

function gradientAt(smooth: Uint8Array, at: number, width: number): number {
  const across = smooth[at + 1] - smooth[at - 1];
  const down = smooth[at + width] - smooth[at - width];
  return Math.floor(Math.sqrt(across * across + down * down));
}

/** Gradients are whole numbers from 0 to √2 × 255. */
export const GRADIENTS = 512;

/**
 * How often each gradient occurs inside the image; of large images only every nth row is counted: more pixels tell
 * no more.
 * @returns length GRADIENTS
 */
export function countGradients(smooth: Uint8Array, width: number, height: number): Uint32Array {
  const histogram = new Uint32Array(GRADIENTS);
  const rowStep = countedRowStep(width, height);
  for (let y = 1; y < height - 1; y += rowStep) {
    for (let at = y * width + 1; at < (y + 1) * width - 1; at++) histogram[gradientAt(smooth, at, width)]++;
  }
  return histogram;
}

export function countedRowStep(width: number, height: number): number {
  return Math.ceil((width * height) / COUNTED_PIXELS);
}

const COUNTED_PIXELS = 125_000;

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
