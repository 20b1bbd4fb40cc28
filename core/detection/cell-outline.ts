import type { Region } from './component-tree.ts';
import type { CellImage } from './stained-image.ts';

/** Which cell each pixel belongs to. */
export interface CellMap {
  /** Length width × height: 1 + index of the cell, 0 outside all cells. */
  owner: Uint16Array | Uint32Array;
  /** Left, top, right, bottom (exclusive) of each cell in pixels: length 4 × cells. */
  bounds: Int32Array;
}

/** Steps of distance for a move to a side neighbour and to a diagonal one (chamfer 5-7, Borgefors 1986). */
const SIDE_STEP = 5;
const DIAGONAL_STEP = 7;

/** How far the cytoplasm may reach from its nucleus, in typical nucleus diameters. */
const REACH = 1.4;

/** How far the cytoplasm may reach, px. */
export function cytoplasmReach(nucleusDiameter: number): number {
  return REACH * nucleusDiameter;
}

/**
 * Grows each nucleus over stained pixels to the outline of its cell: every stained pixel goes to the nucleus
 * that is nearest along stained pixels, up to a reach given by the typical nucleus.
 * @param nucleusDiameter px, at the scale of the image
 */
export function growCells(
  nuclei: readonly Region[],
  { density, width, height, cytoplasm }: Pick<CellImage, 'density' | 'width' | 'height' | 'cytoplasm'>,
  nucleusDiameter: number,
): CellMap {
  const owner = nuclei.length < 65535 ? new Uint16Array(density.length) : new Uint32Array(density.length);
  const bounds = new Int32Array(nuclei.length * 4);
  for (const [index, { runs }] of nuclei.entries()) {
    bounds.set([width, height, 0, 0], index * 4);
    for (let i = 0; i < runs.length; i += 3) {
      const line = runs[i] * width;
      owner.fill(index + 1, line + runs[i + 1], line + runs[i + 2]);
      include(bounds, index, runs[i + 1], runs[i], runs[i + 2], runs[i] + 1);
    }
  }
  // Dijkstra with one bucket per distance; steps are short, so a ring of buckets is enough.
  const reach = Math.round(cytoplasmReach(nucleusDiameter) * SIDE_STEP);
  const buckets: number[][] = Array.from({ length: reach + DIAGONAL_STEP + 1 }, () => []);
  const distance = new Uint16Array(density.length).fill(65535);
  for (const { runs } of nuclei) {
    for (let i = 0; i < runs.length; i += 3) {
      const line = runs[i] * width;
      distance.fill(0, line + runs[i + 1], line + runs[i + 2]);
      for (let at = line + runs[i + 1]; at < line + runs[i + 2]; at++) {
        const own = owner[at];
        // Growth starts from the border only; neighbours that are not in the image are not the own ones.
        const isInner =
          owner[at - 1] === own &&
          owner[at + 1] === own &&
          owner[at - width] === own &&
          owner[at + width] === own;
        if (!isInner) buckets[0].push(at);
      }
    }
  }
  const steps = [-width - 1, -width, -width + 1, -1, 1, width - 1, width, width + 1];
  const lengths = [
    DIAGONAL_STEP,
    SIDE_STEP,
    DIAGONAL_STEP,
    SIDE_STEP,
    SIDE_STEP,
    DIAGONAL_STEP,
    SIDE_STEP,
    DIAGONAL_STEP,
  ];
  for (let d = 0; d <= reach; d++) {
    const front = buckets[d];
    for (let k = 0; k < front.length; k++) {
      const at = front[k];
      if (distance[at] !== d) continue;
      const x = at % width;
      const y = (at - x) / width;
      const index = owner[at] - 1;
      if (d > 0) include(bounds, index, x, y, x + 1, y + 1);
      const inner = x > 0 && y > 0 && x < width - 1 && y < height - 1;
      for (let s = 0; s < 8; s++) {
        if (!inner && !isBeside(x, y, s, width, height)) continue;
        const next = at + steps[s];
        const far = d + lengths[s];
        if (distance[next] <= far || far > reach || density[next] <= cytoplasm) continue;
        distance[next] = far;
        owner[next] = index + 1;
        buckets[far].push(next);
      }
    }
  }
  return { owner, bounds };
}

/** Whether the neighbour in the given direction, in raster order, lies in the image. */
function isBeside(x: number, y: number, direction: number, width: number, height: number): boolean {
  const place = direction < 4 ? direction : direction + 1;
  const [nextX, nextY] = [x + (place % 3) - 1, y + Math.floor(place / 3) - 1];
  return nextX >= 0 && nextY >= 0 && nextX < width && nextY < height;
}

function include(
  bounds: Int32Array,
  cell: number,
  left: number,
  top: number,
  right: number,
  bottom: number,
): void {
  const at = cell * 4;
  if (left < bounds[at]) bounds[at] = left;
  if (top < bounds[at + 1]) bounds[at + 1] = top;
  if (right > bounds[at + 2]) bounds[at + 2] = right;
  if (bottom > bounds[at + 3]) bounds[at + 3] = bottom;
}
