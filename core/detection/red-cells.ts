import { findRegions, type Region } from './component-tree.ts';
import { strongGradient } from './edge-strength.ts';
import type { Kernels } from './kernels/kernels.ts';
import { histogramOf, otsuThresholds } from './otsu.ts';
import type { StainedImage } from './stained-image.ts';

/** Ellipse fit + half the edge contrast of a red cell, below which a region is left out; own choice on TXL-PBC. */
const LEAST_RED_CELL_SCORE = 0.8;

/** Thresholds relative to the one that parts cells from the empty slide. */
const LADDER = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.15, 1.3, 1.5];

/**
 * Finds discs with the density of red cells.
 * @param minArea px² at the scale of the score
 * @param maxArea px²
 */
export function findDiscs(
  { density, width, height }: Pick<StainedImage, 'density' | 'width' | 'height'>,
  minArea: number,
  maxArea: number,
  kernels: Kernels,
): Region[] {
  const [empty, dense] = otsuThresholds(histogramOf(density), 3);
  // Nuclei are much denser: capped, their edges do not set the measure for those of red cells.
  const capped = density.map((value) => Math.min(value, dense));
  const edges = {
    smooth: capped,
    width,
    height,
    strong: strongGradient(kernels.countGradients(capped, width, height)),
  };
  const search = {
    thresholds: LADDER.map((factor) => Math.round(factor * empty)),
    minArea,
    maxArea,
    minScore: LEAST_RED_CELL_SCORE,
    edgeWeight: 0.5,
    splitMargin: 0.02,
  };
  return findRegions(edges, search, kernels);
}
