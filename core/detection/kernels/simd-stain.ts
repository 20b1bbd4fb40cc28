import type { ColourModel } from '../nuclear-colour.ts';
import {
  type DensityLookup,
  emptyHalf,
  type HalfSizeColour,
  LIGHT_BINS,
  type StainPlanes,
} from '../stain-planes.ts';
import { BAND_PIXELS, copyRows, evenBandRows, repeatBorders } from './bands.ts';
import type { SimdMemory } from './simd-memory.ts';

/** Rows that smoothing reads before and after each row. */
const BLUR_REACH = 2;

/** Rows of the image around a band, so that smoothing finds its rows of the half-size planes too. */
const AROUND = 2 * BLUR_REACH;

/** Density and colour of each band are made and smoothed in the kernels' memory; only what is smoothed leaves it. */
export function simdReadStain(
  memory: SimdMemory,
  rgb: Uint8Array,
  width: number,
  height: number,
  { background, density: densityOf }: DensityLookup,
): StainPlanes {
  const density = new Uint8Array(width * height);
  const half = emptyHalf(width, height);
  // Longer bands than elsewhere: the rows around them are made twice.
  const band = evenBandRows(width, height, 4 * BAND_PIXELS);
  const most = band + 2 * AROUND;
  const halfBytes = (most / 2 + 2 * BLUR_REACH) * half.width;
  const [rgbAt, densityAt, redAt, greenAt, blueAt, acrossAt, blurredAt, lookupAt] = memory.reserve(
    3 * most * width,
    (most + 2 * BLUR_REACH) * width,
    halfBytes,
    halfBytes,
    halfBytes,
    2 * (band + 2 * BLUR_REACH) * width,
    band * width,
    LIGHT_BINS,
  );
  memory.bytes(lookupAt, LIGHT_BINS).set(densityOf);
  const empty = background[0] | (background[1] << 8) | (background[2] << 16);
  const planes = [
    { at: densityAt, shrink: 1, width, height, smooth: density },
    { at: redAt, shrink: 2, width: half.width, height: half.height, smooth: half.red },
    { at: greenAt, shrink: 2, width: half.width, height: half.height, smooth: half.green },
    { at: blueAt, shrink: 2, width: half.width, height: half.height, smooth: half.blue },
  ];
  for (let top = 0; top < height; top += band) {
    const first = Math.max(0, top - AROUND);
    const last = Math.min(height, top + band + AROUND);
    const even = (last - first + 1) & ~1;
    copyRows(memory, rgbAt, rgb, 3 * width, height, first, first + even);
    const [densities, reds, greens, blues] = planes.map((plane) => plane.at + BLUR_REACH * plane.width);
    memory.exports.readRows(rgbAt, width, even, densities, reds, greens, blues, empty, lookupAt);
    for (const plane of planes) {
      const from = first / plane.shrink;
      const held = {
        at: plane.at + (BLUR_REACH - from) * plane.width,
        rowBytes: plane.width,
        first: from,
        last: Math.ceil(last / plane.shrink),
      };
      repeatBorders(memory, held, plane.height, BLUR_REACH);
      const start = top / plane.shrink;
      const rows = Math.min(band / plane.shrink, plane.height - start);
      const sourceAt = held.at + (start - BLUR_REACH) * plane.width;
      memory.exports.blurRows(sourceAt, acrossAt, blurredAt, plane.width, rows);
      plane.smooth.set(memory.bytes(blurredAt, rows * plane.width), start * plane.width);
    }
  }
  return { density, half };
}

/** The colour score of each band is made in the kernels' memory, enlarged there and joined with the density. */
export function simdScoreByColour(
  memory: SimdMemory,
  half: HalfSizeColour,
  { densities, weights, detail }: ColourModel,
  density: Uint8Array,
  width: number,
  height: number,
): Uint8Array {
  const score = new Uint8Array(density.length);
  const rowBytes = 2 * half.width;
  const band = evenBandRows(width, height);
  const most = band / 2 + 2;
  const planeBytes = most * half.width;
  const [densitiesAt, weightsAt, redAt, greenAt, blueAt, colourAt, densityAt, scoreAt, lineAt] =
    memory.reserve(
      4 * densities.length,
      4 * weights.length,
      planeBytes,
      planeBytes,
      planeBytes,
      (most + 1) * rowBytes,
      band * width,
      band * width,
      rowBytes + 32,
    );
  memory.write(densitiesAt, densities);
  memory.write(weightsAt, weights);
  for (let top = 0; top < height; top += band) {
    const rows = Math.min(band, height - top);
    const first = Math.max(0, top / 2 - 1);
    const last = Math.min(half.height, ((top + rows + 1) >> 1) + 1);
    for (const [at, plane] of [
      [redAt, half.red],
      [greenAt, half.green],
      [blueAt, half.blue],
    ] as const) {
      copyRows(memory, at, plane, half.width, half.height, first, last);
    }
    const held = { at: colourAt + (1 - first) * rowBytes, rowBytes, first, last };
    const count = (last - first) * half.width;
    memory.exports.scoreColour(redAt, greenAt, blueAt, colourAt + rowBytes, count, densitiesAt, weightsAt);
    repeatBorders(memory, held, half.height, 1);
    copyRows(memory, densityAt, density, width, height, top, top + rows);
    const before = held.at + (top / 2 - 1) * rowBytes;
    memory.exports.addDetailRows(before, densityAt, scoreAt, width, rows, detail, lineAt);
    score.set(memory.bytes(scoreAt, rows * width), top * width);
  }
  return score;
}
