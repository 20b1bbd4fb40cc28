import { chooseEngine } from '../../core/detection/engine-choice.ts';
import type { DetectionEngine } from '../../core/detection/parameters.ts';
import type { Caller } from '../auth/caller.ts';
import type { AppDependencies } from '../dependencies.ts';
import { AppError } from '../errors.ts';
import type { Objects } from '../platform/objects.ts';
import { findDetectionTarget } from './queries.ts';

export type DetectionDependencies = Pick<AppDependencies, 'config' | 'database' | 'objects' | 'imageJobs'>;
export type Parameters = Record<string, number | string>;

/** Engine and parameters (by wire name) where they differ from the laboratory's defaults. */
export interface SampleDetection {
  sampleId: string;
  engine?: DetectionEngine;
  parameters?: Parameters;
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
  return imageJobs.detect({
    source: await sourceOf(objects, target.s3Key),
    ...chooseEngine(target.defaults, wanted),
    micronsPerPixel: target.micronsPerPixel ?? undefined,
    cacheKey: wanted.sampleId,
    abandoned,
  });
}

export async function sourceOf(objects: Objects, key: string) {
  return objects.localPath ? { path: objects.localPath(key) } : { bytes: await objects.read(key) };
}
