import { findBalCells } from './bal-cells.ts';
import { findBloodCells } from './blood-cells.ts';
import type { DetectedCell } from './detected-cell.ts';
import { strongGradient } from './edge-strength.ts';
import { placementOf, type RgbImage } from './image.ts';
import { cutOut, type ImageStatistics, mosaicOf, sampledRegions } from './image-statistics.ts';
import { type Kernels, PLAIN_KERNELS } from './kernels/kernels.ts';
import { scoreNuclei, stainBalance } from './nuclear-score.ts';
import { histogramOf } from './otsu.ts';
import type { DetectionParameters } from './parameters.ts';
import { type ScaleSource, scoreAtWorkingScale } from './scale.ts';
import type { ScoreImage } from './score-image.ts';
import { type ScoredImage, scoreImage } from './scored-image.ts';
import { stainFeature } from './stain.ts';

export type { DetectedCell, ScoreImage };

/** Stored with every run; the version changes whenever the same image may give other cells. */
export const DETECTION_ENGINE = { engine: 'tree', version: '1.2.0' } as const;

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

/**
 * Finds the cells of one image.
 * @param image any size from 1×1; an empty or featureless image has no cells
 * @param parameters from `parseDetectionParameters`
 * @param micronsPerPixel of the image as given; sets the working scale unless `downscale` is a number
 * @param kernels from `createKernels`; they change the time it takes, never the cells
 * @throws RangeError when the image's dimensions do not fit its data, or micronsPerPixel is not above 0
 */
export function detectCells(
  image: RgbImage,
  parameters: DetectionParameters,
  micronsPerPixel?: number,
  kernels: Kernels = PLAIN_KERNELS,
): DetectionResult {
  return detectInScore(prepareScore(image, parameters, micronsPerPixel, kernels), parameters, kernels);
}

/**
 * The part of detection that a changed threshold does not repeat: working scale, stain score, smoothing.
 * @throws RangeError as `detectCells`
 */
export function prepareScore(
  image: RgbImage,
  parameters: DetectionParameters,
  micronsPerPixel?: number,
  kernels: Kernels = PLAIN_KERNELS,
): ScoreImage {
  checkImage(image);
  checkMicrons(micronsPerPixel);
  const regions = sampledRegions(image);
  if (regions.length > 1 || regions[0].length > 1) {
    const sample = mosaicOf(regions.map((row) => row.map((region) => cutOut(image, region))));
    const { statistics } = prepareScore(sample, parameters, micronsPerPixel, kernels);
    return preparePart(image, parameters, statistics, kernels);
  }
  const { scored, source } = scoreAtWorkingScale(image, parameters, micronsPerPixel, kernels);
  const balance = learnsColours(parameters) ? stainBalance(scored) : undefined;
  const trained = learnsColours(parameters) ? scoreNuclei(scored, balance, kernels) : undefined;
  const nuclear = trained ?? scored.smooth;
  const statistics = {
    downscale: scored.downscale,
    scaleSource: source,
    background: scored.background,
    stainBalance: balance,
    strongGradient: strongGradient(kernels.countGradients(nuclear, scored.width, scored.height)),
    scoreHistogram: histogramOf(scored.smooth),
    densityHistogram: histogramOf(scored.density),
  };
  return completed(image, parameters, scored, trained, statistics, kernels);
}

/**
 * Prepares a part of an image with what was decided for the whole one.
 * @param image with its `placement`; the whole image when it has none
 * @param statistics of the whole image, from `prepareScore` with the same parameters
 */
export function preparePart(
  image: RgbImage,
  parameters: DetectionParameters,
  statistics: ImageStatistics,
  kernels: Kernels = PLAIN_KERNELS,
): ScoreImage {
  const { downscale, background } = statistics;
  const scored = scoreImage(image, stainFeature(parameters), downscale, kernels, background);
  const trained = learnsColours(parameters)
    ? scoreNuclei(scored, statistics.stainBalance, kernels)
    : undefined;
  return completed(image, parameters, scored, trained, statistics, kernels);
}

/** Whether nuclei are looked for in learned colours where the stain is that of training. */
function learnsColours({ preset, feature }: DetectionParameters): boolean {
  return preset === 'bal' && feature === 'auto';
}

function completed(
  image: RgbImage,
  { preset, feature, downscale }: DetectionParameters,
  scored: ScoredImage,
  trained: Uint8Array | undefined,
  statistics: ImageStatistics,
  kernels: Kernels,
): ScoreImage {
  const { width, height, rgb, smooth, density } = scored;
  const { wholeWidth, wholeHeight } = placementOf(image);
  const nuclear = trained ?? smooth;
  const edges = kernels.edgeStrength(nuclear, width, height, statistics.strongGradient);
  return {
    ...scored,
    imageWidth: wholeWidth,
    imageHeight: wholeHeight,
    requested: { preset, feature, downscale },
    nuclear,
    edges,
    statistics,
    byteLength: rgb.length + smooth.length + edges.length + density.length + (trained?.length ?? 0),
  };
}

/**
 * Finds the cells in a prepared score; what runs again when a threshold changes.
 * @throws RangeError when `preset`, `feature` or `downscale` differ from those the score was prepared with
 */
export function detectInScore(
  score: ScoreImage,
  parameters: DetectionParameters,
  kernels: Kernels = PLAIN_KERNELS,
): DetectionResult {
  const prepared = describeRequest(score.requested);
  const wanted = describeRequest(parameters);
  if (prepared !== wanted) {
    throw new RangeError(`score prepared for ${prepared}, asked for ${wanted}; prepare it again`);
  }
  const findCells = parameters.preset === 'blood' ? findBloodCells : findBalCells;
  return {
    width: score.imageWidth,
    height: score.imageHeight,
    cells: findCells(score, parameters, kernels),
    parameters,
    downscale: score.downscale,
    scaleSource: score.statistics.scaleSource,
    ...DETECTION_ENGINE,
  };
}

function describeRequest({ preset, feature, downscale }: ScoreImage['requested']): string {
  return `${preset}, ${feature}, downscale ${downscale}`;
}

function checkMicrons(micronsPerPixel: number | undefined): void {
  if (micronsPerPixel === undefined || (micronsPerPixel > 0 && micronsPerPixel < Infinity)) return;
  throw new RangeError(`micronsPerPixel: ${micronsPerPixel}; give a number above 0 or leave it out`);
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
