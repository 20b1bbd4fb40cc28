import { type EngineChoice, type EngineName, MODEL_ENGINE } from '../../core/detection/engine-choice.ts';
import { DETECTION_ENGINES } from '../../core/detection/parameters.ts';
import { AppError } from '../errors.ts';
import { type CellNaming, namingOf } from '../model/cell-naming.ts';
import type { Model } from '../model/model.ts';
import { describeCells } from './describe-cells.ts';
import { detectWithModel, type ModelRun } from './detect-with-model.ts';
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
  /** Those that `detect` has. */
  engines: readonly EngineName[];
  /**
   * @param source a function is asked when the one before it has been checked, so that only one large image is held
   * @throws AppError unsupported_image, damaged_image, image_too_large, image_too_small, unavailable
   */
  check(source: ImageSource | (() => Promise<ImageSource>)): Promise<CheckedImage>;
  /** @throws AppError validation_failed, damaged_image, detection_failed, unavailable */
  detect(request: DetectionCall): Promise<DetectionReply>;
  close(): void;
}

type DetectionCall = Omit<DetectionRequest, 'maxPixels'> & {
  /** Requests with the same key are about the same image: decoded once, kept by the process that did it. */
  cacheKey?: string;
  /** Aborted when the caller went away: what still waits then is not done. */
  abandoned?: AbortSignal;
  /** What cells are called that the model finds; as in a new laboratory unless given. */
  naming?: CellNaming;
  /** What serves when the model does not; the tree with its defaults unless given. */
  otherwise?: EngineChoice;
};

const MIB = 1024 * 1024;
const DETECTION_PROCESSES = 2;
const CACHE_BYTES = 400 * MIB;
const LONGEST_QUEUE = 100;
const TIMEOUT_MS = 30_000;
const RETRY_AFTER_S = 2;

export function openImageJobs(
  { decodedPixels, tiledPixels, jobMemoryBytes }: PixelLimits & { jobMemoryBytes: number },
  model?: Model,
): ImageJobs {
  const pool = { longestTaskMs: TIMEOUT_MS, longestQueue: LONGEST_QUEUE };
  // Apart, so that an upload never waits behind somebody's detections.
  const checks = openJobProcesses({ ...pool, processes: 1, memoryBytes: jobMemoryBytes, cacheBytes: 0 });
  const detections = openJobProcesses({
    ...pool,
    processes: DETECTION_PROCESSES,
    memoryBytes: jobMemoryBytes + CACHE_BYTES,
    cacheBytes: CACHE_BYTES,
  });

  const check = (source: ImageSource) =>
    checks
      .run('check', { source, limits: { decodedPixels, tiledPixels } }, { timeoutMs: TIMEOUT_MS })
      .catch((error) => refuse(error, 'damaged_image'));
  let turn: Promise<unknown> = Promise.resolve();
  const checkInTurn = (source: () => Promise<ImageSource>) => {
    const checked = turn.then(source).then(check);
    turn = checked.catch(() => {});
    return checked;
  };

  const detectHere = async ({
    source,
    engine,
    parameters,
    micronsPerPixel,
    cacheKey,
    abandoned,
  }: DetectionCall) => {
    const request = { source, engine, parameters, micronsPerPixel, maxPixels: decodedPixels, cacheKey };
    return detections.run('detect', request, { timeoutMs: TIMEOUT_MS, affinity: cacheKey, abandoned });
  };
  const detect = async (call: DetectionCall): Promise<DetectionReply> => {
    if (call.engine !== MODEL_ENGINE) return { ...(await detectHere(call)), fallbackReason: null };
    const { source, cacheKey: affinity, abandoned, naming = namingOf() } = call;
    const startedAt = performance.now();
    const render = () =>
      detections.run(
        'render',
        { source, maxPixels: decodedPixels },
        { timeoutMs: TIMEOUT_MS, affinity, abandoned },
      );
    const found = await detectWithModel(model, { render, naming, signal: abandoned });
    if ('answer' in found) return describeModelRun(found, performance.now() - startedAt);
    const { otherwise = { engine: 'tree', parameters: {} } } = call;
    return { ...(await detectHere({ ...call, ...otherwise })), fallbackReason: found.fallbackReason };
  };

  return {
    engines: model ? [...DETECTION_ENGINES, MODEL_ENGINE] : DETECTION_ENGINES,
    check: (source) => (typeof source === 'function' ? checkInTurn(source) : check(source)),
    detect: (call) => detect(call).catch((error) => refuse(error, 'detection_failed', call.abandoned)),
    close: () => {
      checks.close();
      detections.close();
    },
  };
}

function describeModelRun({ image, answer, durationMs }: ModelRun, wholeMs: number): DetectionReply {
  return {
    width: image.width,
    height: image.height,
    ...describeCells(answer.cells),
    parameters: {},
    engine: MODEL_ENGINE,
    version: answer.version,
    downscale: null,
    scaleSource: null,
    timingMs: { decode: Math.round(wholeMs - durationMs), detect: durationMs, cached: false },
    fallbackReason: null,
  };
}

function refuse(
  error: unknown,
  otherwise: 'damaged_image' | 'detection_failed',
  abandoned?: AbortSignal,
): never {
  if (abandoned?.aborted) {
    throw new AppError('unavailable', 'Nobody waits for this image any more.', { cause: error });
  }
  if (error instanceof ImageRefusal) throw new AppError(error.code, error.message, { cause: error });
  if (!(error instanceof TaskFailure)) throw error;
  if (error.kind === 'busy' || error.kind === 'aborted') {
    throw new AppError('unavailable', error.message, { retryAfterS: RETRY_AFTER_S, cause: error });
  }
  const message = error.kind === 'failed' ? 'The image could not be read.' : error.message;
  throw new AppError(otherwise, `${message} Export it again as PNG or JPEG.`, { cause: error });
}
