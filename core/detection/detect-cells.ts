import { type CellMap, growCells } from './cell-outline.ts';
import { findRegions, type Region } from './component-tree.ts';
import type { RgbImage } from './image.ts';
import { levelOutline, type Outline, outlineArea, outlineCentroid } from './outline.ts';
import type { DetectionParameters } from './parameters.ts';
import { type ScaleSource, scoreAtWorkingScale } from './scale.ts';
import type { ScoredImage } from './scored-image.ts';
import { STEPS_PER_SCORE_UNIT } from './stain.ts';

/** Stored with every run; the version changes whenever the same image may give other cells. */
export const DETECTION_ENGINE = { engine: 'tree', version: '1.0.0' } as const;

/** One cell; coordinates are full-resolution image pixels, origin top left, pixel i covering i to i + 1. */
export interface DetectedCell {
  /** Left, top, width and height of the cell's box, px. */
  x: number;
  y: number;
  width: number;
  height: number;
  cellType: string;
  /** Probability of `cellType`, 0–1. */
  confidence: number;
  nucleus: {
    /** Centroid, px. */
    x: number;
    y: number;
    areaPx: number;
    /** x, y pairs; closed, the first point not repeated. */
    outline: Float32Array;
  };
}

export interface DetectionResult {
  /** px of the image as given */
  width: number;
  height: number;
  cells: DetectedCell[];
  parameters: DetectionParameters;
  /** Image pixels per working pixel that was used. */
  downscale: number;
  scaleSource: ScaleSource;
  engine: string;
  version: string;
}

/** Everything that stays the same while thresholds are moved. */
export interface ScoreImage extends ScoredImage {
  /** px of the image as given */
  imageWidth: number;
  imageHeight: number;
  /** The `downscale` parameter it was made with. */
  requestedDownscale: number | 'auto';
  scaleSource: ScaleSource;
  /** Memory held, bytes. */
  byteLength: number;
}

/**
 * Finds the cells of one image.
 * @param image any size from 1×1; an empty or featureless image has no cells
 * @param parameters from `parseDetectionParameters`
 * @param micronsPerPixel of the image as given; sets the working scale unless `downscale` is a number
 * @throws RangeError when the image's dimensions do not fit its data, or micronsPerPixel is not above 0
 */
export function detectCells(
  image: RgbImage,
  parameters: DetectionParameters,
  micronsPerPixel?: number,
): DetectionResult {
  return detectInScore(prepareScore(image, parameters, micronsPerPixel), parameters);
}

/**
 * The part of detection that a changed threshold does not repeat: working scale, stain score, smoothing.
 * @throws RangeError as `detectCells`
 */
export function prepareScore(
  image: RgbImage,
  parameters: DetectionParameters,
  micronsPerPixel?: number,
): ScoreImage {
  checkImage(image);
  if (micronsPerPixel !== undefined && !(micronsPerPixel > 0 && micronsPerPixel < Infinity)) {
    throw new RangeError(`micronsPerPixel: ${micronsPerPixel}; give a number above 0 or leave it out`);
  }
  const { feature, downscale } = parameters;
  const { scored, source } = scoreAtWorkingScale(image, feature, downscale, micronsPerPixel);
  return {
    ...scored,
    imageWidth: image.width,
    imageHeight: image.height,
    requestedDownscale: downscale,
    scaleSource: source,
    byteLength: scored.rgb.length + scored.smooth.length + scored.edges.length + scored.density.length,
  };
}

/**
 * Finds the cells in a prepared score; what runs again when a threshold changes.
 * @throws RangeError when `feature` or `downscale` differ from those the score was prepared with
 */
export function detectInScore(score: ScoreImage, parameters: DetectionParameters): DetectionResult {
  if (score.feature !== parameters.feature || score.requestedDownscale !== parameters.downscale) {
    throw new RangeError(
      `score prepared for ${score.feature} at downscale ${score.requestedDownscale}, asked for ` +
        `${parameters.feature} at ${parameters.downscale}; prepare it again`,
    );
  }
  return {
    width: score.imageWidth,
    height: score.imageHeight,
    cells: findBalCells(score, parameters),
    parameters,
    downscale: score.downscale,
    scaleSource: score.scaleSource,
    ...DETECTION_ENGINE,
  };
}

function findBalCells(score: ScoreImage, parameters: DetectionParameters): DetectedCell[] {
  const { width, height, smooth } = score;
  const nuclei = findNuclei(score, parameters);
  const map = growCells(nuclei, score.density, width, height, parameters.nucleusDiameter);
  return nuclei.map((nucleus, index) => ({
    ...cellBox(score, map, index),
    cellType: 'Unclassified',
    confidence: 0,
    nucleus: describeNucleus(score, levelOutline(nucleus.runs, smooth, width, height, nucleus.threshold)),
  }));
}

function findNuclei(score: ScoreImage, parameters: DetectionParameters): Region[] {
  const { smooth, edges, width, height } = score;
  const typicalArea = (Math.PI / 4) * parameters.nucleusDiameter ** 2;
  const { thresholdStart, thresholdStop, thresholdStep } = parameters;
  const thresholds: number[] = [];
  for (let units = thresholdStart; units < thresholdStop; units += thresholdStep) {
    thresholds.push(Math.round(units * STEPS_PER_SCORE_UNIT));
  }
  return findRegions(smooth, edges, width, height, {
    thresholds,
    minArea: parameters.minArea * typicalArea,
    maxArea: parameters.maxArea * typicalArea,
    minScore: parameters.minScore,
    edgeWeight: parameters.edgeWeight,
    splitMargin: parameters.splitMargin,
  });
}

/** Image pixels per working pixel, exactly, in each direction. */
function pixelSize(score: ScoreImage): { x: number; y: number } {
  return { x: score.imageWidth / score.width, y: score.imageHeight / score.height };
}

function cellBox(score: ScoreImage, { bounds }: CellMap, index: number) {
  const size = pixelSize(score);
  const [left, top, right, bottom] = bounds.subarray(index * 4, index * 4 + 4);
  return {
    x: left * size.x,
    y: top * size.y,
    width: (right - left) * size.x,
    height: (bottom - top) * size.y,
  };
}

function describeNucleus(score: ScoreImage, working: Outline): DetectedCell['nucleus'] {
  const size = pixelSize(score);
  const outline = working.map((value, i) => value * (i % 2 === 0 ? size.x : size.y));
  return { ...outlineCentroid(outline), areaPx: outlineArea(outline), outline };
}

function checkImage({ data, width, height, channels }: RgbImage): void {
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw new RangeError(`image of ${width} × ${height} px; width and height must be whole numbers from 1`);
  }
  if (channels !== 3 && channels !== 4) {
    throw new RangeError(`image of ${channels} channels; convert it to RGB or RGBA first`);
  }
  if (data.length !== width * height * channels) {
    throw new RangeError(
      `image data of ${data.length} bytes where ${width} × ${height} × ${channels} are needed; pass whole rows without padding`,
    );
  }
}
