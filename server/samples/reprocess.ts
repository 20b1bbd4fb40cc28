import type { EngineName } from '../../core/detection/engine-choice.ts';
import { insertActivity } from '../activity/queries.ts';
import type { Caller } from '../auth/caller.ts';
import type { Db } from '../db/client.ts';
import { AppError } from '../errors.ts';
import { checkDetection } from '../model/check-detection.ts';
import type { Jobs } from '../platform/jobs.ts';
import { notify } from '../platform/notifications.ts';
import { isLavageVisible, type LockedSample, lockSample, lockSamplesOf, markPending } from './queries.ts';
import { noSuchSample } from './sample-answers.ts';

export type Parameters = Record<string, number | string>;

export interface Reprocessing {
  caller: Caller;
  /** Those that differ from the laboratory's defaults, by wire name. */
  parameters?: Parameters;
  /** Another than the laboratory's. */
  engine?: EngineName;
}

export interface ReprocessingDependencies {
  jobs: Jobs;
  imageJobs: { engines: readonly EngineName[] };
}

/**
 * Queues a sample once more. Its cells and annotations stay as they are until the new run is stored, and after it.
 * @throws AppError not_found, forbidden, validation_failed, conflict when it is queued already
 */
export async function reprocessSample(
  tx: Db,
  { jobs, imageJobs }: ReprocessingDependencies,
  { jobId, ...wanted }: Reprocessing & { jobId: string },
): Promise<void> {
  const sample = await lockSample(tx, wanted.caller, jobId);
  if (!sample) throw noSuchSample();
  checkRight(sample, wanted);
  checkDetection(imageJobs.engines, wanted);
  if (isBusy(sample)) throw new AppError('conflict', 'The sample is waiting or being processed already.');
  await queueAgain(tx, jobs, [sample], wanted);
}

/**
 * Queues all fields of a lavage once more, except those that wait or are being processed.
 * @throws AppError not_found, validation_failed
 */
export async function reprocessLavage(
  tx: Db,
  { jobs, imageJobs }: ReprocessingDependencies,
  { lavageId, ...wanted }: Reprocessing & { lavageId: string },
): Promise<{ queued: string[]; busy: string[] }> {
  if (!(await isLavageVisible(tx, wanted.caller, lavageId))) {
    throw new AppError('not_found', 'There is no such lavage.');
  }
  checkDetection(imageJobs.engines, wanted);
  const fields = await lockSamplesOf(tx, wanted.caller, lavageId);
  const idle = fields.filter((field) => !isBusy(field));
  await queueAgain(tx, jobs, idle, wanted);
  return { queued: idle.map(({ jobId }) => jobId), busy: fields.filter(isBusy).map(({ jobId }) => jobId) };
}

/** Queues samples that are locked and not busy, and notes and tells it. */
export async function queueAgain(
  tx: Db,
  jobs: Jobs,
  fields: readonly LockedSample[],
  { caller, parameters: given, engine }: Reprocessing,
): Promise<void> {
  if (fields.length === 0) return;
  const parameters = engine ? { engine, ...given } : given;
  const jobIds = fields.map(({ jobId }) => jobId);
  await markPending(tx, jobIds, parameters ?? null);
  await jobs.enqueue(tx, jobIds);
  for (const { jobId, patientId, lavageId } of fields) {
    await insertActivity(tx, caller, {
      activityType: 'sample.reprocess',
      description: parameters
        ? 'Had an image processed again with other detection parameters'
        : 'Had an image processed again',
      entityType: 'sample',
      entityId: jobId,
      metadata: parameters && { parameters },
    });
    const event = { jobId, patientId, lavageId, error: null, cellCount: null };
    await notify(tx, { type: 'sample.status', inferenceStatus: 'pending', ...event });
  }
}

export const isBusy = ({ inferenceStatus }: LockedSample) =>
  inferenceStatus === 'pending' || inferenceStatus === 'processing';

function checkRight(sample: LockedSample, { caller, parameters, engine }: Reprocessing): void {
  if (caller.role !== 'UPLOADER') return;
  if (sample.uploaderId !== caller.id) {
    throw new AppError('forbidden', 'Only who uploaded the image, or who reads it, may do this.');
  }
  if (parameters || engine) {
    throw new AppError('forbidden', 'Detection parameters are chosen by who reads the image.');
  }
}
