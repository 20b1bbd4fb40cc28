import sharp from 'sharp';
import type { RgbImage } from '../../core/detection/image.ts';

/** What an image file says about itself before its pixels are read. */
export interface ImageHeader {
  format: 'jpeg' | 'png' | 'tiff' | 'webp';
  /** px as shown, after the EXIF orientation is applied */
  width: number;
  /** px as shown */
  height: number;
  /** Images in the file; only the first is read. */
  pages: number;
  /** Every viewer shows it alike as it is stored: upright, no profile, RGB or grey. */
  isPlain: boolean;
}

const FORMATS: readonly string[] = ['jpeg', 'png', 'tiff', 'webp'];

// SVG, PDF and the rest reach parsers that uploaded bytes must not reach.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadTiff', 'VipsForeignLoadWebp'],
});
sharp.cache(false);

/**
 * Reads the header of a JPEG, PNG, TIFF or WebP image.
 * @param input bytes or path of a file
 * @throws RangeError saying why the file cannot be read as an image
 */
export async function readImageHeader(input: Uint8Array | string): Promise<ImageHeader> {
  const metadata = await readable(() => sharp(input, { limitInputPixels: false }).metadata());
  const { format, width, height, autoOrient, pages = 1, orientation = 1, hasProfile, space } = metadata;
  if (!format || !FORMATS.includes(format)) {
    throw new RangeError(`image format ${format} is not supported; use JPEG, PNG, TIFF or WebP`);
  }
  return {
    format: format as ImageHeader['format'],
    width: autoOrient?.width ?? width,
    height: autoOrient?.height ?? height,
    pages,
    isPlain: orientation === 1 && !hasProfile && (space === 'srgb' || space === 'b-w'),
  };
}

/**
 * Decodes the first image of a JPEG, PNG, TIFF or WebP file to 8-bit sRGB, upright, transparency on white.
 * @param input bytes or path of a file
 * @param limits.maxPixels largest width × height accepted
 * @throws RangeError when the file is no such image, is cut short or has too many pixels
 */
export async function decodeImage(
  input: Uint8Array | string,
  limits: { maxPixels: number },
): Promise<RgbImage> {
  const { data, info } = await readable(() =>
    sharp(input, { limitInputPixels: limits.maxPixels, failOn: 'truncated' })
      .autoOrient()
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true }),
  );
  return {
    data: info.channels === 1 ? grayToRgb(data) : data,
    width: info.width,
    height: info.height,
    channels: 3,
  };
}

/** Three equal channels. */
export function grayToRgb(gray: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(gray.length * 3);
  for (let i = 0; i < gray.length; i++) rgb.fill(gray[i], i * 3, i * 3 + 3);
  return rgb;
}

/** sharp throws at once for some inputs and later for others. */
async function readable<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RangeError(`the image cannot be read: ${reason}`, { cause });
  }
}
