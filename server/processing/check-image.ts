import { open } from 'node:fs/promises';
import sharp from 'sharp';
import { readImageHeader } from './decode-image.ts';
import {
  type CheckedImage,
  ImageRefusal,
  type ImageSource,
  type PixelLimits,
  saysOutOfMemory,
} from './image-tasks.ts';
import { checkLargeImage, isLarge, openPixelSource } from './large-image.ts';

const LEAST_SIDE_PX = 16;
const SNIFFED_BYTES = 16;
/** Small enough that JPEG and WebP are read at a fraction of their size, yet every byte of the file is read. */
const PROBE_PX = 64;

/**
 * Finds out, in bounded memory, whether an uploaded file is a whole image within the limits.
 * @throws ImageRefusal
 */
export async function checkImage({
  source,
  limits,
}: {
  source: ImageSource;
  limits: PixelLimits;
}): Promise<CheckedImage> {
  const input = 'path' in source ? source.path : source.bytes;
  refuseUnlessImage(await firstBytes(source));
  const header = await readImageHeader(input).catch((error) => refuseDamaged(error));
  const { format, width, height } = header;
  if (Math.min(width, height) < LEAST_SIDE_PX) {
    throw new ImageRefusal(
      'image_too_small',
      `The image has ${width} × ${height} pixels; each side needs at least ${LEAST_SIDE_PX}. Upload the original image.`,
    );
  }
  if (isLarge(header, limits)) {
    await checkLargeImage(source, header, limits).catch(refuseDamaged);
    await readCorners(source, header).catch(refuseDamaged);
  } else {
    await readAll(input, limits.decodedPixels).catch(refuseDamaged);
  }
  return { format, width, height };
}

/** Every byte of a file is read, in bounded memory. */
async function readAll(input: Uint8Array | string, maxPixels: number): Promise<void> {
  await sharp(input, { limitInputPixels: maxPixels, failOn: 'truncated', sequentialRead: true })
    .resize(PROBE_PX, PROBE_PX, { fit: 'inside', kernel: 'nearest', fastShrinkOnLoad: true })
    .raw()
    .toBuffer();
}

/** All of a large image would take minutes; whether it is whole its table of tiles has told. */
async function readCorners(source: ImageSource, size: { width: number; height: number }) {
  const pixels = openPixelSource(source, size);
  const side = { width: Math.min(PROBE_PX, size.width), height: Math.min(PROBE_PX, size.height) };
  await pixels.read({ left: 0, top: 0, ...side });
  await pixels.read({ left: size.width - side.width, top: size.height - side.height, ...side });
}

async function firstBytes(source: ImageSource): Promise<Uint8Array> {
  if ('bytes' in source) return source.bytes.subarray(0, SNIFFED_BYTES);
  await using file = await open(source.path, 'r');
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(SNIFFED_BYTES), position: 0 });
  return buffer.subarray(0, bytesRead);
}

function refuseUnlessImage(start: Uint8Array): void {
  if (start.length === 0) {
    throw new ImageRefusal('damaged_image', 'The file is empty. Export it again and upload it whole.');
  }
  const latin1 = Buffer.from(start).toString('latin1');
  const known =
    latin1.startsWith('\xff\xd8\xff') ||
    latin1.startsWith('\x89PNG\r\n\x1a\n') ||
    /^(II[*+]\0|MM\0[*+])/.test(latin1) ||
    /^RIFF.{4}WEBP/s.test(latin1);
  if (!known) {
    throw new ImageRefusal(
      'unsupported_image',
      'This is not a JPEG, PNG, TIFF or WebP image, whatever its name says. Export it as one of these.',
    );
  }
}

function refuseDamaged(cause: unknown): never {
  if (cause instanceof ImageRefusal) throw cause;
  if (cause instanceof Error && saysOutOfMemory(cause.message)) throw cause;
  throw new ImageRefusal(
    'damaged_image',
    'The image is damaged or was cut short. Export it again and upload it whole.',
    { cause },
  );
}
