import sharp from 'sharp';
import type { RgbImage } from '../core/detection/image.ts';
import { synthesizeField } from '../core/synthesis/synthesize-field.ts';

export interface NamedImage {
  name: string;
  bytes: Buffer;
}

const DRAWN = 3;
/** The sizes of the users' fields, with cells as dense as in them. */
const LARGE = { width: 2012, height: 1518, format: 'jpeg', macrophages: 120, lymphocytes: 40 } as const;
const SMALL = { width: 500, height: 500, format: 'png', macrophages: 10, lymphocytes: 4 } as const;

/**
 * Fields of a lavage as they are uploaded, 2012 × 1518 JPEG and 500 × 500 PNG by turns, no two with the same bytes.
 * @returns a function that makes the image of a number
 */
export function drawFields(): (at: number) => Promise<NamedImage> {
  const large = Array.from({ length: DRAWN }, (_, seed) => draw(seed, LARGE));
  const small = Array.from({ length: DRAWN }, (_, seed) => draw(seed, SMALL));
  return async (at) => {
    const [kind, drawn] = at % 2 === 0 ? [LARGE, large] : [SMALL, small];
    return {
      name: `field-${at}.${kind.format}`,
      bytes: await encode(drawn[(at >> 1) % DRAWN], at, kind.format),
    };
  };
}

function draw(
  seed: number,
  { width, height, macrophages, lymphocytes }: typeof LARGE | typeof SMALL,
): RgbImage {
  const counts = { 'WBC-Macrophage': macrophages, 'WBC-Lymphocyte': lymphocytes };
  return synthesizeField({ seed, width, height, counts, nucleusDiameterPx: 30 }).image;
}

async function encode({ data, ...shape }: RgbImage, at: number, format: 'jpeg' | 'png'): Promise<Buffer> {
  const marked = Uint8Array.from(data);
  // A block, so that JPEG cannot smooth it away.
  const block = 16;
  for (let y = 0; y < block; y++) {
    for (let x = 0; x < block; x++) marked.set([at & 255, (at >> 8) & 255, 128], (y * shape.width + x) * 3);
  }
  const pixels = sharp(marked, { raw: shape });
  return format === 'jpeg' ? pixels.jpeg({ quality: 90 }).toBuffer() : pixels.png().toBuffer();
}
