import sharp from 'sharp';
import type { RgbImage } from '../../core/detection/image.ts';
import type { Kernels } from '../../core/detection/kernels/kernels.ts';
import { packCells } from '../../core/detection/pack-detected-cells.ts';
import { encodePackedCells } from '../../core/detection/packed-cells.ts';
import { detectWithEngine } from '../detection-opencv/detect-with-engine.ts';
import { decode, parseChoice, summarise } from './detect-image.ts';
import type { DetectionRequest, ImageTasks, ProcessedImage, RenderedImage } from './image-tasks.ts';

/** Without optimised coding, which would hold the whole image as coefficients: 600 MB at 100 megapixels. */
const DISPLAY = { quality: 92, chromaSubsampling: '4:4:4', optimiseCoding: false } as const;
const THUMBNAIL_PX = 320;
const DECODER = `sharp ${sharp.versions.sharp}, libvips ${sharp.versions.vips}`;

/** All that is made of an uploaded image, from one decoding. @throws ImageRefusal */
export async function processImage(request: DetectionRequest, kernels: Kernels): Promise<ProcessedImage> {
  const { engine, parameters } = parseChoice(request);
  const startedAt = performance.now();
  const image = await decode(request.source, request.maxPixels);
  const result = await detectWithEngine(engine, image, parameters, request.micronsPerPixel, kernels);
  const durationMs = Math.round(performance.now() - startedAt);
  return {
    ...summarise(engine, result),
    cells: encodePackedCells(packCells(result.cells)),
    cellCount: result.cells.length,
    durationMs,
    ...(await render(image)),
  };
}

/** What is shown of an image whose cells are found elsewhere. @throws ImageRefusal */
export async function renderImage({
  source,
  maxPixels,
}: ImageTasks['render']['request']): Promise<RenderedImage> {
  return render(await decode(source, maxPixels));
}

async function render(image: RgbImage): Promise<RenderedImage> {
  const { width, height } = image;
  const pixels = () => sharp(image.data, { raw: rawShape(image), limitInputPixels: false });
  return {
    width,
    height,
    decoder: DECODER,
    display: await pixels().jpeg(DISPLAY).toBuffer(),
    thumbnail: await pixels()
      .resize(THUMBNAIL_PX, THUMBNAIL_PX, { fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 80 })
      .toBuffer(),
  };
}

function rawShape({ width, height, channels }: RgbImage) {
  return { width, height, channels };
}
