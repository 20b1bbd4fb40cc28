import { findBalCells } from './bal-cells.ts';
import { findBloodCells } from './blood-cells.ts';
import type { DetectedCell } from './detected-cell.ts';
import type { RgbImage } from './image.ts';
import { type Kernels, PLAIN_KERNELS } from './kernels/kernels.ts';
import { scoreNuclei } from './nuclear-score.ts';
import type { DetectionParameters } from './parameters.ts';
import { type ScaleSource, scoreAtWorkingScale } from './scale.ts';
import type { ScoreImage } from './score-image.ts';

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
  const { preset, feature, downscale } = parameters;
  const { scored, source } = scoreAtWorkingScale(image, parameters, micronsPerPixel, kernels);
  const { width, height, rgb, smooth, density } = scored;
  const trained = preset === 'bal' && feature === 'auto' ? scoreNuclei(scored, kernels) : undefined;
  const nuclear = trained ?? smooth;
  const edges = kernels.edgeStrength(nuclear, width, height);
  return {
    ...scored,
    imageWidth: image.width,
    imageHeight: image.height,
    requested: { preset, feature, downscale },
    nuclear,
    edges,
    scaleSource: source,
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
