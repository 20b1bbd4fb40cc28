import { findBalCells } from './bal-cells.ts';
import { findBloodCells } from './blood-cells.ts';
import type { DetectedCell } from './detected-cell.ts';
import { strongGradient } from './edge-strength.ts';
import { placementOf, type RgbImage } from './image.ts';
import { cutOut, type ImageStatistics, mosaicOf, sampledRegions } from './image-statistics.ts';
import { type Kernels, PLAIN_KERNELS } from './kernels/kernels.ts';
import { type StainBalance, scoreNuclei, stainBalance } from './nuclear-score.ts';
import type { DetectionParameters } from './parameters.ts';
import { type ScaleSource, stainAtWorkingScale, workedNucleus } from './scale.ts';
import type { ScoreImage } from './score-image.ts';
import { type ColouredImage, smoothScore, stainImage } from './stained-image.ts';

export type { DetectedCell, ScoreImage };

/** Stored with every run; the version changes whenever the same image may give other cells. */
export const DETECTION_ENGINE = { engine: 'tree', version: '1.3.0' } as const;

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
    return preparePart(
      image,
      parameters,
      prepareScore(sample, parameters, micronsPerPixel, kernels),
      kernels,
    );
  }
  const { stained, source } = stainAtWorkingScale(image, parameters, micronsPerPixel, kernels);
  const balance = learnsColours(parameters) ? stainBalance(stained) : undefined;
  const smooth = scoreFor(stained, balance, parameters, kernels);
  const strong = strongGradient(kernels.countGradients(smooth, stained.width, stained.height));
  return scoreImage(image, parameters, stained, smooth, {
    strong,
    stainBalance: balance,
    scaleSource: source,
  });
}

/**
 * Prepares a part of an image with what was decided for the whole one.
 * @param image with its `placement`; the whole image when it has none
 * @param whole from `prepareScore` with the same parameters
 */
export function preparePart(
  image: RgbImage,
  parameters: DetectionParameters,
  whole: ImageStatistics,
  kernels: Kernels = PLAIN_KERNELS,
): ScoreImage {
  const stained = stainImage(image, whole.downscale, kernels, whole);
  return scoreImage(
    image,
    parameters,
    stained,
    scoreFor(stained, whole.stainBalance, parameters, kernels),
    whole,
  );
}

/** Whether nuclei are looked for in learned colours where the stain is that of training. */
function learnsColours({ preset, feature }: DetectionParameters): boolean {
  return preset === 'bal' && feature === 'auto';
}

/** The score of the trained stain where the image has it and no feature was asked for. */
function scoreFor(
  stained: ColouredImage,
  balance: StainBalance | undefined,
  { feature }: DetectionParameters,
  kernels: Kernels,
): Uint8Array {
  const trained = scoreNuclei(stained, balance, kernels);
  return trained ?? smoothScore(stained, feature === 'auto' ? 'chromatin' : feature, kernels);
}

function scoreImage(
  image: RgbImage,
  parameters: DetectionParameters,
  stained: ColouredImage,
  smooth: Uint8Array,
  { strong, stainBalance, scaleSource }: Pick<ImageStatistics, 'strong' | 'stainBalance' | 'scaleSource'>,
): ScoreImage {
  const { half: _, ...kept } = stained;
  const { wholeWidth, wholeHeight } = placementOf(image);
  return {
    ...kept,
    imageWidth: wholeWidth,
    imageHeight: wholeHeight,
    key: scoreKey(parameters),
    smooth,
    strong,
    stainBalance,
    scaleSource,
    byteLength: kept.rgb.length + smooth.length + kept.density.length,
  };
}

/**
 * Finds the cells in a prepared score; what runs again when a threshold changes.
 * @throws RangeError when the `scoreKey` of the parameters is not that which the score was prepared for
 */
export function detectInScore(
  score: ScoreImage,
  parameters: DetectionParameters,
  kernels: Kernels = PLAIN_KERNELS,
): DetectionResult {
  const wanted = scoreKey(parameters);
  if (score.key !== wanted) {
    throw new RangeError(`score prepared for ${score.key}, asked for ${wanted}; prepare it again`);
  }
  const findCells = parameters.preset === 'blood' ? findBloodCells : findBalCells;
  return {
    width: score.imageWidth,
    height: score.imageHeight,
    cells: findCells(score, parameters, kernels),
    parameters,
    downscale: score.downscale,
    scaleSource: score.scaleSource,
    ...DETECTION_ENGINE,
  };
}

/** What of the parameters a score depends on: one with the same key serves again. */
export function scoreKey(parameters: DetectionParameters): string {
  const { preset, feature, downscale } = parameters;
  return `${preset}, ${feature}, downscale ${downscale} × ${workedNucleus(parameters).shrink.toFixed(2)}`;
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
