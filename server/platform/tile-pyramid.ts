import { createWriteStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { Objects, OpenedObject } from './objects.ts';

// A large image as JPEG tiles of several sizes, as Deep Zoom divides it, in one object: first where each tile begins,
// and where the last one ends, as numbers of six bytes, then the tiles, the smallest size first, row by row.

/** Tiles are so wide and high without the border that each shares with its neighbours. */
export const TILE_PX = 510;
export const TILE_BORDER_PX = 1;

export interface Tile {
  /** 0 is the size that fits into one tile; each next one is twice as large. */
  level: number;
  column: number;
  row: number;
}

interface Size {
  width: number;
  height: number;
}

const PLACE_BYTES = 6;

/** Columns and rows of tiles at each level; the last one is the image itself. */
export function tileLevels({ width, height }: Size): { columns: number; rows: number }[] {
  const levels: { columns: number; rows: number }[] = [];
  for (let [across, down] = [width, height]; ; across = Math.ceil(across / 2), down = Math.ceil(down / 2)) {
    levels.unshift({ columns: Math.ceil(across / TILE_PX), rows: Math.ceil(down / TILE_PX) });
    if (across <= TILE_PX && down <= TILE_PX) return levels;
  }
}

/** Packs the tiles of an image, each a file, into one. */
export async function packTiles(size: Size, fileOf: (tile: Tile) => string, target: string): Promise<void> {
  const files = tileLevels(size).flatMap(({ columns, rows }, level) =>
    Array.from({ length: columns * rows }, (_, i) =>
      fileOf({ level, column: i % columns, row: Math.floor(i / columns) }),
    ),
  );
  const places = Buffer.alloc((files.length + 1) * PLACE_BYTES);
  let end = places.length;
  places.writeUIntLE(end, 0, PLACE_BYTES);
  for (const [i, file] of files.entries()) {
    end += (await stat(file)).size;
    places.writeUIntLE(end, (i + 1) * PLACE_BYTES, PLACE_BYTES);
  }
  async function* bytes() {
    yield places;
    for (const file of files) yield await readFile(file);
  }
  await pipeline(bytes, createWriteStream(target, { flags: 'wx', mode: 0o600 }));
}

/** @returns undefined when the image has no such tile. @throws ObjectError not_found, unavailable */
export async function openTile(
  objects: Objects,
  key: string,
  size: Size,
  tile: Tile,
): Promise<OpenedObject | undefined> {
  const number = numberOf(size, tile);
  if (number === undefined) return undefined;
  const first = number * PLACE_BYTES;
  const { stream } = await objects.getRange(key, first, first + 2 * PLACE_BYTES - 1);
  const places = await buffer(stream);
  return objects.getRange(
    key,
    places.readUIntLE(0, PLACE_BYTES),
    places.readUIntLE(PLACE_BYTES, PLACE_BYTES) - 1,
  );
}

function numberOf(size: Size, { level, column, row }: Tile): number | undefined {
  const levels = tileLevels(size);
  const place = levels[level];
  if (!place || column >= place.columns || row >= place.rows) return undefined;
  const before = levels.slice(0, level).reduce((sum, { columns, rows }) => sum + columns * rows, 0);
  return before + row * place.columns + column;
}
