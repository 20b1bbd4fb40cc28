import { insertActivity } from '../activity/queries.ts';
import type { Caller } from '../auth/caller.ts';
import type { Db } from '../db/client.ts';
import { AppError } from '../errors.ts';
import { lockSample, markRemoved } from './queries.ts';
import { noSuchSample } from './sample-answers.ts';

/** Takes a sample out of view; its bytes and rows stay. @throws AppError not_found, forbidden */
export async function removeSample(tx: Db, caller: Caller, jobId: string): Promise<void> {
  const sample = await lockSample(tx, caller, jobId);
  if (!sample) throw noSuchSample();
  if (caller.role !== 'ADMIN' && sample.uploaderId !== caller.id) {
    throw new AppError('forbidden', 'Only who uploaded the image, or an administrator, may do this.');
  }
  await markRemoved(tx, jobId);
  await insertActivity(tx, caller, {
    activityType: 'sample.delete',
    description: 'Removed an image from view',
    entityType: 'sample',
    entityId: jobId,
  });
}
