import sharp from 'sharp';
import { expect, test } from 'vitest';
import { decodeImage, readImageHeader } from './decode-image.ts';

const LIMITS = { maxPixels: 1_000_000 };
const RED_LEFT = { raw: { width: 2, height: 1, channels: 3 as const } };
const redLeft = () => sharp(Buffer.from([200, 10, 20, 30, 40, 50]), RED_LEFT);

test.each(['png', 'tiff', 'webp'] as const)('reads the pixels of %s', async (format) => {
  const bytes = await redLeft().toFormat(format, { lossless: true, compression: 'none' }).toBuffer();
  expect(await readImageHeader(bytes)).toEqual({ format, width: 2, height: 1, pages: 1, isPlain: true });
  const image = await decodeImage(bytes, LIMITS);
  expect(image).toMatchObject({ width: 2, height: 1, channels: 3 });
  expect([...image.data]).toEqual([200, 10, 20, 30, 40, 50]);
});

test('turns a JPEG as its EXIF orientation says, in header and pixels', async () => {
  const pixels = Buffer.alloc(16 * 8 * 3, 20);
  for (let y = 0; y < 8; y++) pixels.fill(220, y * 48, y * 48 + 24);
  const upright = sharp(pixels, { raw: { width: 16, height: 8, channels: 3 } });
  const bytes = await upright.withMetadata({ orientation: 6 }).jpeg({ quality: 95 }).toBuffer();
  expect(await readImageHeader(bytes)).toMatchObject({ format: 'jpeg', width: 8, height: 16 });
  const { data, width, height } = await decodeImage(bytes, LIMITS);
  expect([width, height]).toEqual([8, 16]);
  expect(data[0]).toBeGreaterThan(200);
  expect(data[data.length - 3]).toBeLessThan(40);
});

test('lays transparency on white', async () => {
  const bytes = await sharp(Buffer.from([0, 0, 0, 0, 9, 9, 9, 255]), {
    raw: { width: 2, height: 1, channels: 4 },
  })
    .png()
    .toBuffer();
  expect([...(await decodeImage(bytes, LIMITS)).data]).toEqual([255, 255, 255, 9, 9, 9]);
});

test('brings gray and 16-bit images to 8-bit RGB', async () => {
  const gray = await sharp(Buffer.from([0, 128, 255]), { raw: { width: 3, height: 1, channels: 1 } })
    .png()
    .toBuffer();
  expect([...(await decodeImage(gray, LIMITS)).data]).toEqual([0, 0, 0, 128, 128, 128, 255, 255, 255]);
  const deep = await redLeft().toColourspace('rgb16').png().toBuffer();
  expect((await sharp(deep).metadata()).depth).toBe('ushort');
  expect([...(await decodeImage(deep, LIMITS)).data]).toEqual([200, 10, 20, 30, 40, 50]);
});

test('refuses what is no image, is cut short, or is too large, saying so', async () => {
  await expect(decodeImage(Buffer.from('not an image'), LIMITS)).rejects.toThrow(/the image cannot be read/);
  await expect(readImageHeader(Buffer.alloc(0))).rejects.toThrow(RangeError);
  const noise = Buffer.from(Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) % 251));
  const whole = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
    .jpeg()
    .toBuffer();
  await expect(decodeImage(whole.subarray(0, whole.length / 2), LIMITS)).rejects.toThrow(RangeError);
  await expect(decodeImage(whole, { maxPixels: 1000 })).rejects.toThrow(/pixel limit/);
});

test('does not open SVG, GIF or other formats [CVE-2026-23516] [CVE-2023-4863]', async () => {
  const svg = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>',
  );
  const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
  for (const bytes of [svg, gif]) {
    await expect(decodeImage(bytes, LIMITS)).rejects.toThrow(/the image cannot be read/);
    await expect(readImageHeader(bytes)).rejects.toThrow(RangeError);
  }
});
