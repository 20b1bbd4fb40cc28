import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { v7 } from 'uuid';
import { chooseEngine, type EngineChoice, MODEL_ENGINE } from '../../core/detection/engine-choice.ts';
import { packCells } from '../../core/detection/pack-detected-cells.ts';
import { encodePackedCells } from '../../core/detection/packed-cells.ts';
import type { Database, Db } from '../db/client.ts';
import { type CellNaming, namingOf } from '../model/cell-naming.ts';
import type { Model } from '../model/model.ts';
import { type Job, PermanentFailure } from '../platform/jobs.ts';
import type { Logger } from '../platform/log.ts';
import { notify } from '../platform/notifications.ts';
import { ObjectError, type Objects } from '../platform/objects.ts';
import { detectWithModel, type ModelRun } from './detect-with-model.ts';
import { ImageRefusal, type PixelLimits, type ProcessedImage } from './image-tasks.ts';
import { checkRoom, localOriginal, NoRoom, openJobFolder } from './job-folder.ts';
import { TaskFailure } from './job-process.ts';
import type { JobProcesses } from './job-processes.ts';
import { isLarge, timeFactor } from './large-image.ts';
import {
  claimSample,
  type DerivedKeys,
  findDetectionSettings,
  insertRun,
  sampleExists,
  settleSample,
} from './queries.ts';

export interface ProcessingDependencies {
  database: Database;
  objects: Objects;
  /** Holds files while they are worked on: originals, when objects are no files, and tiles. */
  workFolder: string;
  processes: JobProcesses;
  /** Absent where the operator has set none. */
  model?: Model;
  log: Logger;
  limits: PixelLimits & {
    jobTimeoutS: number;
    /** Of the disk with the work folder, left free by large images. */
    reserveBytes: number;
  };
}

type Claim = NonNullable<Awaited<ReturnType<typeof claimSample>>> & { runId: string };

const LARGEST_DERIVED_BYTES = 1024 ** 3;
/** Tiles as JPEG and all of them in one file: of photographs together about so much, seldom more. */
const TILE_BYTES_PER_PIXEL = 1;

/**
 * Takes a sample from waiting to completed or failed. May be called any number of times for the same sample, also at
 * once: of all claims only the last one can write.
 * @throws PermanentFailure when the sample was set `failed` or there is none, anything else when it waits again
 */
export async function processSample(deps: ProcessingDependencies, job: Job): Promise<void> {
  const { db } = deps.database;
  const claim = await takeOver(db, job);
  if (!claim) {
    if (await sampleExists(db, job.sampleId)) return;
    throw new PermanentFailure('There is no such sample.');
  }
  const log = deps.log.child({ jobId: claim.jobId, runId: claim.runId });
  try {
    await using folder = await openJobFolder(deps.workFolder);
    const detected = await detect({ ...deps, log }, { claim, jobFolder: folder.path, signal: job.signal });
    const keys = await storeDerived(deps.objects, claim, detected);
    await storeRun(db, claim, detected, keys);
    const { cellCount: cells, engine, durationMs } = detected;
    log.info({ cells, engine, durationMs }, 'sample processed');
  } catch (error) {
    if (error instanceof ClaimLost) {
      await deps.objects.remove(replyKeyOf(claim));
      return log.warn('result refused: another worker has taken the sample over');
    }
    log.warn({ err: error, retries: job.retries }, 'sample not processed');
    const reason = reasonToGiveUp(error, job);
    await putDown(db, claim, reason);
    if (reason === undefined) throw error;
    throw new PermanentFailure(reason, { cause: error });
  }
}

class ClaimLost extends Error {}

async function takeOver(db: Db, { sampleId, redriven }: Job): Promise<Claim | undefined> {
  const runId = v7();
  return db.transaction(async (tx) => {
    const claimed = await claimSample(tx, sampleId, runId, { evenFailed: redriven });
    if (!claimed) return undefined;
    const { s3Key, sha256, sizeBytes, width, height, micronsPerPixel, detectionParameters, ...event } =
      claimed;
    await notify(tx, { type: 'sample.status', ...event, cellCount: null });
    return { ...claimed, runId };
  });
}

interface Detected extends ProcessedImage {
  /** Why it was not the model, although it should have been. */
  fallbackReason: string | null;
  /** What the model answered. */
  modelReply?: unknown;
}

async function detect(
  { database, objects, processes, model, log, limits }: ProcessingDependencies,
  { claim, jobFolder, signal }: { claim: Claim; jobFolder: string; signal: AbortSignal },
): Promise<Detected> {
  const settings = await findDetectionSettings(database.db, claim.patientId);
  const wanted = { ...settings?.detection, ...claim.detectionParameters };
  const { engine } = chooseEngine(settings?.detection ?? {}, askedFor(claim));
  if (isLarge(claim, limits)) {
    const bytes = claim.width * claim.height * TILE_BYTES_PER_PIXEL;
    await checkRoom(jobFolder, bytes + (objects.localPath ? 0 : claim.sizeBytes), limits.reserveBytes);
  }
  const source = { path: await localOriginal(objects, claim, jobFolder) };
  const { decodedPixels, tiledPixels } = limits;
  const options = {
    timeoutMs: limits.jobTimeoutS * 1000 * timeFactor(claim.width * claim.height, limits),
    signal,
    onProgress: (progress: number) => tellProgress(database.db, claim, progress, log),
  };
  const detectHere = (choice: EngineChoice) => {
    const micronsPerPixel = claim.micronsPerPixel ?? undefined;
    const pixels = { decodedPixels, tiledPixels };
    const request = { source, limits: pixels, ...choice, micronsPerPixel, jobFolder };
    return processes.run('process', request, options);
  };
  if (engine !== MODEL_ENGINE) {
    return { ...(await detectHere(chooseEngine(wanted, { engine }))), fallbackReason: null };
  }

  const render = () => processes.run('render', { source, maxPixels: decodedPixels }, options);
  const naming = namingOf(settings);
  const found = await detectWithModel(model, { render, naming, signal });
  if ('answer' in found) return describeModelRun(found, naming);
  const { fallbackReason, cause } = found;
  log.warn({ err: cause, fallbackReason }, 'the model was not used');
  return { ...(await detectHere(chooseEngine(wanted, { engine: 'tree' }))), fallbackReason };
}

function askedFor({ detectionParameters }: Claim): {
  engine?: string;
  parameters: Record<string, number | string>;
} {
  const { engine, ...parameters } = detectionParameters ?? {};
  return { engine: engine === undefined ? undefined : String(engine), parameters };
}

function describeModelRun({ image, answer, durationMs }: ModelRun, { types }: CellNaming): Detected {
  return {
    ...image,
    engine: MODEL_ENGINE,
    version: answer.version,
    tilesFile: null,
    downscale: null,
    scaleSource: null,
    parameters: {},
    cells: encodePackedCells(packCells(answer.cells, types)),
    cellCount: answer.cells.length,
    durationMs,
    fallbackReason: null,
    modelReply: answer.reply,
  };
}

/** Nobody waits for it: a bar that stands still for a moment does no harm. */
function tellProgress(db: Db, claim: Claim, progress: number, log: Logger): void {
  const { jobId, patientId, lavageId, inferenceStatus } = claim;
  const event = { jobId, patientId, lavageId, inferenceStatus, error: null, cellCount: null, progress };
  notify(db, { type: 'sample.status', ...event }).catch((error) =>
    log.warn({ err: error }, 'progress not told'),
  );
}

/**
 * The same image gives the same bytes, so that a second attempt may overwrite them. A model may answer otherwise the
 * next time: each run has its own answer beside the image, for whoever wants to know what the cells were made from.
 */
async function storeDerived(
  objects: Objects,
  { s3Key, runId }: Claim,
  { display, thumbnail, tilesFile, modelReply }: Detected,
): Promise<DerivedKeys> {
  const folder = s3Key.slice(0, s3Key.lastIndexOf('/'));
  const keys = {
    displayKey: `${folder}/display`,
    thumbnailKey: `${folder}/thumbnail`,
    tilesKey: tilesFile === null ? null : `${folder}/tiles`,
  };
  const limits = { maxBytes: LARGEST_DERIVED_BYTES };
  await objects.put(keys.displayKey, Readable.from([Buffer.from(display)]), limits);
  await objects.put(keys.thumbnailKey, Readable.from([Buffer.from(thumbnail)]), limits);
  if (tilesFile !== null && keys.tilesKey !== null) {
    const { size: maxBytes } = await stat(tilesFile);
    await objects.put(keys.tilesKey, createReadStream(tilesFile), { maxBytes });
  }
  if (modelReply !== undefined) {
    const json = Buffer.from(JSON.stringify(modelReply));
    await objects.put(replyKeyOf({ s3Key, runId }), Readable.from([json]), limits);
  }
  return keys;
}

function replyKeyOf({ s3Key, runId }: Pick<Claim, 's3Key' | 'runId'>): string {
  return `${s3Key.slice(0, s3Key.lastIndexOf('/'))}/model-reply-${runId}`;
}

/** @throws ClaimLost */
async function storeRun(
  db: Db,
  { jobId, runId }: Claim,
  {
    width: _width,
    height: _height,
    display: _display,
    thumbnail: _thumbnail,
    tilesFile: _tilesFile,
    modelReply: _modelReply,
    ...run
  }: Detected,
  keys: DerivedKeys,
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
  if (error instanceof NoRoom && isLastAttempt) return error.message;
  const isTaskFault = error instanceof TaskFailure && error.kind !== 'aborted' && error.kind !== 'busy';
  if (isTaskFault && (retries > 0 || isLastAttempt))
    return `${error.message} Export it again or at a lower resolution.`;
  if (error instanceof ObjectError && error.code === 'full' && isLastAttempt) {
    return 'The storage of the images is full. Tell the administrator, and start it once more later.';
  }
  return isLastAttempt ? 'Processing was interrupted again and again. Start it once more later.' : undefined;
}
