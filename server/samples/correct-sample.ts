import { insertActivity } from '../activity/queries.ts';
import type { Caller } from '../auth/caller.ts';
import type { Db } from '../db/client.ts';
import { AppError } from '../errors.ts';
import { isSlideOf, type SampleChanges, updateSample } from './administration-queries.ts';
import { lockSample } from './queries.ts';
import { noSuchSample } from './sample-answers.ts';

/**
 * Corrects what was said of an image. The scale counts from the next detection on.
 * @throws AppError not_found
 */
export async function correctSample(
  tx: Db,
  caller: Caller,
  jobId: string,
  changes: SampleChanges,
): Promise<void> {
  const sample = await lockSample(tx, caller, jobId);
  if (!sample) throw noSuchSample();
  if (changes.slideId && !(await isSlideOf(tx, changes.slideId, sample.lavageId))) {
    throw new AppError('not_found', "There is no such slide of the image's lavage.");
  }
  await updateSample(tx, jobId, changes);
  await insertActivity(tx, caller, {
    activityType: 'sample.update',
    description: 'Corrected what is said of an image',
    entityType: 'sample',
    entityId: jobId,
    metadata: { changes },
  });
}
