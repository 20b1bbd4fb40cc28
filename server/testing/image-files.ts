import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';

/** A stained-looking field: dark discs on a light ground, different for each seed. */
export async function fieldImage(
  format: 'jpeg' | 'png' | 'tiff' | 'webp' = 'png',
  { width = 320, height = 240, seed = 1 } = {},
): Promise<Buffer> {
  const data = new Uint8Array(width * height * 3).fill(225);
  const centres = Array.from({ length: 6 }, (_, i) => ({
    x: 40 + ((i * 97 + seed * 31) % (width - 80)),
    y: 40 + ((i * 71 + seed * 17) % (height - 80)),
  }));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!centres.some((centre) => (centre.x - x) ** 2 + (centre.y - y) ** 2 < 100)) continue;
      data.set([110, 60, 150], (y * width + x) * 3);
    }
  }
  data.set([seed & 255, (seed >> 8) & 255, 0], 0);
  return sharp(data, { raw: { width, height, channels: 3 } })
    [format]()
    .toBuffer();
}

/** A correct PNG of any size that is all one colour: megapixels in a few kilobytes. */
export function emptyPng(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8); // one bit a pixel, grey
  const rows = Buffer.alloc((Math.ceil(width / 8) + 1) * height);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    pngChunk('IDAT', deflateSync(rows)),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

export function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}

/** The field as a TIFF in tiles of 128 px, or in strips. */
export async function tiffImage(
  { width, height }: { width: number; height: number },
  options: { tile?: boolean; bigtiff?: boolean; pyramid?: boolean; tileSide?: number } = {},
): Promise<Buffer> {
  const { tile = true, tileSide = 128, ...others } = options;
  return sharp(await fieldImage('png', { width, height }))
    .tiff({ tile, tileWidth: tileSide, tileHeight: tileSide, compression: 'deflate', ...others })
    .toBuffer();
}
