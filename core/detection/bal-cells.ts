import { CLASSIFIER_WEIGHTS } from './bal-classifier.ts';
import { type CellMap, cytoplasmLimit, growCells } from './cell-outline.ts';
import { classifyCells } from './classify.ts';
import { findRegions, type Region } from './component-tree.ts';
import type { DetectedCell } from './detected-cell.ts';
import { type CellFeatures, measureCells } from './features.ts';
import { type Kernels, PLAIN_KERNELS } from './kernels/kernels.ts';
import { measuringImage, shrunkRegions } from './measuring-scale.ts';
import { levelOutline, type Outline, outlineArea } from './outline.ts';
import type { DetectionParameters } from './parameters.ts';
import type { ScoreImage } from './score-image.ts';
import { STEPS_PER_SCORE_UNIT } from './stain.ts';

/** Nuclei, cells and their measurements at working scale, before they are named. */
export interface MeasuredCells {
  nuclei: Region[];
  /** Bounds of each cell in pixels of the score. */
  map: Pick<CellMap, 'bounds'>;
  features: CellFeatures[];
}

/** Finds the nucleated cells of a lavage field and names them. */
export function findBalCells(
  score: ScoreImage,
  parameters: DetectionParameters,
  kernels: Kernels = PLAIN_KERNELS,
): DetectedCell[] {
  return cellsAround(findNuclei(score, parameters, kernels), score, parameters, kernels);
}

/** Grows, measures and names the cell around each nucleus, whichever way the nuclei were found. */
export function cellsAround(
  nuclei: Region[],
  score: ScoreImage,
  parameters: DetectionParameters,
  kernels: Kernels,
): DetectedCell[] {
  const { width, height, nuclear } = score;
  const { map, features } = measureAround(nuclei, score, parameters, kernels);
  const classes = classifyCells(features, CLASSIFIER_WEIGHTS, parameters.lymphocyteThreshold);
  return nuclei.map((nucleus, index) => ({
    ...cellBox(score, map, index),
    ...classes[index],
    nucleus: describeNucleus(
      score,
      levelOutline(nucleus.runs, nuclear, width, height, nucleus.threshold),
      innerPoint(nucleus),
    ),
  }));
}

/** Finds the nuclei, grows their cells and measures both. */
export function measureBalCells(
  score: ScoreImage,
  parameters: DetectionParameters,
  kernels: Kernels = PLAIN_KERNELS,
): MeasuredCells {
  return measureAround(findNuclei(score, parameters, kernels), score, parameters, kernels);
}

function measureAround(
  nuclei: Region[],
  score: ScoreImage,
  parameters: DetectionParameters,
  kernels: Kernels,
): MeasuredCells {
  const image = measuringImage(score, parameters.nucleusDiameter, kernels);
  const nucleusDiameter = parameters.nucleusDiameter / image.shrink;
  const seeds = shrunkRegions(nuclei, image);
  const limit = cytoplasmLimit(score.statistics.densityHistogram);
  const map = growCells(seeds, image.density, image.width, image.height, nucleusDiameter, limit);
  const bounds = map.bounds.map((edge, i) =>
    Math.min(edge * image.shrink, i % 2 === 0 ? score.width : score.height),
  );
  return { nuclei, map: { bounds }, features: measureCells(image, seeds, map, nucleusDiameter) };
}

function findNuclei(score: ScoreImage, parameters: DetectionParameters, kernels: Kernels): Region[] {
  const { nuclear, edges, width, height } = score;
  const typicalArea = (Math.PI / 4) * parameters.nucleusDiameter ** 2;
  const { thresholdStart, thresholdStop, thresholdStep } = parameters;
  const thresholds: number[] = [];
  for (let units = thresholdStart; units < thresholdStop; units += thresholdStep) {
    thresholds.push(Math.round(units * STEPS_PER_SCORE_UNIT));
  }
  return findRegions(
    nuclear,
    edges,
    width,
    height,
    {
      thresholds,
      minArea: parameters.minArea * typicalArea,
      maxArea: parameters.maxArea * typicalArea,
      minScore: parameters.minScore,
      edgeWeight: parameters.edgeWeight,
      splitMargin: parameters.splitMargin,
    },
    kernels,
  );
}

/** Left, top, width and height of one cell, image px. */
export function cellBox(score: ScoreImage, { bounds }: Pick<CellMap, 'bounds'>, index: number) {
  const size = pixelSize(score);
  const [left, top, right, bottom] = bounds.subarray(index * 4, index * 4 + 4);
  return {
    x: left * size.x,
    y: top * size.y,
    width: (right - left) * size.x,
    height: (bottom - top) * size.y,
  };
}

/** A nucleus in image pixels, from its outline and a point inside it at working scale. */
export function describeNucleus(
  score: ScoreImage,
  working: Outline,
  centre: { x: number; y: number },
): DetectedCell['nucleus'] {
  const size = pixelSize(score);
  const outline = working.map((value, i) => value * (i % 2 === 0 ? size.x : size.y));
  return { x: centre.x * size.x, y: centre.y * size.y, areaPx: outlineArea(outline), outline };
}

/** The centroid, or where a notch or a hole lies there, the middle of the nearest run. */
export function innerPoint({ runs, x, y }: Region): { x: number; y: number } {
  const row = Math.round(y);
  const column = Math.round(x);
  let nearest = { x: x + 0.5, y: y + 0.5 };
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < runs.length; i += 3) {
    if (runs[i] === row && runs[i + 1] <= column && column < runs[i + 2]) return { x: x + 0.5, y: y + 0.5 };
    const middle = { x: (runs[i + 1] + runs[i + 2]) / 2, y: runs[i] + 0.5 };
    const away = Math.hypot(middle.x - x - 0.5, middle.y - y - 0.5);
    if (away < least) {
      least = away;
      nearest = middle;
    }
  }
  return nearest;
}

/** Image pixels per working pixel, exactly, in each direction. */
export function pixelSize(score: ScoreImage): { x: number; y: number } {
  return { x: score.imageWidth / score.width, y: score.imageHeight / score.height };
}
