import { DetailedError, Upload } from 'tus-js-client';
import { API_BASE } from '../../contract/api.ts';
import { ApiError, type Call } from '../../contract/client.ts';
import { type ErrorCode, Problem } from '../../contract/errors.ts';
import { isSessionGone } from '../api/client.ts';
import type { Session } from '../api/session.ts';
import type { SendFile, UploadOutcome, UploadTarget } from './upload-queue.ts';

export const UPLOADS_URL = `${API_BASE}/uploads`;
const MIB = 1024 * 1024;
/** A file of one piece travels with the request that begins its upload. */
const PIECE_BYTES = 16 * MIB;
/** The browser has no hash that takes a file piece by piece. */
const HASHED_UP_TO_BYTES = 256 * MIB;
const RETRY_EVERY_MS = 10_000;
const RETRIES = 60;
const RETRY_DELAYS_MS = [0, 1000, 3000, 5000, ...Array<number>(RETRIES).fill(RETRY_EVERY_MS)];

/** What the same bytes and fields would meet again. */
const REFUSALS = new Set<ErrorCode>([
  'damaged_image',
  'image_too_large',
  'image_too_small',
  'payload_too_large',
  'unsupported_image',
  'unsupported_media_type',
  'validation_failed',
]);
/** Of these the server says that asking again may help; no answer at all is another such case. */
const WORTH_A_RETRY = new Set([409, 429, 500, 502, 503, 504]);

/**
 * Sends one file by tus. Where the server has part of the same file for the same target, sent before a reload or on
 * another computer, it goes on from there; nothing is kept in the browser for it. An ended session is renewed in place.
 */
export function createSendFile(session: Session, call: Call): SendFile {
  return async (file, target, options) => {
    const metadata = await metadataOf(file, target);
    for (;;) {
      try {
        const id = await send(file, metadata, await findUnfinished(call, file, metadata), options);
        return await outcomeOf(call, id);
      } catch (error) {
        if (error instanceof ApiError && REFUSALS.has(error.code)) {
          return { kind: 'refused', reason: error.errors[0]?.message ?? error.message };
        }
        if (!isSessionGone(error)) throw error;
        session.expired();
        await session.untilSignedIn(options.signal);
      }
    }
  };
}

type Metadata = Record<string, string>;

async function metadataOf(file: File, target: UploadTarget): Promise<Metadata> {
  const sha256 = file.size <= HASHED_UP_TO_BYTES ? await hashOf(file) : undefined;
  const fields = {
    filename: file.name,
    patient_id: target.patientId,
    lavage_id: target.lavageId,
    objective: target.objective,
    microns_per_pixel: target.micronsPerPixel?.toString(),
    sha256,
  };
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined),
  );
}

async function hashOf(file: File): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function findUnfinished(call: Call, file: File, metadata: Metadata): Promise<string | undefined> {
  try {
    const { items } = await call('listUploads', {});
    return items.find((upload) => upload.lengthBytes === file.size && isSame(upload.metadata, metadata))?.id;
  } catch (error) {
    // The server cannot be reached: sending will wait until it can.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function isSame(one: Metadata, other: Metadata): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => one[name] === other[name]);
}

async function outcomeOf(call: Call, id: string): Promise<UploadOutcome> {
  const { sample } = await call('getUpload', { params: { id } });
  if (!sample) throw new Error(`the upload ${id} ended without a sample`);
  return { kind: sample.duplicate ? 'duplicate' : 'stored', jobId: sample.jobId };
}

/** @returns the id of the upload, whose bytes are all there */
function send(
  file: File,
  metadata: Metadata,
  unfinished: string | undefined,
  { signal, onProgress, onInterrupted }: Parameters<SendFile>[2],
): Promise<string> {
  return new Promise((resolve, reject) => {
    const upload = new Upload(file, {
      endpoint: UPLOADS_URL,
      uploadUrl: unfinished === undefined ? null : `${UPLOADS_URL}/${unfinished}`,
      storeFingerprintForResuming: false,
      metadata,
      chunkSize: PIECE_BYTES,
      uploadDataDuringCreation: file.size <= PIECE_BYTES,
      retryDelays: RETRY_DELAYS_MS,
      // Whether the browser believes to be online says nothing of a server in the house.
      onShouldRetry: (error) => {
        const status = statusOf(error);
        const again = status === undefined || WORTH_A_RETRY.has(status);
        if (again) onInterrupted();
        return again;
      },
      onProgress: (sent, total) => onProgress(total > 0 ? sent / total : 0),
      onError: (error) => reject(asApiError(error)),
      onSuccess: () => resolve(idOf(upload.url)),
    });
    const abort = () => {
      // What it has sent is discarded by the server a day later when this does not get through.
      void upload.abort(true).catch(() => {});
      reject(signal.reason);
    };
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    upload.start();
  });
}

function idOf(url: string | null): string {
  return url?.split('/').at(-1) ?? '';
}

function statusOf(error: unknown): number | undefined {
  return (error instanceof DetailedError && error.originalResponse?.getStatus()) || undefined;
}

function asApiError(error: Error): Error {
  const status = statusOf(error);
  if (status === undefined) return new TypeError('the server cannot be reached', { cause: error });
  const response = (error as DetailedError).originalResponse!;
  const problem = Problem.safeParse(parseJson(response.getBody()));
  if (problem.success) return new ApiError(problem.data, response.getHeader('retry-after') ?? null);
  return new ApiError({
    type: 'about:blank',
    title: 'No answer',
    status,
    code: status === 413 ? 'payload_too_large' : 'unavailable',
    detail:
      status === 413
        ? 'This file is larger than the server accepts.'
        : 'The server did not answer as expected. Try again in a moment.',
    request_id: '',
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
