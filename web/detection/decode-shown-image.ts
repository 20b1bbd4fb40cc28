import type { RgbImage } from '../../core/detection/image.ts';
import type { ShownImage } from './detection-messages.ts';

/** 64 MB once decoded: larger images are previewed smaller, and at full resolution by the server. */
const MOST_PIXELS = 16_000_000;

/** Decodes what the page shows, in a worker. @throws Error when it cannot be fetched or decoded */
export async function decodeShownImage({ url, width, height }: ShownImage): Promise<RgbImage> {
  // The page has just shown it, so that it lies in the browser's cache.
  const response = await fetch(url, { cache: 'force-cache' });
  if (!response.ok) throw new Error(`the image was not sent (${response.status})`);
  const bitmap = await createImageBitmap(await response.blob(), {
    // Pixels as they are stored, so that every machine detects on the same ones.
    colorSpaceConversion: 'none',
    premultiplyAlpha: 'none',
    ...sizeWithin(MOST_PIXELS, width, height),
  });
  try {
    return pixelsOf(bitmap);
  } finally {
    bitmap.close();
  }
}

function sizeWithin(mostPixels: number, width: number, height: number): ImageBitmapOptions {
  const shrink = Math.sqrt((width * height) / mostPixels);
  if (shrink <= 1) return {};
  const resizeWidth = Math.round(width / shrink);
  return { resizeWidth, resizeHeight: Math.round(height / shrink), resizeQuality: 'high' };
}

function pixelsOf(bitmap: ImageBitmap): RgbImage {
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('this browser offers no canvas to workers');
  context.drawImage(bitmap, 0, 0);
  return { data: context.getImageData(0, 0, width, height).data, width, height, channels: 4 };
}
