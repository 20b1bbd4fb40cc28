import { packAbove } from './bit-pack.ts';
import { supportOf } from './circle-support.ts';
import { type Circle, circlesOf, NEXT_RADIUS, visibleShare } from './circle-votes.ts';
import type { Region } from './component-tree.ts';
import { connectedComponents } from './connected-components.ts';
import { fillHoles } from './fill-holes.ts';
import { type RedCellEdges, type RedCellNorms, redCellEdges, typicalDiameter } from './red-cell-edges.ts';
import type { StainedImage } from './stained-image.ts';

// Own choices, tuned on TXL-PBC; lengths in typical red-cell diameters or in radii of the circle.

/** Radii looked at, relative to the typical one, a sixth of an octave apart. */
const SMALLEST_RADIUS = 0.8;
const LARGEST_RADIUS = 1.28;

/** Least share of the visible circumference in a first look, and of its edges that belong to no better circle. */
const LEAST_VOTES = 0.3;
const LEAST_SUPPORT = 0.55;

/** Least share of the circumference inside the image. */
const LEAST_VISIBLE = 0.12;

/** Pixels further than this from the middle belong to no cell, squared radii. */
const CELL_REACH = 1.6;

/** Pale centres are filled up to this area, discs. */
const LARGEST_HOLE = 0.6;

/** Slivers at the image's border are narrower than this. */
const NARROWEST = 0.17;

/** The typical diameter is looked for within these factors of what was asked for. */
const SIZE_RANGE = 1.42;

/** Red cells, and the density their outlines lie in. */
export interface RedCells {
  /** Their score is the share of the circle that edges support, 0–1. */
  regions: Region[];
  level: Uint8Array;
}

interface Candidate extends Circle {
  support: number[];
  visible: number;
  score: number;
}

/**
 * Finds red cells, overlapping and cut ones too: circles on which the edges of the silhouettes agree, best first,
 * each edge counting for one circle only. Pixels go to the circle of least power (squared distance from its middle
 * less its squared radius; Aurenhammer 1987). White cells may be found as well; the caller leaves them out.
 * @param diameter of a red cell, px at the scale of the density; the image's own is taken if it is near
 * @param norms of the smear that this is a part of, from `redCellNorms`
 */
export function findRedCells(
  scored: Pick<StainedImage, 'density' | 'width' | 'height'>,
  diameter: number,
  norms?: RedCellNorms,
): RedCells {
  const found = redCellEdges(scored, norms);
  const typical = norms?.diameter ?? nearDiameter(found, diameter);
  const circles = bestCircles(candidates(found, typical), found.edges.count);
  const marks = Uint8Array.from(found.level, (value) => (value > found.threshold ? 1 : 0));
  fillHoles(marks, found.width, found.height, LARGEST_HOLE * (Math.PI / 4) * typical ** 2);
  const regions = regionsOf(ownersOf(marks, found, circles), found, circles);
  return {
    regions: regions.filter((region) => narrowSide(region) >= NARROWEST * typical),
    level: found.level,
  };
}

/** Judges the red cells of a whole smear, or of a sample of it. @param diameter as in `findRedCells` */
export function redCellNorms(
  scored: Pick<StainedImage, 'density' | 'width' | 'height'>,
  diameter: number,
): RedCellNorms {
  const found = redCellEdges(scored);
  return { ...found.norms, diameter: nearDiameter(found, diameter) };
}

function nearDiameter(found: RedCellEdges, diameter: number): number {
  return typicalDiameter(found, diameter / SIZE_RANGE, diameter * SIZE_RANGE) ?? diameter;
}

function candidates({ edges, width, height }: RedCellEdges, diameter: number): Candidate[] {
  const all: Candidate[] = [];
  const largest = (LARGEST_RADIUS * diameter) / 2;
  for (let r = (SMALLEST_RADIUS * diameter) / 2; r <= largest; r *= NEXT_RADIUS) {
    for (const circle of circlesOf(edges, width, height, r, LEAST_VOTES * LEAST_VISIBLE)) {
      const visible = visibleShare(circle, width, height);
      if (visible < LEAST_VISIBLE || circle.share < LEAST_VOTES * visible) continue;
      const support = supportOf(circle, edges);
      all.push({ ...circle, support, visible, score: scoreOf(support.length, r, visible) });
    }
  }
  return all.sort((a, b) => b.score - a.score);
}

/** Share of the visible circumference that has edges; a little less for each part that cannot be seen. */
function scoreOf(points: number, radius: number, visible: number): number {
  return Math.min(1.2, points / (2 * Math.PI * radius * visible)) * Math.sqrt(Math.sqrt(visible));
}

/** Best first, each edge counting for the first circle that takes it. */
function bestCircles(sorted: readonly Candidate[], edgeCount: number): Candidate[] {
  const taken = new Uint8Array(edgeCount);
  return sorted.filter((circle) => {
    const free = circle.support.filter((i) => !taken[i]);
    circle.score = scoreOf(free.length, circle.radius, circle.visible);
    if (circle.score < LEAST_SUPPORT) return false;
    for (const i of free) taken[i] = 1;
    return true;
  });
}

/** Index of the circle of least power for each marked pixel, −1 where none reaches. */
function ownersOf(
  marks: Uint8Array,
  { width, height }: RedCellEdges,
  circles: readonly Circle[],
): Int32Array {
  const owner = new Int32Array(marks.length).fill(-1);
  const least = new Float32Array(marks.length).fill(Number.POSITIVE_INFINITY);
  for (const [index, circle] of circles.entries()) {
    const square = circle.radius ** 2;
    const { left, top, right, bottom } = windowOf(circle, width, height);
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        const at = y * width + x;
        const power = (x - circle.x) ** 2 + (y - circle.y) ** 2 - square;
        if (!marks[at] || power > (CELL_REACH - 1) * square || power >= least[at]) continue;
        least[at] = power;
        owner[at] = index;
      }
    }
  }
  return owner;
}

/** The largest connected part of each circle's pixels; circles without any have no region. */
function regionsOf(owner: Int32Array, found: RedCellEdges, circles: readonly Candidate[]): Region[] {
  const { width, height, threshold } = found;
  return circles.flatMap((circle, index) => {
    const { left, top, right, bottom } = windowOf(circle, width, height);
    const columns = right - left;
    const rows = bottom - top;
    const own = new Uint8Array(columns * rows);
    for (let i = 0; i < own.length; i++) {
      if (owner[(top + Math.floor(i / columns)) * width + left + (i % columns)] === index) own[i] = 1;
    }
    const runs = largestPart(own, columns, rows);
    if (runs.length === 0) return [];
    let area = 0;
    for (let i = 0; i < runs.length; i += 3) {
      runs[i] += top;
      runs[i + 1] += left;
      runs[i + 2] += left;
      area += runs[i + 2] - runs[i + 1];
    }
    const x = Math.min(width - 1, Math.max(0, circle.x));
    const y = Math.min(height - 1, Math.max(0, circle.y));
    return [{ area, x, y, score: Math.min(1, circle.score), threshold, runs }];
  });
}

/** Where a circle's cell may lie, right and bottom exclusive; inside the image. */
function windowOf({ x, y, radius }: Circle, width: number, height: number) {
  const reach = Math.sqrt(CELL_REACH) * radius;
  const left = Math.min(width, Math.max(0, Math.ceil(x - reach)));
  const top = Math.min(height, Math.max(0, Math.ceil(y - reach)));
  const right = Math.max(left, Math.min(width, Math.floor(x + reach) + 1));
  const bottom = Math.max(top, Math.min(height, Math.floor(y + reach) + 1));
  return { left, top, right, bottom };
}

function largestPart(marks: Uint8Array, width: number, height: number): Int32Array {
  const parts = connectedComponents(packAbove(marks, width, height, 0));
  let largest = 0;
  for (let k = 1; k < parts.componentCount; k++) if (parts.area[k] > parts.area[largest]) largest = k;
  const runs: number[] = [];
  for (let i = parts.firstRun[largest] ?? -1; i >= 0; i = parts.nextRun[i]) {
    runs.push(parts.runRow[i], parts.runStart[i], parts.runEnd[i]);
  }
  return Int32Array.from(runs);
}

function narrowSide({ runs }: Region): number {
  let left = Number.POSITIVE_INFINITY;
  let right = 0;
  for (let i = 0; i < runs.length; i += 3) {
    left = Math.min(left, runs[i + 1]);
    right = Math.max(right, runs[i + 2]);
  }
  return Math.min(right - left, runs[runs.length - 3] + 1 - runs[0]);
}
