import { histogramOf, otsuThresholds } from './otsu.ts';

/** Density of the empty slide after levelling, so that its noise is not cut off at 0. */
export const SLIDE_LEVEL = 10;

/** More pixels than about this tell no more about the light. */
const SAMPLE = 40_000;
const ROUNDS = 3;

/** Holds the curvature back where the empty slide shows in one corner only; own choice. */
const RIDGE = 0.02;

/**
 * Takes uneven light out of a density image: a quadratic surface, the form of vignetting, is fitted to the pixels
 * below Otsu's lowest threshold by least squares and subtracted.
 * @param density total optical density × 100, length width × height
 * @returns density above the empty slide + SLIDE_LEVEL, clamped to 0–255
 */
export function levelDensity(density: Uint8Array, width: number, height: number): Uint8Array {
  const surface = slideSurface(density, width, height);
  const level = new Uint8Array(density.length);
  for (let y = 0; y < height; y++) {
    const v = (2 * y) / height - 1;
    const constant = surface[0] + surface[2] * v + surface[5] * v * v - SLIDE_LEVEL;
    const slope = surface[1] + surface[4] * v;
    for (let x = 0; x < width; x++) {
      const u = (2 * x) / width - 1;
      const value = Math.round(density[y * width + x] - constant - slope * u - surface[3] * u * u);
      level[y * width + x] = value < 0 ? 0 : value > 255 ? 255 : value;
    }
  }
  return level;
}

/** Weights of 1, u, v, u², uv and v², u and v going from −1 to 1 across the image. */
function slideSurface(density: Uint8Array, width: number, height: number): Float64Array {
  const step = Math.max(1, Math.floor(Math.sqrt((width * height) / SAMPLE)));
  const terms: number[][] = [];
  const values: number[] = [];
  for (let y = 0; y < height; y += step) {
    for (let x = 0; x < width; x += step) {
      const u = (2 * x) / width - 1;
      const v = (2 * y) / height - 1;
      terms.push([1, u, v, u * u, u * v, v * v]);
      values.push(density[y * width + x]);
    }
  }
  let surface = new Float64Array(6);
  for (let round = 0; round < ROUNDS; round++) {
    const rest = Uint8Array.from(values, (value, i) =>
      Math.min(255, Math.max(0, Math.round(value - dot(surface, terms[i]) + SLIDE_LEVEL))),
    );
    const threshold = otsuThresholds(histogramOf(rest), 3)[0];
    // Where no pixel lies below the others there is no slide to see.
    if (rest.every((value) => value > threshold)) break;
    surface = leastSquares(terms, values, rest, threshold);
  }
  return surface;
}

function leastSquares(
  terms: readonly number[][],
  values: readonly number[],
  rest: Uint8Array,
  threshold: number,
): Float64Array<ArrayBuffer> {
  const normal = Array.from({ length: 6 }, () => new Float64Array(7));
  for (let i = 0; i < values.length; i++) {
    if (rest[i] > threshold) continue;
    for (let row = 0; row < 6; row++) {
      for (let column = 0; column < 6; column++) normal[row][column] += terms[i][row] * terms[i][column];
      normal[row][6] += terms[i][row] * values[i];
    }
  }
  const ridge = RIDGE * normal[0][0];
  for (let row = 1; row < 6; row++) normal[row][row] += ridge;
  return solve(normal);
}

/** Gaussian elimination; the ridge keeps every pivot above 0. */
function solve(rows: Float64Array[]): Float64Array<ArrayBuffer> {
  const count = rows.length;
  for (let i = 0; i < count; i++) {
    for (let below = i + 1; below < count; below++) {
      const factor = rows[below][i] / rows[i][i];
      for (let column = i; column <= count; column++) rows[below][column] -= factor * rows[i][column];
    }
  }
  const solution = new Float64Array(count);
  for (let i = count - 1; i >= 0; i--) {
    let value = rows[i][count];
    for (let k = i + 1; k < count; k++) value -= rows[i][k] * solution[k];
    solution[i] = value / rows[i][i];
  }
  return solution;
}

function dot(a: Float64Array, b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < b.length; i++) sum += a[i] * b[i];
  return sum;
}
