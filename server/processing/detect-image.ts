import { LRUCache } from 'lru-cache';
import {
  type DetectionResult,
  prepareScore,
  type ScoreImage,
  scoreKey,
} from '../../core/detection/detect-cells.ts';
import { type EngineChoice, parseEngine } from '../../core/detection/engine-choice.ts';
import type { RgbImage } from '../../core/detection/image.ts';
import type { Kernels } from '../../core/detection/kernels/kernels.ts';
import {
  type DetectionEngine,
  type DetectionParameters,
  describeParameters,
  parseDetectionParameters,
} from '../../core/detection/parameters.ts';
import { detectInScoreWithEngine } from '../detection-opencv/detect-with-engine.ts';
import { decodeImage, type ImageHeader, readImageHeader } from './decode-image.ts';
import { describeCells } from './describe-cells.ts';
import {
  type DetectionSummary,
  ImageRefusal,
  type ImageSource,
  type ImageTasks,
  saysOutOfMemory,
} from './image-tasks.ts';

/** @throws ImageRefusal when there is no such engine or the parameters do not fit it */
export function parseChoice(choice: EngineChoice): {
  engine: DetectionEngine;
  parameters: DetectionParameters;
} {
  try {
    const engine = parseEngine(choice.engine);
    return { engine, parameters: parseDetectionParameters(choice.parameters, engine) };
  } catch (error) {
    if (error instanceof RangeError)
      throw new ImageRefusal('validation_failed', error.message, { cause: error });
    throw error;
  }
}

/** @throws ImageRefusal */
export async function decode(source: ImageSource, maxPixels: number): Promise<RgbImage> {
  const input = 'path' in source ? source.path : source.bytes;
  return decodeImage(input, { maxPixels }).catch((error) => refuseDamaged(source, error));
}

/** @throws ImageRefusal */
export async function readHeader(source: ImageSource): Promise<ImageHeader> {
  const input = 'path' in source ? source.path : source.bytes;
  return readImageHeader(input).catch((error) => refuseDamaged(source, error));
}

/** The image could not be read; the message does not say where it lies. */
export function refuseDamaged(source: ImageSource, error: unknown): never {
  if (!(error instanceof Error) || error instanceof ImageRefusal || saysOutOfMemory(error.message))
    throw error;
  const reason = 'path' in source ? error.message.replaceAll(source.path, 'on the server') : error.message;
  const remedy = 'Export the image again and upload it whole.';
  throw new ImageRefusal('damaged_image', `${sentence(reason)} ${remedy}`, { cause: error });
}

export function summarise(engine: DetectionEngine, result: DetectionResult): DetectionSummary {
  const { width, height, parameters, version, downscale, scaleSource } = result;
  const described = describeParameters(parameters, engine);
  return { width, height, parameters: described, engine, version, downscale, scaleSource };
}

/** Detection for the parameter panel: what a moved slider does not change is kept from one request to the next. */
export function makeCachedDetection(cacheBytes: number, kernels: Kernels) {
  // One byte keeps nothing; none at all would mean no limit.
  const maxSize = Math.max(1, Math.floor(cacheBytes / 2));
  const images = new LRUCache<string, RgbImage>({ maxSize, sizeCalculation: ({ data }) => data.byteLength });
  const scores = new LRUCache<string, ScoreImage>({
    maxSize,
    sizeCalculation: ({ byteLength }) => byteLength,
  });

  return async (request: ImageTasks['detect']['request']): Promise<ImageTasks['detect']['reply']> => {
    const { engine, parameters } = parseChoice(request);
    const { cacheKey: key, micronsPerPixel } = request;
    const place = `${key}, ${scoreKey(parameters)}, ${micronsPerPixel}`;
    const startedAt = performance.now();
    let decodedAt = startedAt;
    let score = key === undefined ? undefined : scores.get(place);
    const cached = score !== undefined;
    if (score === undefined) {
      const image = (key && images.get(key)) || (await decode(request.source, request.maxPixels));
      decodedAt = performance.now();
      score = prepareScore(image, parameters, micronsPerPixel, kernels);
      if (key !== undefined) {
        images.set(key, image);
        scores.set(place, score);
      }
    }
    const result = await detectInScoreWithEngine(engine, score, parameters, kernels);
    const finishedAt = performance.now();
    return {
      ...summarise(engine, result),
      ...describeCells(result.cells),
      timingMs: { decode: rounded(decodedAt - startedAt), detect: rounded(finishedAt - decodedAt), cached },
    };
  };
}

function sentence(text: string): string {
  const line = text.split('\n')[0];
  return `${line.charAt(0).toUpperCase()}${line.slice(1)}${line.endsWith('.') ? '' : '.'}`;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
