/** The convex hull of a set of pixels' squares, as corners x, y of its left and right side from top to bottom. */
interface Hull {
  left: number[];
  right: number[];
}

/** @param pixels indices in raster order */
function convexHull(pixels: Int32Array, width: number): Hull {
  // Only the ends of each row can be corners of the hull.
  const left: number[] = [];
  const right: number[] = [];
  let row = -1;
  for (let k = 0; k < pixels.length; k++) {
    const at = pixels[k];
    const y = Math.floor(at / width);
    if (y !== row) left.push(at - y * width, y, at - y * width, y + 1);
    row = y;
    const next = pixels[k + 1];
    if (next === undefined || Math.floor(next / width) !== y) {
      right.push(at - y * width + 1, y, at - y * width + 1, y + 1);
    }
  }
  return { left: outermost(left, -1), right: outermost(right, 1) };
}

/** The outermost chain through points sorted by y (monotone chain, Andrew 1979); side 1 is right, −1 left. */
function outermost(points: readonly number[], side: 1 | -1): number[] {
  const chain: number[] = [];
  for (let i = 0; i < points.length; i += 2) {
    const x = points[i];
    const y = points[i + 1];
    for (let end = chain.length; end >= 4; end -= 2) {
      const dx = chain[end - 2] - chain[end - 4];
      const dy = chain[end - 1] - chain[end - 3];
      const standsOut = side * (dx * (y - chain[end - 3]) - (x - chain[end - 4]) * dy) > 0;
      if (standsOut) break;
      chain.length = end - 2;
    }
    chain.push(x, y);
  }
  return chain;
}

/**
 * Area over that of the convex hull of the pixels' squares; 1 when convex or empty.
 * @param pixels indices in raster order
 */
export function solidity(pixels: Int32Array, width: number): number {
  if (pixels.length === 0) return 1;
  const { left, right } = convexHull(pixels, width);
  return pixels.length / (areaLeftOf(right) - areaLeftOf(left));
}

/** Integral of x over y along a chain. */
function areaLeftOf(chain: readonly number[]): number {
  let area = 0;
  for (let i = 2; i < chain.length; i += 2) {
    area += ((chain[i - 2] + chain[i]) / 2) * (chain[i + 1] - chain[i - 1]);
  }
  return area;
}

/**
 * Pixels whose centre lies in the convex hull, in raster order.
 * @param pixels indices in raster order
 */
export function pixelsInHull(pixels: Int32Array, width: number): Int32Array {
  if (pixels.length === 0) return pixels;
  const { left, right } = convexHull(pixels, width);
  const found: number[] = [];
  for (let y = left[1]; y < left[left.length - 1]; y++) {
    const from = Math.ceil(crossing(left, y + 0.5) - 0.5);
    const to = Math.floor(crossing(right, y + 0.5) - 0.5);
    for (let x = from; x <= to; x++) found.push(y * width + x);
  }
  return Int32Array.from(found);
}

/** Where a chain crosses a height. */
function crossing(chain: readonly number[], y: number): number {
  let i = 2;
  while (chain[i + 1] < y) i += 2;
  const [x1, y1, x2, y2] = chain.slice(i - 2, i + 2);
  return x1 + ((y - y1) / (y2 - y1)) * (x2 - x1);
}

/** Distances are in fifths of a pixel: 5 to a side neighbour, 7 to a diagonal one (chamfer 5-7, Borgefors 1986). */
export const DISTANCE_PER_PX = 5;
const DIAGONAL_STEP = 7;

/**
 * Distance of each of some pixels from the nearest other pixel, × DISTANCE_PER_PX, in a pass down and a pass up
 * (Rosenfeld 1966).
 * @param pixels indices in raster order, none of them on the border rows and columns of the patch
 * @param length of the patch
 */
export function distanceInside(pixels: Int32Array, width: number, length: number): Uint16Array {
  const distance = new Uint16Array(length);
  for (let k = 0; k < pixels.length; k++) distance[pixels[k]] = FAR;
  for (let k = 0; k < pixels.length; k++) relax(distance, pixels[k], -1, -width);
  for (let k = pixels.length - 1; k >= 0; k--) relax(distance, pixels[k], 1, width);
  return distance;
}

/**
 * Distance of each pixel from the nearest target, × DISTANCE_PER_PX, as in `distanceInside`.
 * Exact on the border rows and columns only where these are targets.
 * @param target 0 or 1, length width × height
 */
export function chamferDistance(target: Uint8Array, width: number): Uint16Array {
  const distance = Uint16Array.from(target, (marked) => (marked ? 0 : FAR));
  for (let at = width + 1; at < target.length; at++) {
    if (!target[at]) relax(distance, at, -1, -width);
  }
  for (let at = target.length - width - 2; at >= 0; at--) {
    if (!target[at]) relax(distance, at, 1, width);
  }
  return distance;
}

const FAR = 65535;

/** Takes the shortest way over the neighbour beside and the three of the neighbouring row. */
function relax(distance: Uint16Array, at: number, beside: number, row: number): void {
  const side = Math.min(distance[at + beside], distance[at + row]) + DISTANCE_PER_PX;
  const diagonal = Math.min(distance[at + row - 1], distance[at + row + 1]) + DIAGONAL_STEP;
  distance[at] = Math.min(distance[at], side, diagonal);
}

/**
 * Areas of the 8-connected parts of a set of pixels, px², in raster order of their first pixels: runs joined
 * with those that touch them in the row above.
 * @param pixels indices in raster order, none of them on the first or last column of the patch
 */
export function partAreas(pixels: Int32Array, width: number): number[] {
  const starts: number[] = [];
  const ends: number[] = [];
  const parents: number[] = [];
  let above = 0;
  for (let k = 0; k < pixels.length; ) {
    const start = pixels[k];
    let end = start + 1;
    while (++k < pixels.length && pixels[k] === end) end++;
    const run = starts.length;
    starts.push(start);
    ends.push(end);
    parents.push(run);
    while (ends[above] + width < start) above++;
    for (let touching = above; starts[touching] + width <= end; touching++) join(parents, run, touching);
  }
  const areas = starts.map(() => 0);
  for (let run = 0; run < starts.length; run++) areas[rootOf(parents, run)] += ends[run] - starts[run];
  return areas.filter((area) => area > 0);
}

/** The smaller index becomes the root, so that a root is the first of its part. */
function join(parents: number[], a: number, b: number): void {
  const [rootA, rootB] = [rootOf(parents, a), rootOf(parents, b)];
  parents[Math.max(rootA, rootB)] = Math.min(rootA, rootB);
}

function rootOf(parents: number[], start: number): number {
  let run = start;
  while (parents[run] !== run) {
    parents[run] = parents[parents[run]];
    run = parents[run];
  }
  return run;
}

/**
 * Marks the holes of a set of pixels too: what cannot be reached from the first pixel along sides.
 * @param marked 0 or 1, the border rows and columns 0
 */
export function fillHoles(marked: Uint8Array, width: number): Uint8Array {
  const filled = new Uint8Array(marked.length).fill(1);
  const open = new Int32Array(marked.length);
  let reached = 1;
  filled[0] = 0;
  for (let k = 0; k < reached; k++) {
    for (const step of [-width, -1, 1, width]) {
      const next = open[k] + step;
      if (next < 0 || next >= marked.length || marked[next] || !filled[next]) continue;
      filled[next] = 0;
      open[reached++] = next;
    }
  }
  return filled;
}
