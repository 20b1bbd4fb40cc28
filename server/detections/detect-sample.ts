import type { Caller } from '../auth/caller.ts';
import type { AppDependencies } from '../dependencies.ts';
import { AppError } from '../errors.ts';
import type { Objects } from '../platform/objects.ts';
import { findDetectionTarget } from './queries.ts';

export type DetectionDependencies = Pick<AppDependencies, 'config' | 'database' | 'objects' | 'imageJobs'>;
export type Parameters = Record<string, number | string>;

/**
 * Finds the cells of a stored sample; nothing is saved. The decoded image and its score stay with the process that
 * made them, so that the next call with other thresholds answers at once.
 * @param parameters those that differ from the laboratory's defaults, by wire name
 * @throws AppError not_found, validation_failed, damaged_image, detection_failed, unavailable
 */
export async function detectSample(
  { database, objects, imageJobs }: DetectionDependencies,
  caller: Caller,
  { sampleId, parameters }: { sampleId: string; parameters: Parameters },
  abandoned: AbortSignal,
) {
  const target = await findDetectionTarget(database.db, caller, sampleId);
  if (!target) throw new AppError('not_found', 'There is no such sample.');
  return imageJobs.detect({
    source: await sourceOf(objects, target.s3Key),
    parameters: { ...target.defaults, ...parameters },
    micronsPerPixel: target.micronsPerPixel ?? undefined,
    cacheKey: sampleId,
    abandoned,
  });
}

export async function sourceOf(objects: Objects, key: string) {
  return objects.localPath ? { path: objects.localPath(key) } : { bytes: await objects.read(key) };
}
