import type { Multipart, MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { v7 } from 'uuid';
import type { ErrorCode } from '../../contract/errors.ts';
import type { AppDependencies } from '../dependencies.ts';
import { AppError, validationFailed } from '../errors.ts';
import { asFormRefusal } from '../http/form-refusal.ts';
import { ObjectError, type Objects, type StoredObject } from '../platform/objects.ts';
import { displayFilename } from './display-filename.ts';

type Dependencies = Pick<AppDependencies, 'config' | 'objects' | 'imageJobs'>;

/** A file that is stored, whole, and an image within the limits. */
export interface ReceivedFile {
  sampleId: string;
  s3Key: string;
  originalFilename: string;
  sha256: string;
  sizeBytes: number;
  format: 'jpeg' | 'png' | 'tiff' | 'webp';
  width: number;
  height: number;
}

export interface RejectedFile {
  originalFilename: string;
  code: ErrorCode;
  detail: string;
}

export interface ReceivedUpload {
  /** As sent, unchecked. */
  fields: Record<string, string>;
  files: ReceivedFile[];
  rejected: RejectedFile[];
}

const LARGE_BYTES = 8 * 1024 * 1024;

/** Refusals that concern one file; the others stand. */
const FILE_REFUSALS: readonly ErrorCode[] = [
  'unsupported_image',
  'damaged_image',
  'image_too_large',
  'image_too_small',
  'payload_too_large',
];

/**
 * Streams the files of a form to the object store, one after the other and in any order with the text fields. What it
 * throws leaves nothing behind.
 * @throws AppError unsupported_media_type, bad_request, validation_failed, payload_too_large, storage_full, unavailable
 */
export async function receiveUpload(request: FastifyRequest, deps: Dependencies): Promise<ReceivedUpload> {
  if (!request.isMultipart()) {
    throw new AppError(
      'unsupported_media_type',
      'Send the images as multipart/form-data, in parts named file.',
    );
  }
  const upload: ReceivedUpload = { fields: {}, files: [], rejected: [] };
  try {
    for await (const part of request.parts()) await receivePart(part, upload, deps);
    return upload;
  } catch (error) {
    await removeObjects(
      deps,
      upload.files.map(({ s3Key }) => s3Key),
    );
    throw asFormRefusal(error, deps.config.limits.filesPerUpload);
  }
}

export async function removeObjects(
  { objects }: Pick<AppDependencies, 'objects'>,
  keys: readonly string[],
): Promise<void> {
  // What cannot be removed now is an orphan, which the worker's sweep finds.
  await Promise.allSettled(keys.map((key) => objects.remove(key)));
}

/** Where the bytes of a sample to be lie. */
export function newOriginal(): { sampleId: string; s3Key: string } {
  const sampleId = v7();
  return { sampleId, s3Key: `samples/${sampleId}/original` };
}

/** The sample that `newOriginal` made the key for. */
export function sampleIdOf(s3Key: string): string {
  return s3Key.split('/')[1];
}

/**
 * Has a job process look at a stored file, or at its bytes where they are at hand.
 * @throws AppError when it is no whole image within the limits
 */
export async function checkStored(
  { objects, imageJobs }: Pick<AppDependencies, 'objects' | 'imageJobs'>,
  s3Key: string,
  { sha256, bytes, content }: StoredObject,
): ReturnType<AppDependencies['imageJobs']['check']> {
  if (objects.localPath) return imageJobs.check({ path: objects.localPath(s3Key) });
  if (content) return imageJobs.check({ bytes: content });
  const source = async () => ({ bytes: await readBack(objects, s3Key, sha256) });
  return imageJobs.check(bytes > LARGE_BYTES ? source : await source());
}

async function readBack(objects: Objects, s3Key: string, sha256: string): Promise<Buffer> {
  try {
    return await objects.read(s3Key, { sha256 });
  } catch (error) {
    if (!(error instanceof ObjectError) || error.code !== 'corrupt') throw error;
    throw new AppError('damaged_image', 'What was stored is not what came. Upload the image again.', {
      cause: error,
    });
  }
}

async function receivePart(part: Multipart, upload: ReceivedUpload, deps: Dependencies): Promise<void> {
  if (part.type === 'field') return receiveField(part, upload.fields);
  if (part.fieldname !== 'file') {
    part.file.resume();
    upload.fields[part.fieldname] = 'a file';
    return;
  }
  const originalFilename = displayFilename(part.filename);
  try {
    upload.files.push(await receiveFile(part, originalFilename, deps));
  } catch (error) {
    if (!(error instanceof AppError) || !FILE_REFUSALS.includes(error.code)) throw error;
    upload.rejected.push({ originalFilename, code: error.code, detail: error.message });
  }
}

function receiveField(
  { fieldname, value, valueTruncated }: Extract<Multipart, { type: 'field' }>,
  fields: Record<string, string>,
): void {
  const message =
    fieldname in fields
      ? 'is given twice'
      : valueTruncated || typeof value !== 'string'
        ? 'is too long'
        : undefined;
  if (message) throw validationFailed([{ path: fieldname, message }]);
  fields[fieldname] = value as string;
}

async function receiveFile(
  part: MultipartFile,
  originalFilename: string,
  { config, objects, imageJobs }: Dependencies,
): Promise<ReceivedFile> {
  const { uploadBytes } = config.limits;
  const { sampleId, s3Key } = newOriginal();
  // The form parser cuts a longer file off, so that the parts after it can still be read.
  const stored = await objects.put(s3Key, part.file, { maxBytes: uploadBytes + 1 });
  try {
    if (part.file.truncated) {
      throw new AppError(
        'payload_too_large',
        `The file is larger than ${Math.floor(uploadBytes / 1024 / 1024)} MB. Save it with a stronger compression.`,
      );
    }
    const { format, width, height } = await checkStored({ objects, imageJobs }, s3Key, stored);
    return {
      sampleId,
      s3Key,
      originalFilename,
      sha256: stored.sha256,
      sizeBytes: stored.bytes,
      format,
      width,
      height,
    };
  } catch (error) {
    await removeObjects({ objects }, [s3Key]);
    throw error;
  }
}
