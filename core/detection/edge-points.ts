/** Points on the borders of things, one pixel thin, in raster order. */
export interface EdgePoints {
  count: number;
  /** Least slope of a point that counts. */
  leastSlope: number;
  /** Column and row of each point. */
  x: Int32Array;
  y: Int32Array;
  /** Unit vector towards the larger values. */
  towardX: Float32Array;
  towardY: Float32Array;
  /** Points of row y are rowStart[y] ≤ i < rowStart[y + 1]: length height + 1. */
  rowStart: Int32Array;
}

/** A point's slope is at least this share of the image's 97th percentile; own choice, tuned on TXL-PBC. */
const LEAST_SLOPE = 0.35;
const STRONG = 0.97;

const SLOPE_BINS = 2048;
const BINS_PER_STEP = 8;

/** Cosine of 67.5°: directions are rounded to the eight neighbours. */
const EIGHTH = 0.3827;

/**
 * Finds the ridges of the Sobel gradient (non-maximum suppression, Canny 1986).
 * @param values length width × height
 * @param leastSlope of the whole image, where this is a part of it
 */
export function findEdgePoints(
  values: Uint8Array,
  width: number,
  height: number,
  leastSlope?: number,
): EdgePoints {
  const slope = slopes(values, width, height);
  const least = leastSlope ?? Math.max(0.5, LEAST_SLOPE * strongSlope(slope));
  const x: number[] = [];
  const y: number[] = [];
  const towardX: number[] = [];
  const towardY: number[] = [];
  const rowStart = new Int32Array(height + 1);
  for (let row = 1; row < height - 1; row++) {
    rowStart[row] = x.length;
    for (let at = row * width + 1; at < (row + 1) * width - 1; at++) {
      if (slope[at] < least) continue;
      const unitX = slopeAcross(values, at, width) / slope[at];
      const unitY = slopeDown(values, at, width) / slope[at];
      const ahead = rounded(unitY) * width + rounded(unitX);
      if (slope[at + ahead] > slope[at] || slope[at - ahead] >= slope[at]) continue;
      x.push(at - row * width);
      y.push(row);
      towardX.push(unitX);
      towardY.push(unitY);
    }
  }
  rowStart.fill(x.length, Math.max(1, height - 1));
  return {
    count: x.length,
    leastSlope: least,
    x: Int32Array.from(x),
    y: Int32Array.from(y),
    towardX: Float32Array.from(towardX),
    towardY: Float32Array.from(towardY),
    rowStart,
  };
}

/** Length of the gradient, 0 at the image's border. */
function slopes(values: Uint8Array, width: number, height: number): Float32Array {
  const slope = new Float32Array(width * height);
  for (let row = 1; row < height - 1; row++) {
    for (let at = row * width + 1; at < (row + 1) * width - 1; at++) {
      const across = slopeAcross(values, at, width);
      const down = slopeDown(values, at, width);
      slope[at] = Math.sqrt(across * across + down * down);
    }
  }
  return slope;
}

function slopeAcross(v: Uint8Array, at: number, width: number): number {
  const above = v[at - width + 1] - v[at - width - 1];
  const below = v[at + width + 1] - v[at + width - 1];
  return (2 * (v[at + 1] - v[at - 1]) + above + below) / 8;
}

function slopeDown(v: Uint8Array, at: number, width: number): number {
  const left = v[at + width - 1] - v[at - width - 1];
  const right = v[at + width + 1] - v[at - width + 1];
  return (2 * (v[at + width] - v[at - width]) + left + right) / 8;
}

function strongSlope(slope: Float32Array): number {
  const counts = new Uint32Array(SLOPE_BINS);
  for (let i = 0; i < slope.length; i++) {
    counts[Math.min(SLOPE_BINS - 1, Math.round(BINS_PER_STEP * slope[i]))]++;
  }
  let above = (1 - STRONG) * slope.length;
  let bin = SLOPE_BINS - 1;
  while (bin > 0 && above > counts[bin]) above -= counts[bin--];
  return bin / BINS_PER_STEP;
}

function rounded(cosine: number): number {
  return cosine > EIGHTH ? 1 : cosine < -EIGHTH ? -1 : 0;
}
