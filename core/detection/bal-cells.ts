import { CLASSIFIER_WEIGHTS } from './bal-classifier.ts';
import { type CellMap, growCells } from './cell-outline.ts';
import { classifyCells } from './classify.ts';
import { findRegions, type Region } from './component-tree.ts';
import type { DetectedCell } from './detected-cell.ts';
import { type CellFeatures, measureCells } from './features.ts';
import { placementOf } from './image.ts';
import type { ImageRegion } from './image-statistics.ts';
import { type Kernels, PLAIN_KERNELS } from './kernels/kernels.ts';
import { levelOutline, outlineArea } from './outline.ts';
import type { DetectionParameters } from './parameters.ts';
import { workedNucleus } from './scale.ts';
import type { ScoreImage } from './score-image.ts';
import { STEPS_PER_SCORE_UNIT } from './stain.ts';

/** Nuclei, cells and their measurements at working scale, before they are named. */
export interface MeasuredCells {
  nuclei: Region[];
  /** Bounds of each cell in pixels of the score. */
  map: Pick<CellMap, 'bounds'>;
  features: CellFeatures[];
}

/** A cell before it is named: its name depends on all cells of the image. */
export interface UnnamedCell {
  /** First pixel of the nucleus in raster order, px of the whole image at working scale. */
  row: number;
  column: number;
  features: CellFeatures;
  place: Pick<DetectedCell, 'x' | 'y' | 'width' | 'height' | 'nucleus'>;
}

/** Finds the nucleated cells of a lavage field and names them. */
export function findBalCells(
  score: ScoreImage,
  parameters: DetectionParameters,
  kernels: Kernels = PLAIN_KERNELS,
): DetectedCell[] {
  return cellsAround(findNuclei(score, parameters, kernels), score, parameters);
}

/** Grows, measures and names the cell around each nucleus, whichever way the nuclei were found. */
export function cellsAround(
  nuclei: Region[],
  score: ScoreImage,
  parameters: DetectionParameters,
): DetectedCell[] {
  const measured = measureAround(nuclei, score, parameters);
  return nameCells(unnamedCells(score, measured), parameters);
}

/**
 * Finds and measures the cells that belong to a part of the image: whose nucleus has its first pixel there.
 * @param score of that part with enough around it (tile-grid.ts)
 * @param core px of the whole image at working scale
 */
export function findUnnamedCells(
  score: ScoreImage,
  core: ImageRegion,
  parameters: DetectionParameters,
  kernels: Kernels,
): UnnamedCell[] {
  const nuclei = findNuclei(score, parameters, kernels);
  return unnamedCells(score, measureAround(nuclei, score, parameters, core));
}

/** Names all cells of an image; they are sorted by the first pixel of their nucleus. */
export function nameCells(cells: UnnamedCell[], parameters: DetectionParameters): DetectedCell[] {
  const sorted = [...cells].sort((a, b) => a.row - b.row || a.column - b.column);
  const features = sorted.map((cell) => cell.features);
  const classes = classifyCells(features, CLASSIFIER_WEIGHTS, parameters.lymphocyteThreshold);
  return sorted.map(({ place }, index) => ({ ...place, ...classes[index] }));
}

/** Finds the nuclei, grows their cells and measures both. */
export function measureBalCells(
  score: ScoreImage,
  parameters: DetectionParameters,
  kernels: Kernels = PLAIN_KERNELS,
): MeasuredCells {
  return measureAround(findNuclei(score, parameters, kernels), score, parameters);
}

/** Of the cells around nuclei, measures those that belong to `core`, or all. */
function measureAround(
  nuclei: Region[],
  score: ScoreImage,
  parameters: DetectionParameters,
  core?: ImageRegion,
): MeasuredCells {
  const { diameter } = workedNucleus(parameters);
  const map = growCells(nuclei, score, diameter);
  const own = [...nuclei.keys()].filter((index) => !core || belongsTo(core, nuclei[index], score));
  const bounds = own.flatMap((index) => [...map.bounds.subarray(4 * index, 4 * index + 4)]);
  return {
    nuclei: own.map((index) => nuclei[index]),
    map: { bounds: Int32Array.from(bounds) },
    features: measureCells(score, own, map, diameter),
  };
}

/** Whether the first pixel of a region of the score lies in a part of the whole image at working scale. */
export function belongsTo(core: ImageRegion, { runs }: Region, score: ScoreImage): boolean {
  const { left, top } = placementOf(score);
  const row = top + runs[0] - core.top;
  const column = left + runs[1] - core.left;
  return row >= 0 && row < core.height && column >= 0 && column < core.width;
}

function unnamedCells(score: ScoreImage, { nuclei, map, features }: MeasuredCells): UnnamedCell[] {
  const { left, top } = placementOf(score);
  return nuclei.map((nucleus, index) => ({
    row: top + nucleus.runs[0],
    column: left + nucleus.runs[1],
    features: features[index],
    place: { ...cellBox(score, map, index), nucleus: describeNucleus(score, score.smooth, nucleus) },
  }));
}

function findNuclei(score: ScoreImage, parameters: DetectionParameters, kernels: Kernels): Region[] {
  const typicalArea = (Math.PI / 4) * workedNucleus(parameters).diameter ** 2;
  const { thresholdStart, thresholdStop, thresholdStep } = parameters;
  const thresholds: number[] = [];
  for (let units = thresholdStart; units < thresholdStop; units += thresholdStep) {
    thresholds.push(Math.round(units * STEPS_PER_SCORE_UNIT));
  }
  return findRegions(
    score,
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
  const [left, top, right, bottom] = bounds.subarray(index * 4, index * 4 + 4);
  return boxInImage(score, { left, top, right, bottom });
}

/** A box in pixels of the score as left, top, width and height in those of the image. */
export function boxInImage(
  score: ScoreImage,
  box: { left: number; top: number; right: number; bottom: number },
) {
  const size = pixelSize(score);
  const { left, top } = placementOf(score);
  return {
    x: (left + box.left) * size.x,
    y: (top + box.top) * size.y,
    width: (box.right - box.left) * size.x,
    height: (box.bottom - box.top) * size.y,
  };
}

/** A nucleus in image pixels. @param values that its threshold is about */
export function describeNucleus(
  score: ScoreImage,
  values: Uint8Array,
  region: Region,
): DetectedCell['nucleus'] {
  const size = pixelSize(score);
  const placement = placementOf(score);
  const { runs, threshold } = region;
  const working = levelOutline(runs, values, score.width, score.height, threshold, placement);
  const outline = working.map((value, i) => value * (i % 2 === 0 ? size.x : size.y));
  const { x, y } = innerPoint(region);
  return {
    x: (placement.left + x) * size.x,
    y: (placement.top + y) * size.y,
    areaPx: outlineArea(outline),
    outline,
  };
}

/** The centroid, or where a notch or a hole lies there, the middle of the nearest run. */
function innerPoint({ runs, x, y }: Region): { x: number; y: number } {
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
function pixelSize(score: ScoreImage): { x: number; y: number } {
  const { wholeWidth, wholeHeight } = placementOf(score);
  return { x: score.imageWidth / wholeWidth, y: score.imageHeight / wholeHeight };
}
