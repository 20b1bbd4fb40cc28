import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import type { DetectionResult } from '../../core/detection/detect-cells.ts';
import type { RgbImage } from '../../core/detection/image.ts';
import type { Kernels } from '../../core/detection/kernels/kernels.ts';
import { packCells } from '../../core/detection/pack-detected-cells.ts';
import { encodePackedCells } from '../../core/detection/packed-cells.ts';
import type { DetectionEngine } from '../../core/detection/parameters.ts';
import { detectInTiles } from '../../core/detection/tiled-detection.ts';
import { detectWithEngine } from '../detection-opencv/detect-with-engine.ts';
import type { ImageHeader } from './decode-image.ts';
import { decode, parseChoice, readHeader, refuseDamaged, summarise } from './detect-image.ts';
import {
  ImageRefusal,
  type ImageSource,
  type ImageTasks,
  type ProcessedImage,
  type ProcessRequest,
  type RenderedImage,
} from './image-tasks.ts';
import { jpegWithoutMetadata } from './jpeg-without-metadata.ts';
import { checkLargeImage, isLarge, makeTiles, openPixelSource, readSmaller } from './large-image.ts';

/** Without optimised coding, which would hold the whole image as coefficients: 600 MB at 100 megapixels. */
const DISPLAY = { quality: 92, chromaSubsampling: '4:4:4', optimiseCoding: false } as const;
/** Longest side of the copy of a large image that is shown where tiles are not. */
const LARGE_DISPLAY_PX = 6000;
/** Of the time for a large image; making what is looked at takes the rest. */
const DETECTION_SHARE = 0.8;
const THUMBNAIL_PX = 320;
const DECODER = `sharp ${sharp.versions.sharp}, libvips ${sharp.versions.vips}`;

/** What a task tells while it is in progress: the share that is done, 0–1. */
export type TellProgress = (done: number) => void;

/** All that is made of an uploaded image. @throws ImageRefusal */
export async function processImage(
  request: ProcessRequest,
  kernels: Kernels,
  tell: TellProgress,
): Promise<ProcessedImage> {
  const header = await readHeader(request.source);
  return isLarge(header, request.limits)
    ? processInTiles(request, header, kernels, tell)
    : processWhole(request, header, kernels);
}

async function processWhole(
  request: ProcessRequest,
  header: ImageHeader,
  kernels: Kernels,
): Promise<ProcessedImage> {
  const { engine, parameters } = parseChoice(request);
  const startedAt = performance.now();
  const image = await decode(request.source, request.limits.decodedPixels);
  const result = await detectWithEngine(engine, image, parameters, request.micronsPerPixel, kernels);
  const durationMs = Math.round(performance.now() - startedAt);
  const shown = await render(image, await findOwnDisplay(request.source, header));
  return describe(engine, result, durationMs, shown);
}

async function processInTiles(
  { source, limits, micronsPerPixel, jobFolder, ...choice }: ProcessRequest,
  header: ImageHeader,
  kernels: Kernels,
  tell: TellProgress,
): Promise<ProcessedImage> {
  const { engine, parameters } = parseChoice(choice);
  if (engine !== 'tree') {
    throw new ImageRefusal(
      'validation_failed',
      `Engine ${engine} needs the whole image at once, and this one is too large for that. Process it with engine tree.`,
    );
  }
  const startedAt = performance.now();
  await checkLargeImage(source, header, limits);
  const options = { kernels, onProgress: (done: number) => tell(DETECTION_SHARE * done) };
  const pixels = openPixelSource(source, header);
  const result = await detectInTiles(pixels, parameters, micronsPerPixel, options).catch((error) =>
    refuseDamaged(source, error),
  );
  const durationMs = Math.round(performance.now() - startedAt);
  const shown = await render(await readSmaller(source, LARGE_DISPLAY_PX));
  const described = describe(engine, result, durationMs, shown);
  return { ...described, tilesFile: await makeTiles(source, header, jobFolder) };
}

function describe(
  engine: DetectionEngine,
  result: DetectionResult,
  durationMs: number,
  shown: RenderedImage,
): ProcessedImage {
  return {
    ...shown,
    ...summarise(engine, result),
    cells: encodePackedCells(packCells(result.cells)),
    cellCount: result.cells.length,
    durationMs,
    tilesFile: null,
  };
}

/** What is shown of an image whose cells are found elsewhere. @throws ImageRefusal */
export async function renderImage({
  source,
  maxPixels,
}: ImageTasks['render']['request']): Promise<RenderedImage> {
  const header = await readHeader(source);
  const { width, height } = header;
  if (width * height > maxPixels) {
    throw new ImageRefusal(
      'image_too_large',
      `An image of ${width} × ${height} pixels is too large for a remote model.`,
    );
  }
  return render(await decode(source, maxPixels), await findOwnDisplay(source, header));
}

/** A JPEG that is shown as it is stored needs no second coding, only to lose its metadata. */
async function findOwnDisplay(source: ImageSource, header: ImageHeader): Promise<Buffer | undefined> {
  if (header.format !== 'jpeg' || !header.isPlain) return undefined;
  return jpegWithoutMetadata('path' in source ? await readFile(source.path) : Buffer.from(source.bytes));
}

async function render(
  { data, width, height, channels }: RgbImage,
  ownDisplay?: Buffer,
): Promise<RenderedImage> {
  const pixels = () => sharp(data, { raw: { width, height, channels }, limitInputPixels: false });
  return {
    width,
    height,
    decoder: DECODER,
    display: ownDisplay ?? (await pixels().jpeg(DISPLAY).toBuffer()),
    thumbnail: await pixels()
      .resize(THUMBNAIL_PX, THUMBNAIL_PX, { fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 80 })
      .toBuffer(),
  };
}
