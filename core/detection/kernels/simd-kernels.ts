import type { PackedBits } from '../bit-pack.ts';
import { countedRowStep, GRADIENTS, strongGradient } from '../edge-strength.ts';
import type { StainTables } from '../stain.ts';
import type { Kernels } from './kernels.ts';
import type { SimdMemory } from './simd-memory.ts';
import { simdResample } from './simd-resample.ts';

/** Images pass through the kernels' memory in bands of about this many pixels, which stay in the processor's cache. */
const BAND_PIXELS = 65536;

/** The kernels in WebAssembly SIMD. */
export function simdKernels(memory: SimdMemory): Kernels {
  return {
    resample: (image, downscale) => simdResample(memory, image, downscale),
    scoreByTables: (rgb, tables) => scoreByTables(memory, rgb, tables),
    blurBinomial5: (source, width, height) => blurBinomial5(memory, source, width, height),
    countGradients: (smooth, width, height) => countGradients(memory, smooth, width, height),
    edgeStrength: (smooth, width, height, strong) => edgeStrength(memory, smooth, width, height, strong),
    packAbove: (values, width, height, threshold) => packAbove(memory, values, width, height, threshold),
  };
}

function scoreByTables(memory: SimdMemory, rgb: Uint8Array, tables: StainTables) {
  const pixels = rgb.length / 3;
  const score = new Uint8Array(pixels);
  const density = new Uint8Array(pixels);
  const band = Math.min(pixels, BAND_PIXELS);
  const [tableAt, rootAt, greenAt, rgbAt, scoreAt, densityAt] = memory.reserve(
    8 * 768,
    4 * tables.cubeRoot.length,
    4 * 256,
    3 * band,
    band,
    band,
  );
  memory.write(tableAt, joinedTables(tables));
  memory.write(rootAt, tables.cubeRoot);
  memory.write(greenAt, tables.green);
  for (let from = 0; from < pixels; from += band) {
    const count = Math.min(band, pixels - from);
    memory.bytes(rgbAt, 3 * count).set(rgb.subarray(3 * from, 3 * (from + count)));
    memory.exports.scorePixels(rgbAt, scoreAt, densityAt, count, tableAt, rootAt, greenAt);
    score.set(memory.bytes(scoreAt, count), from);
    density.set(memory.bytes(densityAt, count), from);
  }
  return { score, density };
}

/** The tables whose entries are summed over the channels, side by side in one number each, as the kernel has it. */
function joinedTables({ x, y, density }: StainTables): BigInt64Array {
  const halves = new Int32Array(2 * 768);
  for (let i = 0; i < 768; i++) {
    halves[2 * i] = x[i] | (y[i] << 22);
    halves[2 * i + 1] = (y[i] >>> 10) | (density[i] << 12);
  }
  return new BigInt64Array(halves.buffer);
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

function edgeStrength(
  memory: SimdMemory,
  smooth: Uint8Array,
  width: number,
  height: number,
  strong = strongGradient(countGradients(memory, smooth, width, height)),
): Uint8Array {
  const strength = new Uint8Array(smooth.length);
  if (width < 3 || height < 3) return strength;
  const band = bandRows(width, height);
  const [sourceAt, targetAt] = memory.reserve((band + 2) * width, band * width);
  memory.bytes(targetAt, band * width).fill(0);
  for (let top = 1; top < height - 1; top += band) {
    const rows = Math.min(band, height - 1 - top);
    copyRows(memory, sourceAt, smooth, width, height, top - 1, top + rows + 1);
    memory.exports.strengthRows(sourceAt, targetAt, width, rows, strong);
    strength.set(memory.bytes(targetAt, rows * width), top * width);
  }
  return strength;
}

/** Four histograms keep additions to one entry from waiting for each other. */
const HISTOGRAMS = 4;

function countGradients(memory: SimdMemory, smooth: Uint8Array, width: number, height: number): Uint32Array {
  if (width < 3 || height < 3) return new Uint32Array(GRADIENTS);
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
