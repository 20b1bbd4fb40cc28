import type { Region } from './component-tree.ts';
import { histogramOf, otsuThresholds } from './otsu.ts';

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

/** Total optical density × 100 above which a pixel can be cytoplasm even on a dark slide. */
const CERTAIN_CYTOPLASM = 20;
const FAINTEST_CYTOPLASM = 8;

/**
 * Grows each nucleus over stained pixels to the outline of its cell: every stained pixel goes to the nucleus
 * that is nearest along stained pixels, up to a reach given by the typical nucleus.
 * @param density total optical density × 100 of each pixel, smoothed, 0–255
 * @param nucleusDiameter px, at the scale of `density`
 * @param limit density above which a pixel is stained, from `cytoplasmLimit` of the whole image's densities
 */
export function growCells(
  nuclei: readonly Region[],
  density: Uint8Array,
  width: number,
  height: number,
  nucleusDiameter: number,
  limit = cytoplasmThreshold(density),
): CellMap {
  const owner = nuclei.length < 65535 ? new Uint16Array(density.length) : new Uint32Array(density.length);
  const bounds = new Int32Array(nuclei.length * 4);
  let front: number[] = [];
  for (const [index, { runs }] of nuclei.entries()) {
    bounds.set([width, height, 0, 0], index * 4);
    for (let i = 0; i < runs.length; i += 3) {
      const line = runs[i] * width;
      owner.fill(index + 1, line + runs[i + 1], line + runs[i + 2]);
      include(bounds, index, runs[i + 1], runs[i], runs[i + 2], runs[i] + 1);
      for (let x = runs[i + 1]; x < runs[i + 2]; x++) front.push(line + x);
    }
  }
  // Dijkstra with one bucket per distance; steps are short, so a ring of buckets is enough.
  const reach = Math.round(cytoplasmReach(nucleusDiameter) * SIDE_STEP);
  const buckets: number[][] = Array.from({ length: reach + DIAGONAL_STEP + 1 }, () => []);
  const distance = new Uint16Array(density.length).fill(65535);
  for (const at of front) distance[at] = 0;
  buckets[0] = front;
  for (let d = 0; d <= reach; d++) {
    front = buckets[d];
    for (let k = 0; k < front.length; k++) {
      const at = front[k];
      if (distance[at] !== d) continue;
      const x = at % width;
      const y = (at - x) / width;
      const index = owner[at] - 1;
      if (d > 0) include(bounds, index, x, y, x + 1, y + 1);
      for (let dy = y > 0 ? -1 : 0; dy <= (y < height - 1 ? 1 : 0); dy++) {
        for (let dx = x > 0 ? -1 : 0; dx <= (x < width - 1 ? 1 : 0); dx++) {
          const next = at + dy * width + dx;
          const far = d + (dx !== 0 && dy !== 0 ? DIAGONAL_STEP : SIDE_STEP);
          if (far > reach || distance[next] <= far || density[next] <= limit) continue;
          distance[next] = far;
          owner[next] = index + 1;
          buckets[far].push(next);
        }
      }
    }
  }
  return { owner, bounds };
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

/** Total optical density × 100 that parts empty slide from cytoplasm. */
export function cytoplasmThreshold(density: Uint8Array): number {
  return cytoplasmLimit(histogramOf(density));
}

/** The same from the histogram of the densities. */
export function cytoplasmLimit(histogram: Uint32Array): number {
  const [otsu] = otsuThresholds(histogram, 2);
  return Math.max(FAINTEST_CYTOPLASM, Math.min(CERTAIN_CYTOPLASM, otsu));
}
