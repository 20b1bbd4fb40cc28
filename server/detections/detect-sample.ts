import { chooseEngine, type EngineName, MODEL_ENGINE } from '../../core/detection/engine-choice.ts';
import type { Caller } from '../auth/caller.ts';
import type { AppDependencies } from '../dependencies.ts';
import { AppError } from '../errors.ts';
import { namingOf } from '../model/cell-naming.ts';
import { checkEngine } from '../model/check-detection.ts';
import { ObjectError, type Objects } from '../platform/objects.ts';
import { findDetectionTarget } from './queries.ts';

export type DetectionDependencies = Pick<AppDependencies, 'config' | 'database' | 'objects' | 'imageJobs'>;
export type Parameters = Record<string, number | string>;

/** Engine and parameters (by wire name) where they differ from the laboratory's defaults. */
export interface SampleDetection {
  sampleId: string;
  engine?: EngineName;
  parameters?: Parameters;
  /** Somebody moves sliders: a model has none, so the tree answers where the laboratory starts from a model. */
  isLive?: boolean;
}

/**
 * Finds the cells of a stored sample; nothing is saved. The decoded image and its score stay with the process that
 * made them, so that the next call with other thresholds answers at once.
 * @throws AppError not_found, image_too_large, validation_failed, damaged_image, detection_failed, unavailable
 */
export async function detectSample(
  { config, database, objects, imageJobs }: DetectionDependencies,
  caller: Caller,
  wanted: SampleDetection,
  abandoned: AbortSignal,
) {
  const target = await findDetectionTarget(database.db, caller, wanted.sampleId);
  if (!target) throw new AppError('not_found', 'There is no such sample.');
  const { decodedPixels } = config.limits;
  if (target.width * target.height > decodedPixels) {
    throw new AppError(
      'image_too_large',
      `An image of ${target.width} × ${target.height} pixels is detected in the background only. Apply the parameters to it instead.`,
    );
  }
  checkEngine(imageJobs.engines, wanted);
  const choice = chooseEngine(target.defaults, wanted);
  const tree = chooseEngine(target.defaults, { engine: 'tree' });
  return imageJobs.detect({
    source: await sourceOf(objects, target.s3Key),
    ...(wanted.isLive && choice.engine === MODEL_ENGINE ? tree : choice),
    naming: namingOf(target.settings ?? undefined),
    otherwise: tree,
    micronsPerPixel: target.micronsPerPixel ?? undefined,
    cacheKey: wanted.sampleId,
    abandoned,
  });
}

/** @throws AppError damaged_image when there is no such object any more */
export async function sourceOf(objects: Objects, key: string) {
  if (objects.localPath) return { path: objects.localPath(key) };
  try {
    return { bytes: await objects.read(key) };
  } catch (error) {
    if (!(error instanceof ObjectError) || error.code !== 'not_found') throw error;
    throw new AppError('damaged_image', 'The stored image is missing. Upload it again.', { cause: error });
  }
}
