import { type PackedBits, packAbove } from '../bit-pack.ts';
import { blurBinomial5 } from '../blur.ts';
import { countGradients, edgeStrength } from '../edge-strength.ts';
import type { RgbImage } from '../image.ts';
import { resample, type WorkingImage } from '../resample.ts';
import { type StainTables, scoreByTables } from '../stain.ts';

/** The hot loops of detection. Every set of kernels gives the same bytes; they differ in speed only. */
export interface Kernels {
  resample(image: RgbImage, downscale: number): WorkingImage;
  scoreByTables(rgb: Uint8Array, tables: StainTables): { score: Uint8Array; density: Uint8Array };
  blurBinomial5(source: Uint8Array, width: number, height: number): Uint8Array;
  countGradients(smooth: Uint8Array, width: number, height: number): Uint32Array;
  edgeStrength(smooth: Uint8Array, width: number, height: number, strong?: number): Uint8Array;
  packAbove(values: Uint8Array, width: number, height: number, threshold: number): PackedBits;
}

/** The kernels in TypeScript: the reference, and what runs where there is no SIMD. */
export const PLAIN_KERNELS: Kernels = {
  resample,
  scoreByTables,
  blurBinomial5,
  countGradients,
  edgeStrength,
  packAbove,
};
