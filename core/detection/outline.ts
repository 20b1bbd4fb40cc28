/** Outline of a region as x, y pairs; continuous coordinates, pixel i covers i to i + 1; closed, the first point not repeated. */
export type Outline = Float32Array;

/** The boundary of a region between pixels: its outer border only, so holes count as filled. */
interface Cracks {
  /** Corner points x, y in order, clockwise on screen, one per boundary pixel side. */
  corners: number[];
  /** Index of the inner pixel (x, y) beside each side. */
  inner: number[];
}

/**
 * Exact outer boundary of a region along pixel sides, corners only; its area is the pixel count with holes filled.
 * @param runs row, first column, column after the last of each run, in raster order; 8-connected
 */
export function pixelOutline(runs: Int32Array): Outline {
  const { corners } = traceCracks(runs);
  const points: number[] = [];
  for (let i = 0; i < corners.length; i += 2) {
    const [x, y] = [corners[i], corners[i + 1]];
    const before = (i + corners.length - 2) % corners.length;
    const after = (i + 2) % corners.length;
    const straight =
      (corners[before] === x && corners[after] === x) ||
      (corners[before + 1] === y && corners[after + 1] === y);
    if (!straight) points.push(x, y);
  }
  return Float32Array.from(points);
}

/**
 * Outer boundary of a region at sub-pixel precision: on each boundary side the point where the linearly
 * interpolated score crosses the threshold.
 * @param runs as in `pixelOutline`
 * @param smooth score, length width × height
 * @param threshold every pixel of the region is above it
 */
export function levelOutline(
  runs: Int32Array,
  smooth: Uint8Array,
  width: number,
  height: number,
  threshold: number,
  origin = { left: 0, top: 0 },
): Outline {
  const { corners, inner } = traceCracks(runs);
  const points = new Float32Array(corners.length);
  // Half a step above: scores are integers and the region holds those strictly above the threshold.
  const level = threshold + 0.5;
  for (let i = 0; i < corners.length; i += 2) {
    const after = (i + 2) % corners.length;
    const x = inner[i];
    const y = inner[i + 1];
    // The outward normal of a clockwise side.
    const outX = corners[after + 1] - corners[i + 1];
    const outY = corners[i] - corners[after];
    const insideScore = smooth[y * width + x];
    const atBorder = x + outX < 0 || y + outY < 0 || x + outX >= width || y + outY >= height;
    const outsideScore = atBorder ? insideScore : smooth[(y + outY) * width + x + outX];
    const step =
      outsideScore < level && insideScore > level
        ? (insideScore - level) / (insideScore - outsideScore)
        : 0.5;
    points[i] = origin.left + x + 0.5 + outX * step;
    points[i + 1] = origin.top + y + 0.5 + outY * step;
  }
  return points;
}

/** Follows the pixel sides around the region, turning so that diagonal pixels stay connected. */
function traceCracks(runs: Int32Array): Cracks {
  const mask = regionMask(runs);
  const inside = (x: number, y: number) =>
    mask.bits[(y - mask.top + 1) * mask.stride + (x - mask.left + 1)] === 1;
  const corners: number[] = [];
  const inner: number[] = [];
  const startX = runs[1];
  const startY = runs[0];
  let x = startX;
  let y = startY;
  let direction = 0;
  do {
    const [dx, dy] = DIRECTIONS[direction];
    // Walking clockwise, the region lies to the right of each side.
    const [aheadRightX, aheadRightY] = [x + (dx - dy - 1) / 2, y + (dx + dy - 1) / 2];
    const [aheadLeftX, aheadLeftY] = [x + (dx + dy - 1) / 2, y + (dy - dx - 1) / 2];
    corners.push(x, y);
    inner.push(aheadRightX, aheadRightY);
    x += dx;
    y += dy;
    if (inside(aheadLeftX + dx, aheadLeftY + dy)) direction = (direction + 3) % 4;
    else if (!inside(aheadRightX + dx, aheadRightY + dy)) direction = (direction + 1) % 4;
  } while (x !== startX || y !== startY || direction !== 0);
  return { corners, inner };
}

/** Right, down, left, up. */
const DIRECTIONS = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const;

/** The region in its bounding box with a margin of one empty pixel. */
function regionMask(runs: Int32Array) {
  let left = runs[1];
  let right = runs[2];
  for (let i = 0; i < runs.length; i += 3) {
    left = Math.min(left, runs[i + 1]);
    right = Math.max(right, runs[i + 2]);
  }
  const top = runs[0];
  const bottom = runs[runs.length - 3];
  const stride = right - left + 2;
  const bits = new Uint8Array(stride * (bottom - top + 3));
  for (let i = 0; i < runs.length; i += 3) {
    const line = (runs[i] - top + 1) * stride + 1 - left;
    bits.fill(1, line + runs[i + 1], line + runs[i + 2]);
  }
  return { bits, left, top, stride };
}

/** Area enclosed by an outline, px² (shoelace formula). */
export function outlineArea(outline: Outline): number {
  let twice = 0;
  for (let i = 0; i < outline.length; i += 2) {
    const after = (i + 2) % outline.length;
    twice += outline[i] * outline[after + 1] - outline[after] * outline[i + 1];
  }
  return Math.abs(twice) / 2;
}

/** Centroid of the area enclosed by an outline; the mean of its points when it encloses none. */
export function outlineCentroid(outline: Outline): { x: number; y: number } {
  const originX = outline[0];
  const originY = outline[1];
  let twice = 0;
  let sumX = 0;
  let sumY = 0;
  let meanX = 0;
  let meanY = 0;
  for (let i = 0; i < outline.length; i += 2) {
    const after = (i + 2) % outline.length;
    const x1 = outline[i] - originX;
    const y1 = outline[i + 1] - originY;
    const x2 = outline[after] - originX;
    const y2 = outline[after + 1] - originY;
    const cross = x1 * y2 - x2 * y1;
    twice += cross;
    sumX += (x1 + x2) * cross;
    sumY += (y1 + y2) * cross;
    meanX += x1;
    meanY += y1;
  }
  if (Math.abs(twice) < 1e-6) {
    const points = outline.length / 2;
    return { x: originX + meanX / points, y: originY + meanY / points };
  }
  return { x: originX + sumX / (3 * twice), y: originY + sumY / (3 * twice) };
}
