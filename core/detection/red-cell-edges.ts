import { supportOf } from './circle-support.ts';
import { circlesOf, NEXT_RADIUS } from './circle-votes.ts';
import { type EdgePoints, findEdgePoints } from './edge-points.ts';
import { levelDensity, SLIDE_LEVEL } from './level-density.ts';
import { histogramOf, otsuThresholds } from './otsu.ts';
import type { StainedImage } from './stained-image.ts';

/** What red cells are found in. */
export interface RedCellEdges {
  edges: EdgePoints;
  /** `levelDensity` of the image. */
  level: Uint8Array;
  /** Level that parts cells with their soft border from the empty slide. */
  threshold: number;
  norms: Omit<RedCellNorms, 'diameter'>;
  width: number;
  height: number;
}

/** What a whole smear decides about the red cells in its parts. */
export interface RedCellNorms {
  /** Levels that part the empty slide from cells, and cells from what is denser. */
  empty: number;
  dense: number;
  /** Slope of an edge, level per px. */
  leastSlope: number;
  /** Typical diameter, px. */
  diameter: number;
}

/** Share of the way from the empty slide to Otsu's threshold; own choice on TXL-PBC. */
const SOFT_BORDER = 0.5;

/**
 * Finds the borders of everything as dense as red cells; nuclei, much denser, have none of their own.
 * @param norms of the smear that this is a part of
 */
export function redCellEdges(
  { density, width, height }: Pick<StainedImage, 'density' | 'width' | 'height'>,
  norms?: RedCellNorms,
): RedCellEdges {
  const level = levelDensity(density, width, height);
  const [empty, dense] = norms ? [norms.empty, norms.dense] : otsuThresholds(histogramOf(level), 3);
  const capped = level.map((value) => Math.min(value, dense));
  const edges = findEdgePoints(capped, width, height, norms?.leastSlope);
  return {
    edges,
    level,
    threshold: SLIDE_LEVEL + SOFT_BORDER * (empty - SLIDE_LEVEL),
    norms: { empty, dense, leastSlope: edges.leastSlope },
    width,
    height,
  };
}

/** Share of a circle that must be there to count for the typical diameter; own choice on TXL-PBC. */
const LEAST_SHARE = 0.4;

/** Circles that agree; fewer say nothing about the size of cells. */
const LEAST_EVIDENCE = 5;

/**
 * Typical diameter of red cells, px: the one that the edges agree on best.
 * @param smallest, largest px
 * @returns undefined when hardly any circle is there
 */
export function typicalDiameter(
  { edges, width, height }: RedCellEdges,
  smallest: number,
  largest: number,
): number | undefined {
  const radii: number[] = [];
  const agreement: number[] = [];
  const evidence: number[] = [];
  for (let radius = smallest / 2; radius <= largest / 2; radius *= NEXT_RADIUS) {
    const circles = circlesOf(edges, width, height, radius, LEAST_SHARE);
    radii.push(radius);
    evidence.push(circles.length);
    // Small circles are easily made up of chance edges, hence the weight.
    agreement.push(circles.reduce((sum, { share }) => sum + Math.min(1, share) - LEAST_SHARE, 0) * radius);
  }
  const around = (k: number) => (agreement[k - 1] ?? 0) / 2 + agreement[k] + (agreement[k + 1] ?? 0) / 2;
  let best = 0;
  for (let k = 1; k < radii.length; k++) if (around(k) > around(best)) best = k;
  const most = Math.max(...evidence.slice(Math.max(0, best - 1), best + 2), 0);
  return most < LEAST_EVIDENCE ? undefined : measuredDiameter(edges, width, height, radii[best]);
}

/** Twice the mean distance of the edges from the middles of the circles they agree on. */
function measuredDiameter(edges: EdgePoints, width: number, height: number, radius: number): number {
  let sum = 0;
  let count = 0;
  for (const circle of circlesOf(edges, width, height, radius, LEAST_SHARE)) {
    for (const i of supportOf(circle, edges)) {
      sum += Math.sqrt((edges.x[i] - circle.x) ** 2 + (edges.y[i] - circle.y) ** 2);
      count++;
    }
  }
  return count > 0 ? (2 * sum) / count : 2 * radius;
}
