import { Readable } from 'node:stream';
import { v7 } from 'uuid';
import { chooseEngine } from '../../core/detection/engine-choice.ts';
import type { Database, Db } from '../db/client.ts';
import { type Job, PermanentFailure } from '../platform/jobs.ts';
import type { Logger } from '../platform/log.ts';
import { notify } from '../platform/notifications.ts';
import { ObjectError, type Objects } from '../platform/objects.ts';
import { ImageRefusal, type ImageSource, type PixelLimits, type ProcessedImage } from './image-tasks.ts';
import { TaskFailure } from './job-process.ts';
import type { JobProcesses } from './job-processes.ts';
import { timeFactor } from './large-image.ts';
import { claimSample, findDetectionDefaults, insertRun, settleSample } from './queries.ts';

export interface ProcessingDependencies {
  database: Database;
  objects: Objects;
  processes: JobProcesses;
  log: Logger;
  limits: PixelLimits & { jobTimeoutS: number };
}

type Claim = NonNullable<Awaited<ReturnType<typeof claimSample>>> & { runId: string };

const LARGEST_DERIVED_BYTES = 1024 ** 3;

/**
 * Takes a sample from waiting to completed or failed. May be called any number of times for the same sample, also at
 * once: of all claims only the last one can write.
 * @throws PermanentFailure when the sample was set `failed`, anything else when it waits again
 */
export async function processSample(deps: ProcessingDependencies, job: Job): Promise<void> {
  const { db } = deps.database;
  const claim = await takeOver(db, job.sampleId);
  if (!claim) return;
  const log = deps.log.child({ jobId: claim.jobId, runId: claim.runId });
  try {
    const image = await detect(deps, claim, job.signal);
    const keys = await storeDerived(deps.objects, claim, image);
    await storeRun(db, claim, image, keys);
    log.info({ cells: image.cellCount, durationMs: image.durationMs }, 'sample processed');
  } catch (error) {
    if (error instanceof ClaimLost)
      return log.warn('result refused: another worker has taken the sample over');
    log.warn({ err: error, retries: job.retries }, 'sample not processed');
    const reason = reasonToGiveUp(error, job);
    await putDown(db, claim, reason);
    if (reason === undefined) throw error;
    throw new PermanentFailure(reason, { cause: error });
  }
}

class ClaimLost extends Error {}

async function takeOver(db: Db, sampleId: string): Promise<Claim | undefined> {
  const runId = v7();
  return db.transaction(async (tx) => {
    const claimed = await claimSample(tx, sampleId, runId);
    if (!claimed) return undefined;
    const { s3Key, sha256, width, height, micronsPerPixel, detectionParameters, ...event } = claimed;
    await notify(tx, { type: 'sample.status', ...event, cellCount: null });
    return { ...claimed, runId };
  });
}

async function detect(
  { database, objects, processes, limits, log }: ProcessingDependencies,
  claim: Claim,
  signal: AbortSignal,
): Promise<ProcessedImage> {
  const request = {
    source: await verifiedSource(objects, claim),
    limits: { decodedPixels: limits.decodedPixels, tiledPixels: limits.tiledPixels },
    ...chooseEngine({
      ...(await findDetectionDefaults(database.db, claim.patientId)),
      ...claim.detectionParameters,
    }),
    micronsPerPixel: claim.micronsPerPixel ?? undefined,
  };
  return processes.run('process', request, {
    timeoutMs: limits.jobTimeoutS * 1000 * timeFactor(claim.width * claim.height, limits),
    signal,
    onProgress: (progress) => tellProgress(database.db, claim, progress, log),
  });
}

/** Nobody waits for it: a bar that stands still for a moment does no harm. */
function tellProgress(db: Db, claim: Claim, progress: number, log: Logger): void {
  const { jobId, patientId, lavageId, inferenceStatus } = claim;
  const event = { jobId, patientId, lavageId, inferenceStatus, error: null, cellCount: null, progress };
  notify(db, { type: 'sample.status', ...event }).catch((error) =>
    log.warn({ err: error }, 'progress not told'),
  );
}

/** @throws ObjectError when the stored bytes are not those that were uploaded */
async function verifiedSource(objects: Objects, { s3Key, sha256 }: Claim): Promise<ImageSource> {
  if (!objects.localPath) return { bytes: await objects.read(s3Key, { sha256 }) };
  const { stream } = await objects.get(s3Key, { sha256 });
  for await (const _ of stream);
  return { path: objects.localPath(s3Key) };
}

/** The same image gives the same bytes, so that a second attempt may overwrite them. */
async function storeDerived(objects: Objects, { s3Key }: Claim, { display, thumbnail }: ProcessedImage) {
  const folder = s3Key.slice(0, s3Key.lastIndexOf('/'));
  const keys = { displayKey: `${folder}/display`, thumbnailKey: `${folder}/thumbnail` };
  const limits = { maxBytes: LARGEST_DERIVED_BYTES };
  await objects.put(keys.displayKey, Readable.from([Buffer.from(display)]), limits);
  await objects.put(keys.thumbnailKey, Readable.from([Buffer.from(thumbnail)]), limits);
  return keys;
}

/** @throws ClaimLost */
async function storeRun(
  db: Db,
  { jobId, runId }: Claim,
  { width: _width, height: _height, display: _display, thumbnail: _thumbnail, ...run }: ProcessedImage,
  keys: { displayKey: string; thumbnailKey: string },
): Promise<void> {
  await db.transaction(async (tx) => {
    const outcome = { inferenceStatus: 'completed', latestRunId: runId, ...keys } as const;
    const event = await settleSample(tx, jobId, runId, outcome);
    if (!event) throw new ClaimLost();
    await insertRun(tx, { id: runId, sampleId: jobId, ...run });
    await notify(tx, { type: 'sample.status', ...event, cellCount: run.cellCount });
  });
}

async function putDown(db: Db, { jobId, runId }: Claim, reason: string | undefined): Promise<void> {
  const outcome =
    reason === undefined
      ? ({ inferenceStatus: 'pending', error: null } as const)
      : ({ inferenceStatus: 'failed', error: reason } as const);
  await db.transaction(async (tx) => {
    const event = await settleSample(tx, jobId, runId, outcome);
    if (event) await notify(tx, { type: 'sample.status', ...event, cellCount: null });
  });
}

/** A sentence for the user, or undefined when another attempt may well succeed. */
function reasonToGiveUp(error: unknown, { retries, isLastAttempt }: Job): string | undefined {
  if (error instanceof ImageRefusal) return error.message;
  if (error instanceof ObjectError && error.code === 'not_found') {
    return 'The stored image is missing. Upload it again.';
  }
  if (error instanceof ObjectError && error.code === 'corrupt') {
    return 'The stored image is no longer the one that was uploaded. Upload it again.';
  }
  const isTaskFault = error instanceof TaskFailure && error.kind !== 'aborted' && error.kind !== 'busy';
  if (isTaskFault && (retries > 0 || isLastAttempt))
    return `${error.message} Export it again or at a lower resolution.`;
  return isLastAttempt ? 'Processing was interrupted again and again. Start it once more later.' : undefined;
}
