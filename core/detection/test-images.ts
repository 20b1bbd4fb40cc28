import type { RgbImage } from './image.ts';

/** Colours of a Giemsa-type stain for drawn test images. */
export const EMPTY = [250, 240, 205] as const;
export const CYTOPLASM = [175, 180, 185] as const;
export const NUCLEUS = [95, 90, 150] as const;

export interface Disc {
  x: number;
  y: number;
  radius: number;
  color?: readonly number[];
}

/** An empty slide with discs, later ones over earlier ones; pixel centres decide. */
export function drawDiscs(width: number, height: number, discs: readonly Disc[]): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const disc = discs.findLast((d) => Math.hypot(x + 0.5 - d.x, y + 0.5 - d.y) < d.radius);
      data.set(disc ? (disc.color ?? NUCLEUS) : EMPTY, (y * width + x) * 3);
    }
  }
  return { data, width, height, channels: 3 };
}

/** Two numbers an image is drawn from: `.` is 0, `#` is 200, digits count in tens. */
export function grayFrom(rows: readonly string[]) {
  const width = rows[0].length;
  const values = Uint8Array.from(rows.join(''), (mark) =>
    mark === '.' ? 0 : mark === '#' ? 200 : Number(mark) * 10,
  );
  return { values, width, height: rows.length };
}

/** Runs of the pixels marked `#`, as a region holds them. */
export function runsFrom(rows: readonly string[]): Int32Array {
  return Int32Array.from(
    rows.flatMap((row, y) =>
      [...row.matchAll(/#+/g)].flatMap((match) => [y, match.index, match.index + match[0].length]),
    ),
  );
}
