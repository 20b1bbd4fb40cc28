import type { RgbImage } from './image.ts';
import { type Kernels, PLAIN_KERNELS } from './kernels/kernels.ts';
import type { WorkingImage } from './resample.ts';
import {
  densityTables,
  estimateBackground,
  type StainFeature,
  scoreStain,
  stainTables,
  totalDensity,
} from './stain.ts';

/** An image at working scale with everything that does not depend on thresholds. */
export interface ScoredImage extends WorkingImage {
  /** Image pixels per working pixel. */
  downscale: number;
  feature: StainFeature;
  /** Red, green, blue of the empty slide. */
  background: readonly number[];
  /** Smoothed stain score in steps of STEPS_PER_SCORE_UNIT a unit: length width × height. */
  smooth: Uint8Array;
  /** Smoothed total optical density × 100: length width × height. */
  density: Uint8Array;
}

/**
 * Brings an image to working scale and scores its stain.
 * @param known background of the whole image, where this is a part of it
 */
export function scoreImage(
  image: RgbImage,
  feature: StainFeature,
  downscale: number,
  kernels: Kernels = PLAIN_KERNELS,
  known?: readonly number[],
): ScoredImage {
  const working = kernels.resample(image, downscale);
  const { width, height } = working;
  const background = known ?? estimateBackground(working);
  const { score, density } = scoreAndDensity(working, feature, background, kernels);
  return {
    ...working,
    downscale,
    feature,
    background,
    smooth: kernels.blurBinomial5(score, width, height),
    density: kernels.blurBinomial5(density, width, height),
  };
}

function scoreAndDensity(
  working: WorkingImage,
  feature: StainFeature,
  background: readonly number[],
  kernels: Kernels,
) {
  if (feature === 'chromatin' || feature === 'a*') {
    return kernels.scoreByTables(working.rgb, stainTables(feature, background));
  }
  return {
    score: scoreStain(working, feature, background),
    density: totalDensity(working.rgb, densityTables(background)),
  };
}
