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

const segment = (marker: number, content: Buffer) =>
  Buffer.concat([Buffer.from([0xff, marker, 0, content.length + 2]), content]);
const withSegment = (jpeg: Buffer, added: Buffer) =>
  Buffer.concat([jpeg.subarray(0, 2), added, jpeg.subarray(2)]);

test('nothing is carried along behind the colours of Adobe, nor in segments that images do not have', async () => {
  const jpeg = await jpegWithMetadata();
  const adobe = segment(0xee, Buffer.from(`Adobe\0d\0\0\0\0\x01${SECRET}`, 'latin1'));
  const stripped = jpegWithoutMetadata(withSegment(jpeg, adobe));
  expect(stripped?.includes('Adobe')).toBe(true);
  expect(stripped?.includes(SECRET)).toBe(false);
  expect(await pixelsOf(stripped!)).toEqual(await pixelsOf(withSegment(jpeg, adobe)));
  for (const marker of [0xdc, 0xf7]) {
    expect(jpegWithoutMetadata(withSegment(jpeg, segment(marker, Buffer.from(SECRET))))).toBeUndefined();
  }
});

test('a file of hundreds of scans is left to those who decode it, rather than to the viewers', async () => {
  const jpeg = await jpegWithMetadata({ progressive: true });
  const scan = jpeg.indexOf(Buffer.from([0xff, 0xda]));
  const end = jpeg.lastIndexOf(Buffer.from([0xff, 0xd9]));
  const scans = jpeg.subarray(scan, end);
  const often = Buffer.concat([jpeg.subarray(0, end), ...Array(100).fill(scans), jpeg.subarray(end)]);
  expect(jpegWithoutMetadata(jpeg)).toBeDefined();
  expect(jpegWithoutMetadata(often)).toBeUndefined();
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
