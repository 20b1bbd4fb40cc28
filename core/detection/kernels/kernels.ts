import { type PackedBits, packAbove } from '../bit-pack.ts';
import { blurBinomial5 } from '../blur.ts';
import { countGradients } from '../edge-strength.ts';
import type { RgbImage } from '../image.ts';
import { type ColourModel, scoreByColour } from '../nuclear-colour.ts';
import { resample, type WorkingImage } from '../resample.ts';
import { type StainTables, scoreByTables } from '../stain.ts';
import { type DensityLookup, type HalfSizeColour, readStain, type StainPlanes } from '../stain-planes.ts';

/** The hot loops of detection. Every set of kernels gives the same bytes; they differ in speed only. */
export interface Kernels {
  resample(image: RgbImage, downscale: number): WorkingImage;
  readStain(rgb: Uint8Array, width: number, height: number, lookup: DensityLookup): StainPlanes;
  scoreByTables(rgb: Uint8Array, tables: StainTables): Uint8Array;
  blurBinomial5(source: Uint8Array, width: number, height: number): Uint8Array;
  scoreByColour(
    half: HalfSizeColour,
    model: ColourModel,
    density: Uint8Array,
    width: number,
    height: number,
  ): Uint8Array;
  countGradients(smooth: Uint8Array, width: number, height: number): Uint32Array;
  packAbove(values: Uint8Array, width: number, height: number, threshold: number): PackedBits;
}

/** The kernels in TypeScript: the reference, and what runs where there is no SIMD. */
export const PLAIN_KERNELS: Kernels = {
  resample,
  readStain,
  scoreByTables,
  blurBinomial5,
  scoreByColour,
  countGradients,
  packAbove,
};
