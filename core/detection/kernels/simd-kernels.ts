import type { PackedBits } from '../bit-pack.ts';
import { countedRowStep, GRADIENTS } from '../edge-strength.ts';
import type { ColourModel } from '../nuclear-colour.ts';
import type { StainTables } from '../stain.ts';
import {
  type DensityLookup,
  emptyHalf,
  type HalfSizeColour,
  LIGHT_BINS,
  type StainPlanes,
} from '../stain-planes.ts';
import type { Kernels } from './kernels.ts';
import type { SimdMemory } from './simd-memory.ts';
import { simdResample } from './simd-resample.ts';

/** Images pass through the kernels' memory in bands of about this many pixels, which stay in the processor's cache. */
const BAND_PIXELS = 65536;

/** The kernels in WebAssembly SIMD. */
export function simdKernels(memory: SimdMemory): Kernels {
  return {
    resample: (image, downscale) => simdResample(memory, image, downscale),
    readStain: (rgb, width, height, lookup) => readStain(memory, rgb, width, height, lookup),
    scoreByTables: (rgb, tables) => scoreByTables(memory, rgb, tables),
    blurBinomial5: (source, width, height) => blurBinomial5(memory, source, width, height),
    scoreColour: (half, model) => scoreColour(memory, half, model),
    addDetail: (colour, density, width, height, detail) =>
      addDetail(memory, colour, density, width, height, detail),
    countGradients: (smooth, width, height) => countGradients(memory, smooth, width, height),
    packAbove: (values, width, height, threshold) => packAbove(memory, values, width, height, threshold),
  };
}

function readStain(
  memory: SimdMemory,
  rgb: Uint8Array,
  width: number,
  height: number,
  { background, density: densityOf }: DensityLookup,
): StainPlanes {
  const density = new Uint8Array(width * height);
  const half = emptyHalf(width, height);
  const band = evenBandRows(width, height);
  const halfBand = (band / 2) * half.width;
  const [rgbAt, densityAt, redAt, greenAt, blueAt, lookupAt] = memory.reserve(
    3 * band * width,
    band * width,
    halfBand,
    halfBand,
    halfBand,
    LIGHT_BINS,
  );
  memory.bytes(lookupAt, LIGHT_BINS).set(densityOf);
  const empty = background[0] | (background[1] << 8) | (background[2] << 16);
  for (let top = 0; top < height; top += band) {
    const rows = Math.min(band, height - top);
    const even = (rows + 1) & ~1;
    copyRows(memory, rgbAt, rgb, 3 * width, height, top, top + even);
    memory.exports.readRows(rgbAt, width, even, densityAt, redAt, greenAt, blueAt, empty, lookupAt);
    density.set(memory.bytes(densityAt, rows * width), top * width);
    const [from, count] = [(top / 2) * half.width, (even / 2) * half.width];
    half.red.set(memory.bytes(redAt, count), from);
    half.green.set(memory.bytes(greenAt, count), from);
    half.blue.set(memory.bytes(blueAt, count), from);
  }
  return { density, half };
}

function scoreByTables(memory: SimdMemory, rgb: Uint8Array, tables: StainTables): Uint8Array {
  const pixels = rgb.length / 3;
  const score = new Uint8Array(pixels);
  const band = Math.min(pixels, BAND_PIXELS);
  const [tableAt, rootAt, greenAt, rgbAt, scoreAt] = memory.reserve(
    8 * 768,
    4 * tables.cubeRoot.length,
    4 * 256,
    3 * band,
    band,
  );
  memory.write(tableAt, joinedTables(tables));
  memory.write(rootAt, tables.cubeRoot);
  memory.write(greenAt, tables.green);
  for (let from = 0; from < pixels; from += band) {
    const count = Math.min(band, pixels - from);
    memory.bytes(rgbAt, 3 * count).set(rgb.subarray(3 * from, 3 * (from + count)));
    memory.exports.scorePixels(rgbAt, scoreAt, count, tableAt, rootAt, greenAt);
    score.set(memory.bytes(scoreAt, count), from);
  }
  return score;
}

/** The tables whose entries are summed over the channels, side by side in one number each, as the kernel has it. */
function joinedTables({ x, y }: StainTables): BigInt64Array {
  const halves = new Int32Array(2 * 768);
  for (let i = 0; i < 768; i++) {
    halves[2 * i] = x[i] | (y[i] << 22);
    halves[2 * i + 1] = y[i] >>> 10;
  }
  return new BigInt64Array(halves.buffer);
}

function scoreColour(
  memory: SimdMemory,
  { red, green, blue }: HalfSizeColour,
  { densities, weights }: ColourModel,
): Int16Array {
  const score = new Int16Array(red.length);
  const band = Math.min(score.length, BAND_PIXELS);
  const [densitiesAt, weightsAt, redAt, greenAt, blueAt, scoreAt] = memory.reserve(
    4 * densities.length,
    4 * weights.length,
    band,
    band,
    band,
    2 * band,
  );
  memory.write(densitiesAt, densities);
  memory.write(weightsAt, weights);
  for (let from = 0; from < score.length; from += band) {
    const count = Math.min(band, score.length - from);
    memory.bytes(redAt, count).set(red.subarray(from, from + count));
    memory.bytes(greenAt, count).set(green.subarray(from, from + count));
    memory.bytes(blueAt, count).set(blue.subarray(from, from + count));
    memory.exports.scoreColour(redAt, greenAt, blueAt, scoreAt, count, densitiesAt, weightsAt);
    score.set(new Int16Array(memory.exports.memory.buffer, scoreAt, count), from);
  }
  return score;
}

function addDetail(
  memory: SimdMemory,
  colour: Int16Array,
  density: Uint8Array,
  width: number,
  height: number,
  detail: number,
): Uint8Array {
  const score = new Uint8Array(density.length);
  const rowBytes = 2 * ((width + 1) >> 1);
  const halfHeight = (height + 1) >> 1;
  const colourBytes = new Uint8Array(colour.buffer, colour.byteOffset, colour.byteLength);
  const band = evenBandRows(width, height);
  const [colourAt, densityAt, scoreAt, lineAt] = memory.reserve(
    (band / 2 + 2) * rowBytes,
    band * width,
    band * width,
    rowBytes + 32,
  );
  for (let top = 0; top < height; top += band) {
    const rows = Math.min(band, height - top);
    copyRows(memory, colourAt, colourBytes, rowBytes, halfHeight, top / 2 - 1, ((top + rows + 1) >> 1) + 1);
    copyRows(memory, densityAt, density, width, height, top, top + rows);
    memory.exports.addDetailRows(colourAt, densityAt, scoreAt, width, rows, detail, lineAt);
    score.set(memory.bytes(scoreAt, rows * width), top * width);
  }
  return score;
}

function blurBinomial5(memory: SimdMemory, source: Uint8Array, width: number, height: number): Uint8Array {
  const blurred = new Uint8Array(source.length);
  const band = bandRows(width, height);
  const [sourceAt, acrossAt, targetAt] = memory.reserve(
    (band + 4) * width,
    2 * (band + 4) * width,
    band * width,
  );
  for (let top = 0; top < height; top += band) {
    const rows = Math.min(band, height - top);
    copyRows(memory, sourceAt, source, width, height, top - 2, top + rows + 2);
    memory.exports.blurRows(sourceAt, acrossAt, targetAt, width, rows);
    blurred.set(memory.bytes(targetAt, rows * width), top * width);
  }
  return blurred;
}

/** Four histograms keep additions to one entry from waiting for each other. */
const HISTOGRAMS = 4;

function countGradients(memory: SimdMemory, smooth: Uint8Array, width: number, height: number): Uint32Array {
  const [histogramsAt, rowsAt] = memory.reserve(4 * GRADIENTS * HISTOGRAMS, 3 * width);
  const counted = new Uint32Array(memory.exports.memory.buffer, histogramsAt, GRADIENTS * HISTOGRAMS).fill(0);
  const rowStep = countedRowStep(width, height);
  for (let y = 1; y < height - 1; y += rowStep) {
    copyRows(memory, rowsAt, smooth, width, height, y - 1, y + 2);
    memory.exports.countGradients(rowsAt, width, histogramsAt);
  }
  const histogram = new Uint32Array(GRADIENTS);
  for (let i = 0; i < counted.length; i++) histogram[i % GRADIENTS] += counted[i];
  return histogram;
}

function packAbove(
  memory: SimdMemory,
  values: Uint8Array,
  width: number,
  height: number,
  threshold: number,
): PackedBits {
  const wordsPerRow = (width + 31) >> 5;
  const words = new Int32Array(wordsPerRow * height);
  const bits = { words, wordsPerRow, width, height };
  if (threshold >= 255) return bits;
  const band = bandRows(width, height);
  const [valuesAt, wordsAt] = memory.reserve(band * width, 4 * band * wordsPerRow);
  for (let top = 0; top < height; top += band) {
    const rows = Math.min(band, height - top);
    copyRows(memory, valuesAt, values, width, height, top, top + rows);
    memory.exports.packRows(valuesAt, wordsAt, width, rows, Math.floor(threshold));
    const packed = new Int32Array(memory.exports.memory.buffer, wordsAt, rows * wordsPerRow);
    words.set(packed, top * wordsPerRow);
  }
  return bits;
}

/** Bands that begin at even rows; of one row there is one and its copy. */
function evenBandRows(width: number, height: number): number {
  return (bandRows(width, height) + 1) & ~1;
}

function bandRows(width: number, height: number): number {
  return Math.min(height, Math.max(1, Math.floor(BAND_PIXELS / width)));
}

/** Copies the rows from `top` to before `bottom`; outside the image its first and last row are repeated. */
function copyRows(
  memory: SimdMemory,
  place: number,
  values: Uint8Array,
  width: number,
  height: number,
  top: number,
  bottom: number,
): void {
  const target = memory.bytes(place, (bottom - top) * width);
  const first = Math.max(0, top);
  const last = Math.min(height, bottom);
  target.set(values.subarray(first * width, last * width), (first - top) * width);
  for (let y = top; y < 0; y++) target.set(values.subarray(0, width), (y - top) * width);
  for (let y = height; y < bottom; y++) {
    target.set(values.subarray((height - 1) * width, height * width), (y - top) * width);
  }
}
