import { Readable } from 'node:stream';
import { z } from 'zod';
import type { Caller } from '../auth/caller.ts';
import type { Db } from '../db/client.ts';
import { AppError, validationFailed } from '../errors.ts';
import { ObjectError, type Objects } from '../platform/objects.ts';
import { displayFilename } from './display-filename.ts';
import { isPatientVisible } from './queries.ts';
import { checkStored, newOriginal, removeObjects, sampleIdOf } from './receive-upload.ts';
import {
  findUpload,
  isJoined,
  listParts,
  lockUnfinished,
  removeUnfinished,
  saveSampleOf,
  saveWhole,
  type UploadPart,
  type UploadRow,
} from './resumable-queries.ts';
import { parseUploadFields } from './upload-fields.ts';
import { recordSamples, type UploadDependencies } from './upload-images.ts';

interface Whole {
  objectKey: string;
  sha256: string;
}

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** What is wrong with the metadata is said before the bytes travel. @throws AppError validation_failed, not_found */
export async function refuseUnfitMetadata(db: Db, caller: Caller, metadata: Record<string, string>) {
  const { fields, sha256 } = readMetadata(metadata);
  if (sha256 !== undefined && !Sha256.safeParse(sha256).success) {
    throw validationFailed([{ path: 'sha256', message: 'must be 64 hexadecimal digits in lower case' }]);
  }
  if (fields.patientId && !(await isPatientVisible(db, caller, fields.patientId))) {
    throw new AppError('not_found', 'There is no such patient.');
  }
}

/** `filetype` is what clients add by themselves; the content says it better. */
function readMetadata({ filename, filetype: _, sha256, ...fields }: Record<string, string>) {
  return { originalFilename: displayFilename(filename), sha256, fields: parseUploadFields(fields) };
}

/**
 * Makes a sample of an upload whose bytes are all there, once however often it is asked for. What would be refused
 * again is forgotten with its bytes; after any other failure, asking again goes on from where it stopped.
 * @throws AppError as `uploadImages`, and checksum_mismatch
 */
export async function finishUpload(deps: UploadDependencies, caller: Caller, id: string): Promise<void> {
  const upload = await findUpload(deps.database.db, caller, id);
  if (!upload || upload.sampleId || upload.offsetBytes < upload.lengthBytes) return;
  try {
    const whole = await joinParts(deps, upload);
    const { originalFilename, sha256: announced, fields } = readMetadata(upload.fields);
    if (announced !== undefined && announced !== whole.sha256) {
      throw new AppError(
        'checksum_mismatch',
        'The bytes that arrived are not those that were announced by sha256. Upload the file again.',
      );
    }
    const { format, width, height } = await checkStored(deps, whole.objectKey, {
      sha256: whole.sha256,
      bytes: upload.lengthBytes,
    });
    const file = {
      sampleId: sampleIdOf(whole.objectKey),
      s3Key: whole.objectKey,
      originalFilename,
      sha256: whole.sha256,
      sizeBytes: upload.lengthBytes,
      format,
      width,
      height,
    };
    const isDuplicate = await deps.database.db.transaction(async (tx) => {
      if (!(await lockUnfinished(tx, id))) return false;
      const [sample] = await recordSamples(tx, caller, { fields, files: [file], jobs: deps.jobs });
      await saveSampleOf(tx, id, sample.jobId);
      return sample.duplicate;
    });
    if (isDuplicate) await removeObjects(deps, [file.s3Key]);
  } catch (error) {
    if (error instanceof AppError && error.status < 500) await removeUpload(deps, id);
    throw error;
  }
}

export async function removeUpload(deps: UploadDependencies, id: string): Promise<void> {
  const keys = (await removeUnfinished(deps.database.db, id)) ?? [];
  await removeObjects(deps, keys);
}

async function joinParts(deps: UploadDependencies, upload: UploadRow): Promise<Whole> {
  const { objects } = deps;
  const { db } = deps.database;
  if (upload.objectKey && upload.sha256) return { objectKey: upload.objectKey, sha256: upload.sha256 };
  const parts = await listParts(db, upload.id);
  const whole =
    parts.length === 1
      ? parts[0]
      : await join(objects, parts, upload.lengthBytes).catch(async (error) => {
          // Whoever joins the parts removes them: then they are missing here, and nothing is lost.
          throw (await isJoined(db, upload.id)) ? finishedElsewhere(error) : error;
        });
  const isKept = await saveWhole(db, upload.id, { objectKey: whole.objectKey, sha256: whole.sha256 });
  const spent = isKept ? parts.filter(({ objectKey }) => objectKey !== whole.objectKey) : [whole];
  await removeObjects(
    deps,
    spent.map(({ objectKey }) => objectKey),
  );
  if (isKept) return whole;
  throw finishedElsewhere();
}

function finishedElsewhere(cause?: unknown): AppError {
  return new AppError('unavailable', 'Another request is finishing this upload. Ask again in a moment.', {
    retryAfterS: 1,
    cause,
  });
}

async function join(objects: Objects, parts: readonly UploadPart[], lengthBytes: number): Promise<Whole> {
  const { s3Key: objectKey } = newOriginal();
  const source = Readable.from(bytesOf(objects, parts), { objectMode: false });
  const { sha256 } = await objects.put(objectKey, source, { maxBytes: lengthBytes }).catch((error) => {
    if (!(error instanceof ObjectError) || (error.code !== 'not_found' && error.code !== 'corrupt'))
      throw error;
    throw new AppError('not_found', 'Some of the bytes are no longer there. Upload the file again.', {
      cause: error,
    });
  });
  return { objectKey, sha256 };
}

async function* bytesOf(objects: Objects, parts: readonly UploadPart[]): AsyncGenerator<Buffer> {
  for (const { objectKey, sha256 } of parts) {
    const { stream } = await objects.get(objectKey, { sha256 });
    yield* stream as AsyncIterable<Buffer>;
  }
}
