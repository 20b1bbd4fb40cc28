import { AppError } from '../errors.ts';
import type {
  CheckedImage,
  DetectionReply,
  DetectionRequest,
  ImageSource,
  PixelLimits,
} from './image-tasks.ts';
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
  /** Aborted when the caller went away: what still waits then is not done. */
  abandoned?: AbortSignal;
};

const MIB = 1024 * 1024;
const DETECTION_PROCESSES = 2;
const CACHE_BYTES = 400 * MIB;
const LONGEST_QUEUE = 100;
const TIMEOUT_MS = 30_000;
const RETRY_AFTER_S = 2;

export function openImageJobs({
  decodedPixels,
  tiledPixels,
  jobMemoryBytes,
}: PixelLimits & { jobMemoryBytes: number }): ImageJobs {
  const pool = { longestTaskMs: TIMEOUT_MS, longestQueue: LONGEST_QUEUE };
  // Apart, so that an upload never waits behind somebody's detections.
  const checks = openJobProcesses({ ...pool, processes: 1, memoryBytes: jobMemoryBytes, cacheBytes: 0 });
  const detections = openJobProcesses({
    ...pool,
    processes: DETECTION_PROCESSES,
    memoryBytes: jobMemoryBytes + CACHE_BYTES,
    cacheBytes: CACHE_BYTES,
  });
  return {
    check: (source) =>
      checks
        .run('check', { source, limits: { decodedPixels, tiledPixels } }, { timeoutMs: TIMEOUT_MS })
        .catch((error) => refuse(error, 'damaged_image')),
    detect: ({ cacheKey, abandoned, ...request }) =>
      detections
        .run(
          'detect',
          { ...request, maxPixels: decodedPixels, cacheKey },
          { timeoutMs: TIMEOUT_MS, affinity: cacheKey, abandoned },
        )
        .catch((error) => refuse(error, 'detection_failed')),
    close: () => {
      checks.close();
      detections.close();
    },
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
