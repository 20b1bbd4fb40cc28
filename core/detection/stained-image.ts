import { cytoplasmThreshold } from './cytoplasm.ts';
import type { RgbImage } from './image.ts';
import { type Kernels, PLAIN_KERNELS } from './kernels/kernels.ts';
import type { WorkingImage } from './resample.ts';
import {
  estimateBackground,
  opticalDensityTable,
  type StainFeature,
  scoreStain,
  stainTables,
} from './stain.ts';
import { densityLookup, type HalfSizeColour } from './stain-planes.ts';

/** An image at working scale and how densely it is stained. */
export interface StainedImage extends WorkingImage {
  /** Image pixels per working pixel. */
  downscale: number;
  /** Red, green, blue of the empty slide. */
  background: readonly number[];
  /** Optical density of each 8-bit value of red, green and blue: length 256 each. */
  light: readonly Float32Array[];
  /** Smoothed total optical density × 100: length width × height. */
  density: Uint8Array;
  /** Density above which a pixel can be cytoplasm. */
  cytoplasm: number;
}

/** What cells are grown in and measured on. */
export type CellImage = Pick<
  StainedImage,
  'rgb' | 'width' | 'height' | 'placement' | 'light' | 'density' | 'cytoplasm'
>;

/** A stained image with its smoothed colour at half size. */
export interface ColouredImage extends StainedImage {
  half: HalfSizeColour;
}

/**
 * Brings an image to working scale and reads its stain.
 * @param whole what is known of the whole image, where this is a part of it
 */
export function stainImage(
  image: RgbImage,
  downscale: number,
  kernels: Kernels = PLAIN_KERNELS,
  whole?: Pick<StainedImage, 'background' | 'cytoplasm'>,
): ColouredImage {
  const working = kernels.resample(image, downscale);
  const { rgb, width, height } = working;
  const background = whole?.background ?? estimateBackground(working);
  const light = background.map(opticalDensityTable);
  const { density, half } = kernels.readStain(rgb, width, height, densityLookup(background));
  return {
    ...working,
    downscale,
    background,
    light,
    density,
    cytoplasm: whole?.cytoplasm ?? cytoplasmThreshold(density),
    half,
  };
}

/** Smoothed score of a property of the stain, in steps of STEPS_PER_SCORE_UNIT a unit: length width × height. */
export function smoothScore(
  image: StainedImage,
  feature: StainFeature,
  kernels: Kernels = PLAIN_KERNELS,
): Uint8Array {
  const score =
    feature === 'chromatin' || feature === 'a*'
      ? kernels.scoreByTables(image.rgb, stainTables(feature, image.background))
      : scoreStain(image, feature, image.background);
  return kernels.blurBinomial5(score, image.width, image.height);
}
