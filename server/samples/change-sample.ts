import { insertActivity } from '../activity/queries.ts';
import type { Caller } from '../auth/caller.ts';
import type { Db } from '../db/client.ts';
import { AppError } from '../errors.ts';
import type { Jobs } from '../platform/jobs.ts';
import { notify } from '../platform/notifications.ts';
import { lockSample, markPending, markRemoved } from './queries.ts';
import { noSuchSample } from './sample-answers.ts';

/** Takes a sample out of view; its bytes and rows stay. @throws AppError not_found, forbidden */
export async function removeSample(tx: Db, caller: Caller, jobId: string): Promise<void> {
  await lockOwn(tx, caller, jobId);
  await markRemoved(tx, jobId);
  await insertActivity(tx, caller, {
    activityType: 'sample.delete',
    description: 'Removed an image from view',
    entityType: 'sample',
    entityId: jobId,
  });
}

/** Queues a sample once more. @throws AppError not_found, forbidden, conflict when it is queued already */
export async function reprocessSample(tx: Db, caller: Caller, jobs: Jobs, jobId: string): Promise<void> {
  const { inferenceStatus, patientId, lavageId } = await lockOwn(tx, caller, jobId);
  if (inferenceStatus === 'pending' || inferenceStatus === 'processing') {
    throw new AppError('conflict', 'The sample is waiting or being processed already.');
  }
  await markPending(tx, jobId);
  await jobs.enqueue(tx, [jobId]);
  await insertActivity(tx, caller, {
    activityType: 'sample.reprocess',
    description: 'Had an image processed again',
    entityType: 'sample',
    entityId: jobId,
  });
  const event = {
    jobId,
    patientId,
    lavageId,
    inferenceStatus: 'pending',
    error: null,
    cellCount: null,
  } as const;
  await notify(tx, { type: 'sample.status', ...event });
}

async function lockOwn(tx: Db, caller: Caller, jobId: string) {
  const sample = await lockSample(tx, caller, jobId);
  if (!sample) throw noSuchSample();
  if (caller.role !== 'ADMIN' && sample.uploaderId !== caller.id) {
    throw new AppError('forbidden', 'Only who uploaded the image, or an administrator, may do this.');
  }
  return sample;
}
