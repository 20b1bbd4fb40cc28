import { AppError } from '../errors.ts';
import type { CheckedImage, DetectionReply, DetectionRequest, ImageSource } from './image-tasks.ts';
import { ImageRefusal } from './image-tasks.ts';
import { TaskFailure } from './job-process.ts';
import { openJobProcesses } from './job-processes.ts';

/** What the API has done to images while a caller waits. Every refusal is an AppError that says what to do. */
export interface ImageJobs {
  /** @throws AppError unsupported_image, damaged_image, image_too_large, image_too_small, unavailable */
  check(source: ImageSource): Promise<CheckedImage>;
  /** @throws AppError validation_failed, damaged_image, detection_failed, unavailable */
  detect(request: DetectionCall): Promise<DetectionReply>;
  close(): void;
}

type DetectionCall = Omit<DetectionRequest, 'maxPixels'> & {
  /** Requests with the same key are about the same image: decoded once, kept by the process that did it. */
  cacheKey?: string;
};

const MIB = 1024 * 1024;
const PROCESSES = 2;
const CACHE_BYTES = 400 * MIB;
const LONGEST_QUEUE = 100;
const TIMEOUT_MS = 30_000;
const RETRY_AFTER_S = 2;

export function openImageJobs(limits: { decodedPixels: number; jobMemoryBytes: number }): ImageJobs {
  const { decodedPixels: maxPixels, jobMemoryBytes } = limits;
  const processes = openJobProcesses({
    processes: PROCESSES,
    memoryBytes: jobMemoryBytes + CACHE_BYTES,
    cacheBytes: CACHE_BYTES,
    longestTaskMs: TIMEOUT_MS,
    longestQueue: LONGEST_QUEUE,
  });
  return {
    check: (source) =>
      processes
        .run('check', { source, maxPixels }, { timeoutMs: TIMEOUT_MS })
        .catch((error) => refuse(error, 'damaged_image')),
    detect: ({ cacheKey, ...request }) =>
      processes
        .run('detect', { ...request, maxPixels, cacheKey }, { timeoutMs: TIMEOUT_MS, affinity: cacheKey })
        .catch((error) => refuse(error, 'detection_failed')),
    close: processes.close,
  };
}

function refuse(error: unknown, otherwise: 'damaged_image' | 'detection_failed'): never {
  if (error instanceof ImageRefusal) throw new AppError(error.code, error.message, { cause: error });
  if (!(error instanceof TaskFailure)) throw error;
  if (error.kind === 'busy' || error.kind === 'aborted') {
    throw new AppError('unavailable', error.message, { retryAfterS: RETRY_AFTER_S, cause: error });
  }
  const message = error.kind === 'failed' ? 'The image could not be read.' : error.message;
  throw new AppError(otherwise, `${message} Export it again as PNG or JPEG.`, { cause: error });
}
