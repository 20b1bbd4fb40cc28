import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Camel } from '../../contract/casing.ts';
import type { UploadResult } from '../../contract/samples.ts';
import { insertActivity } from '../activity/queries.ts';
import type { Caller } from '../auth/caller.ts';
import type { Db } from '../db/client.ts';
import type { AppDependencies } from '../dependencies.ts';
import { AppError } from '../errors.ts';
import { once } from '../http/idempotency.ts';
import type { Jobs } from '../platform/jobs.ts';
import { notify } from '../platform/notifications.ts';
import { chooseSlide, type SlideOfPatient } from './choose-slide.ts';
import { type ReceivedFile, type ReceivedUpload, receiveUpload, removeObjects } from './receive-upload.ts';
import { parseUploadFields, type UploadFields } from './upload-fields.ts';
import { insertSample } from './upload-queries.ts';

export type UploadDependencies = Pick<
  AppDependencies,
  'config' | 'database' | 'objects' | 'imageJobs' | 'jobs'
>;
type Result = Camel<z.input<typeof UploadResult>>;

interface Upload {
  caller: Caller;
  idempotencyKey: string | undefined;
  request: FastifyRequest;
}

/**
 * Takes the images of a form: bytes first, then all rows and jobs in one transaction. Bytes that no row came to own
 * are removed; where it is unknown whether the transaction took place, they are left to the sweep.
 * @throws AppError no_readable_file when nothing could be taken, and as `receiveUpload` and `chooseSlide`
 */
export async function uploadImages(deps: UploadDependencies, upload: Upload): Promise<Result> {
  const received = await receiveUpload(upload.request, deps);
  const { files, rejected } = received;
  const keys = files.map(({ s3Key }) => s3Key);
  try {
    refuseWithoutFile(received);
    const fields = parseUploadFields(received.fields);
    const body = {
      fields,
      files: files.map(({ originalFilename, sha256 }) => [originalFilename, sha256]),
      rejected,
    };
    const result = await once(deps.database.db, 'uploadImages', { ...upload, body }, async (tx) => ({
      samples: await recordSamples(tx, upload.caller, { fields, files, jobs: deps.jobs }),
      rejected,
    }));
    const owned = new Set(result.samples.map(({ s3Key }) => s3Key));
    await removeObjects(
      deps,
      keys.filter((key) => !owned.has(key)),
    );
    return result;
  } catch (error) {
    if (error instanceof AppError) await removeObjects(deps, keys);
    throw error;
  }
}

function refuseWithoutFile({ files, rejected }: ReceivedUpload): void {
  if (files.length > 0) return;
  const errors = rejected.map(({ originalFilename, detail }) => ({
    path: originalFilename,
    message: detail,
  }));
  const sentence =
    rejected.length === 0
      ? 'No image was sent. Send at least one part named file.'
      : errors.map(({ path, message }) => `${path}: ${message}`).join(' ');
  throw new AppError('no_readable_file', sentence, { errors });
}

/** The rows, jobs and notices of files that are stored. @throws AppError as `chooseSlide` */
export async function recordSamples(
  tx: Db,
  caller: Caller,
  { fields, files, jobs }: { fields: UploadFields; files: ReceivedFile[]; jobs: Jobs },
): Promise<Result['samples']> {
  const place = await chooseSlide(tx, caller, fields);
  const recorded: Result['samples'] = [];
  const added: string[] = [];
  for (const file of files) {
    const { isNew, ...sample } = await insertSample(tx, {
      ...place,
      ...file,
      uploaderId: caller.id,
      objective: fields.objective,
      micronsPerPixel: fields.micronsPerPixel,
    });
    recorded.push({ ...sample, duplicate: !isNew });
    if (!isNew) continue;
    added.push(sample.jobId);
    await announce(tx, caller, place, sample.jobId);
  }
  await jobs.enqueue(tx, added);
  return recorded;
}

async function announce(tx: Db, caller: Caller, { patientId, lavageId }: SlideOfPatient, jobId: string) {
  await insertActivity(tx, caller, {
    activityType: 'sample.upload',
    description: 'Uploaded an image',
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
