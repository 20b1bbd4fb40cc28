import path from 'node:path';
import sharp, { type Sharp, type SharpOptions } from 'sharp';
import type { RgbImage } from '../../core/detection/image.ts';
import type { PixelSource } from '../../core/detection/tiled-detection.ts';
import { packTiles, TILE_BORDER_PX, TILE_PX, type Tile } from '../platform/tile-pyramid.ts';
import { grayToRgb, type ImageHeader } from './decode-image.ts';
import { ImageRefusal, type ImageSource, type PixelLimits, saysOutOfMemory } from './image-tasks.ts';
import { readTiffTiles } from './tiff-tiles.ts';

const TILE_JPEG = { quality: 90, chromaSubsampling: '4:4:4' } as const;

/** A single tile is decoded as a whole. */
const LARGEST_TILE_PX = 4096 ** 2;

/** Whether an image is processed part by part: decoded as a whole it would be too large. */
export function isLarge({ width, height }: { width: number; height: number }, limits: PixelLimits): boolean {
  return width * height > limits.decodedPixels;
}

/** How many times the time of an ordinary image one of so many pixels may take. */
export function timeFactor(pixels: number, { decodedPixels }: Pick<PixelLimits, 'decodedPixels'>): number {
  return Math.max(1, pixels / decodedPixels);
}

/**
 * Makes sure that a large image can be read part by part.
 * @throws ImageRefusal naming the remedy
 */
export async function checkLargeImage(
  source: ImageSource,
  { format, width, height }: ImageHeader,
  { decodedPixels, tiledPixels }: PixelLimits,
): Promise<void> {
  const refuse = (remedy: string) => {
    throw new ImageRefusal('image_too_large', `The image has ${width} × ${height} pixels; ${remedy}`);
  };
  const tiledLimit = `up to ${megapixels(tiledPixels)} megapixels are taken`;
  if (width * height > tiledPixels) {
    refuse(
      `at most ${megapixels(Math.max(decodedPixels, tiledPixels))} megapixels are taken. Crop or scale it down.`,
    );
  }
  const asTiled = `at most ${megapixels(decodedPixels)} megapixels are taken in this form. Save it as a tiled TIFF, of which ${tiledLimit}, or scale it down.`;
  if (format !== 'tiff') return refuse(asTiled);
  const { tile, orientation, isWhole } = await readTiffTiles(source);
  if (!tile) return refuse(asTiled);
  if (tile.width * tile.height > LARGEST_TILE_PX) {
    refuse(
      `its tiles of ${tile.width} × ${tile.height} are too large. Save it with tiles of 256 or 512 pixels.`,
    );
  }
  if (orientation !== 1) refuse('one of this size has to be stored upright. Turn it and save it again.');
  if (!isWhole) {
    throw new ImageRefusal(
      'damaged_image',
      'The image is damaged or was cut short. Export it again and upload it whole.',
    );
  }
}

function megapixels(pixels: number): string {
  return Math.floor(pixels / 1e6).toLocaleString('en');
}

/** The pixels of a tiled image, as `decodeImage` gives them; only the tiles that a region touches are read. */
export function openPixelSource(
  source: ImageSource,
  { width, height }: { width: number; height: number },
): PixelSource {
  return {
    width,
    height,
    read: (region) => readPixels(openPixels(source, { sequentialRead: false }).extract(region)),
  };
}

/** A large image made smaller as it is read. @param longestPx most columns and rows */
export async function readSmaller(source: ImageSource, longestPx: number): Promise<RgbImage> {
  const size = { width: longestPx, height: longestPx };
  return readPixels(openPixels(source).resize({ ...size, fit: 'inside', withoutEnlargement: true }));
}

/**
 * Makes what the viewer shows of a large image.
 * @returns a file in the folder (platform/tile-pyramid.ts)
 */
export async function makeTiles(
  source: ImageSource,
  size: { width: number; height: number },
  folder: string,
): Promise<string> {
  const [pyramid, target] = [path.join(folder, 'pyramid'), path.join(folder, 'tiles')];
  await openPixels(source)
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .jpeg(TILE_JPEG)
    .tile({ layout: 'dz', size: TILE_PX, overlap: TILE_BORDER_PX, depth: 'onetile' })
    .toFile(`${pyramid}.dz`)
    .catch((error: Error) => {
      // What libvips says names the server's folders.
      throw saysOutOfMemory(error.message)
        ? error
        : new Error('The image could not be cut into tiles.', { cause: error });
    });
  const fileOf = ({ level, column, row }: Tile) =>
    path.join(`${pyramid}_files`, String(level), `${column}_${row}.jpeg`);
  await packTiles(size, fileOf, target);
  return target;
}

function openPixels(source: ImageSource, options: SharpOptions = {}): Sharp {
  const input = 'path' in source ? source.path : source.bytes;
  return sharp(input, { limitInputPixels: false, failOn: 'truncated', ...options });
}

async function readPixels(pixels: Sharp): Promise<RgbImage> {
  const { data, info } = await pixels
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  return { data: info.channels === 1 ? grayToRgb(data) : data, width, height, channels: 3 };
}
