import { findBalCells } from './bal-cells.ts';
import { findBloodCells } from './blood-cells.ts';
import type { DetectedCell } from './detected-cell.ts';
import { strongGradient } from './edge-strength.ts';
import type { RgbImage } from './image.ts';
import { type Kernels, PLAIN_KERNELS } from './kernels/kernels.ts';
import { scoreNuclei } from './nuclear-score.ts';
import type { DetectionParameters } from './parameters.ts';
import { type ScaleSource, stainAtWorkingScale } from './scale.ts';
import type { ScoreImage } from './score-image.ts';
import { type ColouredImage, smoothScore } from './stained-image.ts';

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
  if (micronsPerPixel !== undefined && !(micronsPerPixel > 0 && micronsPerPixel < Infinity)) {
    throw new RangeError(`micronsPerPixel: ${micronsPerPixel}; give a number above 0 or leave it out`);
  }
  const { stained, source } = stainAtWorkingScale(image, parameters, micronsPerPixel, kernels);
  const { preset, feature, downscale } = parameters;
  const { width, height, rgb, density, cytoplasm, background, light } = stained;
  const smooth = scoreFor(stained, parameters, kernels);
  return {
    rgb,
    width,
    height,
    downscale: stained.downscale,
    background,
    light,
    density,
    cytoplasm,
    imageWidth: image.width,
    imageHeight: image.height,
    requested: { preset, feature, downscale },
    smooth,
    strong: strongGradient(kernels.countGradients(smooth, width, height)),
    scaleSource: source,
    byteLength: rgb.length + smooth.length + density.length,
  };
}

/** The score of the trained stain where the image has it and no feature was asked for. */
function scoreFor(
  stained: ColouredImage,
  { preset, feature }: DetectionParameters,
  kernels: Kernels,
): Uint8Array {
  const trained = preset === 'bal' && feature === 'auto' ? scoreNuclei(stained, kernels) : undefined;
  return trained ?? smoothScore(stained, feature === 'auto' ? 'chromatin' : feature, kernels);
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
    scaleSource: score.scaleSource,
    ...DETECTION_ENGINE,
  };
}

function describeRequest({ preset, feature, downscale }: ScoreImage['requested']): string {
  return `${preset}, ${feature}, downscale ${downscale}`;
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
