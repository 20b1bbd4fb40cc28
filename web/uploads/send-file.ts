import { api } from '../../contract/api.ts';
import { caseConverter } from '../../contract/casing.ts';
import { ApiError, urlOf } from '../../contract/client.ts';
import { Problem } from '../../contract/errors.ts';
import type { CallResult } from '../../contract/route.ts';
import { isSessionGone } from '../api/client.ts';
import type { Session } from '../api/session.ts';
import type { SendFile, UploadOutcome, UploadTarget } from './upload-queue.ts';

type UploadResult = CallResult<typeof api.uploadImages>;

const resultToCamel = caseConverter(api.uploadImages.response, 'camel');

/** Sends one file by XMLHttpRequest, since `fetch` tells no progress. An ended session is renewed in place. */
export function createSendFile(session: Session): SendFile {
  return async (file, target, options) => {
    for (;;) {
      try {
        return outcomeOf(await post(formOf(file, target), options));
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

/** What the same bytes and fields would meet again. */
const REFUSALS = new Set([
  'no_readable_file',
  'payload_too_large',
  'unsupported_media_type',
  'validation_failed',
]);

function formOf(file: File, target: UploadTarget): FormData {
  const form = new FormData();
  form.append('patient_id', target.patientId);
  if (target.lavageId) form.append('lavage_id', target.lavageId);
  if (target.objective) form.append('objective', target.objective);
  if (target.micronsPerPixel) form.append('microns_per_pixel', String(target.micronsPerPixel));
  form.append('file', file, file.name);
  return form;
}

function outcomeOf({ samples, rejected }: UploadResult): UploadOutcome {
  const [sample] = samples;
  if (sample) return { kind: sample.duplicate ? 'duplicate' : 'stored', jobId: sample.jobId };
  return { kind: 'refused', reason: rejected[0]?.detail ?? 'The server took no image from this file.' };
}

function post(form: FormData, { signal, onProgress }: Parameters<SendFile>[2]): Promise<UploadResult> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    signal.addEventListener('abort', abort);
    request.upload.addEventListener('progress', ({ loaded, total }) =>
      onProgress(total > 0 ? loaded / total : 0),
    );
    request.addEventListener('error', () => reject(new TypeError('the server cannot be reached')));
    request.addEventListener('abort', () => reject(signal.reason));
    request.addEventListener('load', () => {
      try {
        resolve(parseReply(request));
      } catch (error) {
        reject(error);
      }
    });
    request.addEventListener('loadend', () => signal.removeEventListener('abort', abort));
    request.open('POST', urlOf(api.uploadImages, {}));
    request.send(form);
    if (signal.aborted) abort();
  });
}

function parseReply(request: XMLHttpRequest): UploadResult {
  const body: unknown = parseJson(request.responseText);
  if (request.status >= 200 && request.status < 300) {
    return resultToCamel(api.uploadImages.response.parse(body)) as UploadResult;
  }
  const problem = Problem.safeParse(body);
  if (problem.success) throw new ApiError(problem.data, request.getResponseHeader('retry-after'));
  throw new ApiError({
    type: 'about:blank',
    title: 'No answer',
    status: request.status,
    code: request.status === 413 ? 'payload_too_large' : 'unavailable',
    detail:
      request.status === 413
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
