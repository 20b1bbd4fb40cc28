import type { CellMap } from './cell-outline.ts';
import type { CellImage } from './stained-image.ts';

/** One cell cut out of an image with a margin of one pixel, so that neighbours need no border checks. */
export interface CellPatch {
  width: number;
  /**
   * Optical density in red light × STEPS_PER_DENSITY, 3×3 binomial mean; 0–255, 0 on the margin. The blue dyes of
   * chromatin take red light away and eosin lets it through, so the lobes of a nucleus stand out of pink cytoplasm.
   */
  red: Uint8Array;
  /** The same in green light, which both kinds of dye take away. */
  green: Uint8Array;
  /** Indices into the patch of the cell's pixels, in raster order. */
  cell: Int32Array;
  /** The same pixels as indices into the whole image. */
  pixels: Int32Array;
}

const STEPS_PER_DENSITY = 170;

/** Red and green are smoothed together: each has half of a number's 32 bits. */
const GREEN_SHIFT = 16;

/** `CellPatch.red` and `green` before they are smoothed, from the optical densities of each 8-bit value. */
export interface PatchLight {
  red: Int32Array;
  /** Shifted by GREEN_SHIFT. */
  green: Int32Array;
}

export function patchLight([red, green]: readonly Float32Array[]): PatchLight {
  const steps = (density: number) => Math.floor(Math.min(255, STEPS_PER_DENSITY * density));
  return {
    red: Int32Array.from(red, steps),
    green: Int32Array.from(green, (density) => steps(density) << GREEN_SHIFT),
  };
}

/** Cuts out the cell that `map.owner` marks index + 1. */
export function cutOutCell(
  { rgb, width: stride, height: rows }: CellImage,
  { owner, bounds }: CellMap,
  index: number,
  light: PatchLight,
): CellPatch {
  const [left, top, right, bottom] = bounds.subarray(index * 4, index * 4 + 4);
  const width = right - left + 2;
  const height = bottom - top + 2;
  const both = new Int32Array(width * height);
  const cell = new Int32Array(width * height);
  const pixels = new Int32Array(width * height);
  let count = 0;
  for (let y = Math.max(0, top - 1); y <= Math.min(rows - 1, bottom); y++) {
    const from = y * stride;
    const to = (y - top + 1) * width - left + 1;
    for (let x = Math.max(0, left - 1); x <= Math.min(stride - 1, right); x++) {
      both[to + x] = light.red[rgb[(from + x) * 3]] | light.green[rgb[(from + x) * 3 + 1]];
      if (owner[from + x] !== index + 1) continue;
      cell[count] = to + x;
      pixels[count++] = from + x;
    }
  }
  return {
    width,
    ...binomialMeans3(both, width, height),
    cell: cell.subarray(0, count),
    pixels: pixels.subarray(0, count),
  };
}

function binomialMeans3(both: Int32Array, width: number, height: number) {
  const red = new Uint8Array(both.length);
  const green = new Uint8Array(both.length);
  const column = (at: number) => both[at - width] + 2 * both[at] + both[at + width];
  const rounding = 8 | (8 << GREEN_SHIFT);
  for (let y = 1; y < height - 1; y++) {
    const start = y * width;
    let before = column(start);
    let here = column(start + 1);
    for (let at = start + 1; at < start + width - 1; at++) {
      const after = column(at + 1);
      const sum = before + 2 * here + after + rounding;
      red[at] = sum >> 4;
      green[at] = sum >> (GREEN_SHIFT + 4);
      before = here;
      here = after;
    }
  }
  return { red, green };
}
