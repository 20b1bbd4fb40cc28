import type { EdgePoints } from './edge-points.ts';

/** A circle that edge points agree on, in pixel indices; its middle may lie outside the image. */
export interface Circle {
  x: number;
  y: number;
  radius: number;
  /** Votes relative to the points of a whole circle. */
  share: number;
}

/** Radii that follow each other differ by a sixth of an octave. */
export const NEXT_RADIUS = 1.122462048309373;

/** Votes are counted in squares of this share of the radius. */
const SQUARE = 0.2;

/** How far outside the image middles may lie, radii. */
const OUTSIDE = 1.8;

/**
 * Circles of one radius by voting (Hough transform with gradients; Duda and Hart 1972, Kimme et al. 1975): each
 * edge point votes for the middle that lies one radius away on its inner side. An arc is enough, so cells that
 * overlap, touch or are cut by the image's border are found as others are.
 * @param leastShare of the points of a whole circle that must agree
 */
export function circlesOf(
  edges: EdgePoints,
  width: number,
  height: number,
  radius: number,
  leastShare: number,
): Circle[] {
  const square = SQUARE * radius;
  const margin = OUTSIDE * radius;
  const columns = Math.ceil((width + 2 * margin) / square) + 4;
  const rows = Math.ceil((height + 2 * margin) / square) + 4;
  const votes = new Float32Array(columns * rows);
  const sumX = new Float32Array(columns * rows);
  const sumY = new Float32Array(columns * rows);
  for (let i = 0; i < edges.count; i++) {
    const x = edges.x[i] + edges.towardX[i] * radius;
    const y = edges.y[i] + edges.towardY[i] * radius;
    const at = (Math.floor((y + margin) / square) + 2) * columns + Math.floor((x + margin) / square) + 2;
    votes[at]++;
    sumX[at] += x;
    sumY[at] += y;
  }
  const near = nineSquares(votes, columns, rows);
  const circles: Circle[] = [];
  const whole = 2 * Math.PI * radius;
  for (let row = 2; row < rows - 2; row++) {
    for (let at = row * columns + 2; at < (row + 1) * columns - 2; at++) {
      if (near[at] < leastShare * whole || near[at] === 0 || !isPeak(near, at, columns)) continue;
      const x = sumOfNine(sumX, at, columns) / near[at];
      circles.push({ x, y: sumOfNine(sumY, at, columns) / near[at], radius, share: near[at] / whole });
    }
  }
  return circles;
}

/** Share of the circle's circumference that lies inside the image. */
export function visibleShare({ x, y, radius }: Circle, width: number, height: number): number {
  if (x >= radius && y >= radius && x + radius < width && y + radius < height) return 1;
  let inside = 0;
  for (const [unitX, unitY] of CIRCUMFERENCE) {
    const column = x + unitX * radius;
    const row = y + unitY * radius;
    if (column >= 0 && row >= 0 && column < width && row < height) inside++;
  }
  return inside / CIRCUMFERENCE.length;
}

/** 48 directions, each turned from the last by 7.5°: the same on every machine, as sines need not be. */
const CIRCUMFERENCE = directions(48, 0.9914448613738104, 0.13052619222005157);

function directions(count: number, cosine: number, sine: number): [number, number][] {
  const all: [number, number][] = [[1, 0]];
  while (all.length < count) {
    const [x, y] = all[all.length - 1];
    all.push([x * cosine - y * sine, x * sine + y * cosine]);
  }
  return all;
}

function nineSquares(votes: Float32Array, columns: number, rows: number): Float32Array {
  const sums = new Float32Array(votes.length);
  for (let row = 1; row < rows - 1; row++) {
    for (let at = row * columns + 1; at < (row + 1) * columns - 1; at++) {
      sums[at] = sumOfNine(votes, at, columns);
    }
  }
  return sums;
}

function sumOfNine(values: Float32Array, at: number, columns: number): number {
  let sum = 0;
  for (let row = at - columns; row <= at + columns; row += columns) {
    sum += values[row - 1] + values[row] + values[row + 1];
  }
  return sum;
}

/** Of equal neighbours the first is the peak. */
function isPeak(values: Float32Array, at: number, columns: number): boolean {
  const value = values[at];
  for (let row = at - columns; row <= at + columns; row += columns) {
    for (let i = row - 1; i <= row + 1; i++) {
      if (values[i] > value || (values[i] === value && i < at)) return false;
    }
  }
  return true;
}
