import { deflateSync, gzipSync } from 'node:zlib';
import { pngChunk } from './image-files.ts';

/** Files that lie about their size or are something else than they say. Each is a few bytes long. */

const u16 = (...values: number[]) => {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, at) => {
    bytes.writeUInt16BE(value, at * 2);
  });
  return bytes;
};

function pngOf(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 6, 0, 0, 0], 8);
  const rows = deflateSync(Buffer.alloc(1000));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    ...[
      ['IHDR', header],
      ['IDAT', rows],
      ['IEND', Buffer.alloc(0)],
    ].map(([type, data]) => pngChunk(type as string, data as Buffer)),
  ]);
}

function jpegOf(width: number, height: number): Buffer {
  const frame = Buffer.concat([
    Buffer.from([0xff, 0xc0]),
    u16(17),
    Buffer.from([8]),
    u16(height, width),
    Buffer.from([3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]),
  ]);
  return Buffer.concat([Buffer.from([0xff, 0xd8]), frame, Buffer.from([0xff, 0xd9])]);
}

function webpOf(width: number, height: number): Buffer {
  const data = Buffer.alloc(10);
  data.writeUIntLE(width - 1, 4, 3);
  data.writeUIntLE(height - 1, 7, 3);
  const chunk = Buffer.concat([Buffer.from('VP8X'), Buffer.from([10, 0, 0, 0]), data]);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(chunk.length + 4);
  return Buffer.concat([Buffer.from('RIFF'), size, Buffer.from('WEBP'), chunk]);
}

/** How many bytes a strip may say that it has. */
const LARGEST = 0xffff_ffffn;

/** @param isBig whether dimensions are 8 bytes (BigTIFF) */
function tiffOf(width: bigint, height: bigint, isBig = false): Buffer {
  const entry = (tag: number, value: bigint) => {
    const bytes = Buffer.alloc(isBig ? 20 : 12);
    bytes.writeUInt16LE(tag, 0);
    bytes.writeUInt16LE(isBig ? 16 : 4, 2);
    if (isBig) {
      bytes.writeBigUInt64LE(1n, 4);
      bytes.writeBigUInt64LE(value, 12);
    } else {
      bytes.writeUInt32LE(1, 4);
      bytes.writeUInt32LE(Number(value), 8);
    }
    return bytes;
  };
  const entries = [
    [256, width],
    [257, height],
    [258, 8n],
    [259, 1n],
    [262, 1n],
    [273, 8n],
    [277, 1n],
    [278, height],
    [279, width * height > LARGEST ? LARGEST : width * height],
  ].map(([tag, value]) => entry(Number(tag), BigInt(value)));
  const header = isBig
    ? Buffer.from([
        0x49,
        0x49,
        43,
        0,
        8,
        0,
        0,
        0,
        16,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        entries.length,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
      ])
    : Buffer.from([0x49, 0x49, 42, 0, 8, 0, 0, 0, entries.length, 0]);
  return Buffer.concat([header, ...entries, Buffer.alloc(8)]);
}

/** An image of 64 × 64 whose profile or text unpacks to so many bytes. */
function pngWithBomb(type: 'iCCP' | 'zTXt', bytes: number): Buffer {
  const png = pngOf(64, 64);
  const bomb = Buffer.concat([Buffer.from('x\0\0', 'latin1'), deflateSync(Buffer.alloc(bytes))]);
  const [start, rest] = [png.subarray(0, 33), png.subarray(33)];
  return Buffer.concat([start, pngChunk(type, bomb), rest]);
}

/** Dimensions beyond all reason, up to where their product overflows 32 bits. */
export const oversizedImages: readonly (readonly [string, Buffer])[] = [
  ['PNG 65535 squared', pngOf(65_535, 65_535)],
  ['PNG 2^31-1 squared', pngOf(2 ** 31 - 1, 2 ** 31 - 1)],
  ['PNG 2^32-1 squared', pngOf(2 ** 32 - 1, 2 ** 32 - 1)],
  ['PNG 65536 x 65537, 65536 by overflow', pngOf(65_536, 65_537)],
  ['JPEG 65535 squared', jpegOf(65_535, 65_535)],
  ['WebP 16777216 squared', webpOf(2 ** 24, 2 ** 24)],
  ['WebP 65535 squared', webpOf(65_535, 65_535)],
  ['TIFF 65535 squared', tiffOf(65_535n, 65_535n)],
  ['TIFF 2^32-1 squared', tiffOf(2n ** 32n - 1n, 2n ** 32n - 1n)],
  ['BigTIFF 2^32 squared', tiffOf(2n ** 32n, 2n ** 32n, true)],
  ['PNG with a profile of 200 MB', pngWithBomb('iCCP', 200_000_000)],
  ['PNG with a text of 200 MB', pngWithBomb('zTXt', 200_000_000)],
];

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><script>alert(1)</script></svg>';

/** SVG in whatever dress. */
export const disguisedSvgs: readonly (readonly [string, Buffer])[] = [
  ['field.svg', Buffer.from(SVG)],
  ['field.png', Buffer.from(SVG)],
  ['field.jpg', Buffer.from(`<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "b">]>${SVG}`)],
  ['field.tif', Buffer.from(`\ufeff  \n<!-- TIFF -->${SVG}`)],
  ['field.webp', Buffer.from(SVG, 'utf16le')],
  ['field.svgz', gzipSync(SVG)],
  ['prefix.png', Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.from(SVG)])],
  ['prefix.jpg', Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.from(SVG)])],
  ['prefix.tif', Buffer.concat([Buffer.from('II*\0', 'latin1'), Buffer.from(SVG)])],
  ['prefix.webp', Buffer.concat([Buffer.from('RIFF\x10\0\0\0WEBP', 'latin1'), Buffer.from(SVG)])],
];
