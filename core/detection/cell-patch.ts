import type { CellMap } from './cell-outline.ts';
import type { CellImage } from './measuring-scale.ts';

/** One cell cut out of an image with a margin of one pixel, so that neighbours need no border checks. */
export interface CellPatch {
  width: number;
  /** 1 inside the cell, 0 elsewhere: length width × height. */
  inside: Uint8Array;
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

/** `CellPatch.red` or `green` before it is smoothed, from the optical densities of each 8-bit value. */
export function patchDensities(light: Float32Array): Uint8Array {
  return Uint8Array.from(light, (density) => Math.min(255, STEPS_PER_DENSITY * density));
}

/**
 * Cuts out the cell that `map.owner` marks index + 1.
 * @param light `patchDensities` of red and of green
 */
export function cutOutCell(
  { rgb, width: stride, height: rows }: CellImage,
  { owner, bounds }: CellMap,
  index: number,
  [redLight, greenLight]: readonly Uint8Array[],
): CellPatch {
  const [left, top, right, bottom] = bounds.subarray(index * 4, index * 4 + 4);
  const width = right - left + 2;
  const height = bottom - top + 2;
  const inside = new Uint8Array(width * height);
  const red = new Uint8Array(width * height);
  const green = new Uint8Array(width * height);
  const cell = new Int32Array(width * height);
  const pixels = new Int32Array(width * height);
  let count = 0;
  for (let y = Math.max(0, top - 1); y <= Math.min(rows - 1, bottom); y++) {
    const from = y * stride;
    const to = (y - top + 1) * width - left + 1;
    for (let x = Math.max(0, left - 1); x <= Math.min(stride - 1, right); x++) {
      red[to + x] = redLight[rgb[(from + x) * 3]];
      green[to + x] = greenLight[rgb[(from + x) * 3 + 1]];
      if (owner[from + x] !== index + 1) continue;
      inside[to + x] = 1;
      cell[count] = to + x;
      pixels[count++] = from + x;
    }
  }
  return {
    width,
    inside,
    red: binomialMean3(red, width, height),
    green: binomialMean3(green, width, height),
    cell: cell.subarray(0, count),
    pixels: pixels.subarray(0, count),
  };
}

function binomialMean3(values: Uint8Array, width: number, height: number): Uint8Array {
  const mean = new Uint8Array(values.length);
  const column = (at: number) => values[at - width] + 2 * values[at] + values[at + width];
  for (let y = 1; y < height - 1; y++) {
    const start = y * width;
    let before = column(start);
    let here = column(start + 1);
    for (let at = start + 1; at < start + width - 1; at++) {
      const after = column(at + 1);
      mean[at] = (before + 2 * here + after + 8) >> 4;
      before = here;
      here = after;
    }
  }
  return mean;
}
