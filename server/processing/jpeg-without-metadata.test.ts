import sharp, { type JpegOptions } from 'sharp';
import { expect, test } from 'vitest';
import { fieldImage } from '../testing/image-files.ts';
import { jpegWithoutMetadata } from './jpeg-without-metadata.ts';

const SECRET = 'Ingrid Solheim';

async function jpegWithMetadata(options: JpegOptions = {}, grey = false): Promise<Buffer> {
  const image = sharp(await fieldImage('png')).jpeg({ quality: 90, ...options });
  const bytes = await (grey ? image.toColourspace('b-w') : image)
    .withExif({ IFD0: { ImageDescription: SECRET } })
    .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/">${SECRET}</x:xmpmeta>`)
    .toBuffer();
  const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, SECRET.length + 2]), Buffer.from(SECRET)]);
  return Buffer.concat([bytes.subarray(0, 2), comment, bytes.subarray(2), Buffer.from(SECRET)]);
}

const pixelsOf = (jpeg: Buffer) => sharp(jpeg).raw().toBuffer();

test.each([
  ['baseline', {}, false],
  ['progressive', { progressive: true }, false],
  ['of full colour resolution', { chromaSubsampling: '4:4:4' }, false],
  ['grey', {}, true],
] as const)('a %s JPEG loses all that is no pixel, and no pixel', async (_, options, grey) => {
  const jpeg = await jpegWithMetadata(options, grey);
  expect(jpeg.includes(SECRET)).toBe(true);
  const stripped = jpegWithoutMetadata(jpeg);
  expect(stripped?.includes(SECRET)).toBe(false);
  const { exif, xmp, icc } = await sharp(stripped).metadata();
  expect([exif, xmp, icc]).toEqual([undefined, undefined, undefined]);
  expect(await pixelsOf(stripped!)).toEqual(await pixelsOf(jpeg));
});

test('a file that breaks off or is laid out otherwise is left to those who decode it', async () => {
  const jpeg = await jpegWithMetadata();
  for (const length of [0, 1, 3, 20, 400, jpeg.length >> 1]) {
    expect(jpegWithoutMetadata(jpeg.subarray(0, length))).toBeUndefined();
  }
  expect(jpegWithoutMetadata(await fieldImage('png'))).toBeUndefined();
  const gap = Buffer.concat([jpeg.subarray(0, 2), Buffer.from([1, 2, 3]), jpeg.subarray(2)]);
  expect(jpegWithoutMetadata(gap)).toBeUndefined();
});
