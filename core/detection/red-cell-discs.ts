import { packAbove } from './bit-pack.ts';
import type { Region } from './component-tree.ts';
import { connectedComponents } from './connected-components.ts';
import { distanceInside } from './distance.ts';
import { histogramOf, otsuThresholds } from './otsu.ts';
import type { ScoredImage } from './scored-image.ts';

// Own choices, tuned on TXL-PBC; lengths in red-cell diameters, areas in discs of that diameter.

/** Share of Otsu's threshold between slide and cells: cells are taken with their soft border. */
const SILHOUETTE = 0.8;

/** Pale centres and the notches between touching cells are filled up to this area. */
const LARGEST_HOLE = 0.6;

/** Least radius of the largest disc inside a cell. */
const LEAST_RADIUS = 0.28;

/** A peak of the distance is higher than all within this many diameters in each direction. */
const PEAK_REACH = 0.19;

/** Two cells lie further apart than this share of the larger one's radius. */
const LEAST_GAP = 0.8;

const SMALLEST = 0.12;
const LARGEST = 2.2;

/** A disc that fits inside the silhouettes, in pixel indices. */
interface InnerDisc {
  x: number;
  y: number;
  radius: number;
}

type Silhouettes = Pick<ScoredImage, 'density' | 'width' | 'height'>;

/**
 * Finds red cells, overlapping ones too: the largest discs inside the filled silhouettes, each pixel going to
 * the disc of least power (squared distance from its middle less its squared radius; Aurenhammer 1987).
 * White cells are found as well; the caller leaves them out.
 * @param diameter of a red cell, px at the scale of the density
 * @param histogram of the whole image's densities, where this is a part of it
 * @returns regions of the density; their score is the share of the region that its disc fills, 0–1
 */
export function findRedCells(
  { density, width, height }: Silhouettes,
  diameter: number,
  histogram = histogramOf(density),
): Region[] {
  const threshold = SILHOUETTE * otsuThresholds(histogram, 3)[0];
  const disc = (Math.PI / 4) * diameter ** 2;
  const marks = Uint8Array.from(density, (value) => (value > threshold ? 1 : 0));
  fillHoles(marks, width, height, LARGEST_HOLE * disc);
  const discs = innerDiscs(distanceInside(marks, width, height), width, height, diameter);
  return regionsOf(nearestDiscs(marks, width, height, discs), width, height, discs, threshold).filter(
    ({ area }) => area > SMALLEST * disc && area < LARGEST * disc,
  );
}

/** Marks what is enclosed by marked pixels and at most so large; what touches the image's border stays open. */
function fillHoles(marks: Uint8Array, width: number, height: number, largest: number): void {
  const open = marks.map((mark) => 1 - mark);
  const holes = connectedComponents(packAbove(open, width, height, 0));
  const { runStart, runEnd, runRow } = holes;
  const touchesBorder = new Uint8Array(holes.componentCount);
  for (let i = 0; i < holes.runCount; i++) {
    const outer = runStart[i] === 0 || runEnd[i] === width || runRow[i] === 0 || runRow[i] === height - 1;
    if (outer) touchesBorder[holes.runComponent[i]] = 1;
  }
  for (let i = 0; i < holes.runCount; i++) {
    const hole = holes.runComponent[i];
    if (touchesBorder[hole] || holes.area[hole] > largest) continue;
    marks.fill(1, runRow[i] * width + runStart[i], runRow[i] * width + runEnd[i]);
  }
}

/** The peaks of the distance, largest first, without those that lie inside a larger one. */
function innerDiscs(distance: Float32Array, width: number, height: number, diameter: number): InnerDisc[] {
  const reach = Math.max(1, Math.round(PEAK_REACH * diameter));
  const peaks: InnerDisc[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const radius = distance[y * width + x];
      // No disc inside a cell is larger than the image; without empty slide there is no silhouette.
      if (radius < LEAST_RADIUS * diameter || radius > width + height) continue;
      if (isPeak(distance, width, height, x, y, reach)) peaks.push({ x, y, radius });
    }
  }
  peaks.sort((a, b) => b.radius - a.radius);
  const kept: InnerDisc[] = [];
  for (const peak of peaks) {
    const isFree = kept.every(({ x, y, radius }) => Math.hypot(peak.x - x, peak.y - y) > LEAST_GAP * radius);
    if (isFree) kept.push(peak);
  }
  return kept;
}

function isPeak(
  distance: Float32Array,
  width: number,
  height: number,
  x: number,
  y: number,
  reach: number,
): boolean {
  const value = distance[y * width + x];
  const right = Math.min(width - 1, x + reach);
  for (let row = Math.max(0, y - reach); row <= Math.min(height - 1, y + reach); row++) {
    for (let at = row * width + Math.max(0, x - reach); at <= row * width + right; at++) {
      if (distance[at] > value) return false;
    }
  }
  return true;
}

/** Index of the disc of least power for each marked pixel, −1 where none reaches (√2 radii). */
function nearestDiscs(
  marks: Uint8Array,
  width: number,
  height: number,
  discs: readonly InnerDisc[],
): Int32Array {
  const owner = new Int32Array(marks.length).fill(-1);
  const least = new Float32Array(marks.length).fill(Number.POSITIVE_INFINITY);
  for (const [index, disc] of discs.entries()) {
    const reach = Math.floor(Math.SQRT2 * disc.radius);
    for (let y = Math.max(0, disc.y - reach); y <= Math.min(height - 1, disc.y + reach); y++) {
      for (let x = Math.max(0, disc.x - reach); x <= Math.min(width - 1, disc.x + reach); x++) {
        const at = y * width + x;
        const power = (x - disc.x) ** 2 + (y - disc.y) ** 2 - disc.radius ** 2;
        if (!marks[at] || power > disc.radius ** 2 || power >= least[at]) continue;
        least[at] = power;
        owner[at] = index;
      }
    }
  }
  return owner;
}

/** The pixels of each disc that hang together with its middle. */
function regionsOf(
  owner: Int32Array,
  width: number,
  height: number,
  discs: readonly InnerDisc[],
  threshold: number,
): Region[] {
  return discs.map((disc, index) => {
    const reach = Math.floor(Math.SQRT2 * disc.radius);
    const left = Math.max(0, disc.x - reach);
    const top = Math.max(0, disc.y - reach);
    const columns = Math.min(width - 1, disc.x + reach) - left + 1;
    const rows = Math.min(height - 1, disc.y + reach) - top + 1;
    const own = new Uint8Array(columns * rows);
    for (let at = 0; at < own.length; at++) {
      if (owner[(top + Math.floor(at / columns)) * width + left + (at % columns)] === index) own[at] = 1;
    }
    const { area, runs } = partAt(own, columns, rows, disc.x - left, disc.y - top);
    for (let i = 0; i < runs.length; i += 3) {
      runs[i] += top;
      runs[i + 1] += left;
      runs[i + 2] += left;
    }
    const score = Math.min(1, (Math.PI * disc.radius ** 2) / area);
    return { area, x: disc.x, y: disc.y, score, threshold, runs };
  });
}

/** The connected part that holds a marked pixel. */
function partAt(marks: Uint8Array, width: number, height: number, x: number, y: number) {
  const parts = connectedComponents(packAbove(marks, width, height, 0));
  let run = parts.rowStart[y];
  while (parts.runEnd[run] <= x) run++;
  const part = parts.runComponent[run];
  const runs: number[] = [];
  for (let i = parts.firstRun[part]; i >= 0; i = parts.nextRun[i]) {
    runs.push(parts.runRow[i], parts.runStart[i], parts.runEnd[i]);
  }
  return { area: parts.area[part], runs: Int32Array.from(runs) };
}
