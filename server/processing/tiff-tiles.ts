import { open } from 'node:fs/promises';
import type { ImageSource } from './image-tasks.ts';

/** How the first image of a TIFF file lies in it. */
export interface TiffTiles {
  /** px; undefined when the file is stored in strips */
  tile: { width: number; height: number } | undefined;
  /** 1 is upright. */
  orientation: number;
  /** Whether the file is long enough for all of its tiles, each in a place of its own. */
  isWhole: boolean;
}

const TAG = {
  width: 256,
  height: 257,
  orientation: 274,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
};

/** Bytes of the types that sizes and places are written in: SHORT, LONG and LONG8. */
const BYTES_OF_TYPE: Record<number, 2 | 4 | 8 | undefined> = { 3: 2, 4: 4, 16: 8 };

/** More tags or tiles than this are no image. */
const MOST_TAGS = 4096;
const MOST_TILES = 10_000_000;

/** Reads bytes of a file; those beyond its end are missing. */
type ReadAt = (position: number, length: number) => Promise<Buffer>;

/**
 * Reads how a TIFF or BigTIFF is tiled (TIFF 6.0, section 15).
 * @throws RangeError when it does not say so in the way of such files
 */
export async function readTiffTiles(source: ImageSource): Promise<TiffTiles> {
  if ('bytes' in source) {
    const bytes = Buffer.from(source.bytes.buffer, source.bytes.byteOffset, source.bytes.byteLength);
    return readDirectory(async (at, length) => bytes.subarray(at, at + length), bytes.length);
  }
  await using file = await open(source.path, 'r');
  const { size } = await file.stat();
  return await readDirectory(async (position, length) => {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(length), position });
    return buffer.subarray(0, bytesRead);
  }, size);
}

interface Entry {
  bytesEach: 2 | 4 | 8;
  count: number;
  at: number;
}

async function readDirectory(readAt: ReadAt, fileBytes: number): Promise<TiffTiles> {
  const start = await readAt(0, 16);
  const isLittle = start.toString('latin1', 0, 2) === 'II';
  const read = (bytes: Buffer, at: number, length: 2 | 4 | 8): number => {
    if (at + length > bytes.length) throw new RangeError('a TIFF directory lies beyond the end of the file');
    if (length === 8) return Number(isLittle ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
    return isLittle ? bytes.readUIntLE(at, length) : bytes.readUIntBE(at, length);
  };
  const isBig = read(start, 2, 2) === 43;
  const word = isBig ? 8 : 4;
  const directory = read(start, word, word);
  const tagCount = read(await readAt(directory, 8), 0, isBig ? 8 : 2);
  if (tagCount > MOST_TAGS) throw new RangeError(`a TIFF directory of ${tagCount} tags`);
  const entryBytes = 4 + 2 * word;
  const firstEntry = directory + (isBig ? 8 : 2);
  const table = await readAt(firstEntry, tagCount * entryBytes);
  const entries = new Map<number, Entry>();
  for (let i = 0; i < tagCount; i++) {
    const from = i * entryBytes;
    const bytesEach = BYTES_OF_TYPE[read(table, from + 2, 2)];
    if (bytesEach === undefined) continue;
    const count = read(table, from + 4, word);
    const isInside = count * bytesEach <= word;
    const at = isInside ? firstEntry + from + 4 + word : read(table, from + 4 + word, word);
    const tag = read(table, from, 2);
    // Of tags that come twice libtiff, which reads the pixels, takes the first.
    if (!entries.has(tag)) entries.set(tag, { bytesEach, count, at });
  }
  const valuesOf = async (tag: number): Promise<number[]> => {
    const { bytesEach, count, at } = entries.get(tag) ?? { bytesEach: 4, count: 0, at: 0 };
    if (count > MOST_TILES) throw new RangeError(`a TIFF of ${count} tiles`);
    const bytes = await readAt(at, count * bytesEach);
    return Array.from({ length: count }, (_, i) => read(bytes, i * bytesEach, bytesEach));
  };
  const [width] = await valuesOf(TAG.tileWidth);
  const [height] = await valuesOf(TAG.tileHeight);
  const [orientation = 1] = await valuesOf(TAG.orientation);
  if (width === undefined || height === undefined) return { tile: undefined, orientation, isWhole: true };
  const offsets = await valuesOf(TAG.tileOffsets);
  const lengths = await valuesOf(TAG.tileByteCounts);
  // Tiles that share their bytes would make gigapixels, and gigabytes of what is shown of them, out of a few kilobytes.
  const isRoomForAll = lengths.reduce((sum, length) => sum + length, 0) <= fileBytes;
  const [imageWidth] = await valuesOf(TAG.width);
  const [imageHeight] = await valuesOf(TAG.height);
  const isWhole =
    isRoomForAll &&
    offsets.length === lengths.length &&
    offsets.length >= Math.ceil(imageWidth / width) * Math.ceil(imageHeight / height) &&
    offsets.every((at, i) => at + lengths[i] <= fileBytes);
  return { tile: { width, height }, orientation, isWhole };
}
