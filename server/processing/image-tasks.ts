import type { EngineChoice } from '../../core/detection/engine-choice.ts';
import type { ScaleSource } from '../../core/detection/scale.ts';
import type { ImageHeader } from './decode-image.ts';

/** Bytes of an image file, or where they lie; processes of this machine read the same files. */
export type ImageSource = { path: string } | { bytes: Uint8Array };

export type CheckedImage = Pick<ImageHeader, 'format' | 'width' | 'height'>;

/** Pixels of an image that is decoded as a whole, and of one that is read tile by tile. */
export interface PixelLimits {
  decodedPixels: number;
  tiledPixels: number;
}

export interface DetectionRequest extends EngineChoice {
  source: ImageSource;
  maxPixels: number;
  micronsPerPixel: number | undefined;
}

/** An image of more than `limits.decodedPixels` is worked on tile by tile. */
export type ProcessRequest = Omit<DetectionRequest, 'maxPixels'> & {
  limits: PixelLimits;
  /** Where it may leave files. */
  jobFolder: string;
};

/** What a detection says beside its cells. */
export interface DetectionSummary {
  width: number;
  height: number;
  parameters: Record<string, number | string>;
  engine: string;
  version: string;
  /** Image pixels per working pixel, and where that came from; null where a remote model found the cells. */
  downscale: number | null;
  scaleSource: ScaleSource | null;
}

export interface DetectionReply extends DetectionSummary {
  /** Why another engine than the one that was asked for found the cells. */
  fallbackReason: string | null;
  cells: {
    x: number;
    y: number;
    width: number;
    height: number;
    cellType: string;
    confidence: number;
    uncertain: boolean;
    nucleus: { x: number; y: number; areaPx: number; outline: [number, number][] };
  }[];
  counts: { cellType: string; count: number }[];
  timingMs: { decode: number; detect: number; cached: boolean };
}

/** What a job process does, and what it answers. Everything is plain data: it crosses a process boundary. */
export interface ImageTasks {
  check: { request: { source: ImageSource; limits: PixelLimits }; reply: CheckedImage };
  /** With a cache key, the decoded image and its score are kept for the next request about the same image. */
  detect: {
    request: DetectionRequest & { cacheKey: string | undefined };
    reply: Omit<DetectionReply, 'fallbackReason'>;
  };
  /** For those who find the cells elsewhere. */
  render: { request: { source: ImageSource; maxPixels: number }; reply: RenderedImage };
  process: { request: ProcessRequest; reply: ProcessedImage };
}

export type TaskName = keyof ImageTasks;

export interface ProcessedImage extends DetectionSummary, RenderedImage {
  /** Packed cells (core/detection/packed-cells.ts). */
  cells: Uint8Array;
  cellCount: number;
  durationMs: number;
  /** Tiles of a large image (platform/tile-pyramid.ts), in the job's folder. */
  tilesFile: string | null;
}

export interface RenderedImage {
  width: number;
  height: number;
  /** What decoded the image, with its version. */
  decoder: string;
  /** JPEG, upright, sRGB, without metadata: pixel for pixel what was detected on, or smaller of a large image. */
  display: Uint8Array;
  /** WebP */
  thumbnail: Uint8Array;
}

export type RefusalCode =
  | 'unsupported_image'
  | 'damaged_image'
  | 'image_too_large'
  | 'image_too_small'
  | 'validation_failed';

/** The image or a parameter is at fault, and would be again. The message names the remedy. */
export class ImageRefusal extends Error {
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ImageRefusal';
    this.code = code;
  }
}

/** What a job process receives and sends. */
export interface TaskMessage {
  id: number;
  task: TaskName;
  request: unknown;
}

/** Sent while a task is in progress, at most about once a second. */
export interface ProgressMessage {
  id: number;
  /** Share of the work that is done, 0–1. */
  progress: number;
}

export interface ReplyMessage {
  id: number;
  /** Processor time the process has used so far. */
  cpuMs: number;
  outcome:
    | { kind: 'done'; value: unknown }
    | { kind: 'refused'; code: RefusalCode; message: string }
    | { kind: 'failed'; message: string };
}

/** Node, libvips and its loaders each word it differently. */
export function saysOutOfMemory(text: string): boolean {
  return /(out of|insufficient|not enough) memory|allocation failed|(unable|failed) to allocate|bad_alloc/i.test(
    text,
  );
}
