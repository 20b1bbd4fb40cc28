import { blurBinomial5 } from './blur.ts';
import { edgeStrength } from './edge-strength.ts';
import type { RgbImage } from './image.ts';
import { resample, type WorkingImage } from './resample.ts';
import { estimateBackground, opticalDensityTable, type StainFeature, scoreStain } from './stain.ts';

/** An image at working scale with everything that does not depend on thresholds. */
export interface ScoredImage extends WorkingImage {
  /** Image pixels per working pixel. */
  downscale: number;
  feature: StainFeature;
  /** Red, green, blue of the empty slide. */
  background: readonly number[];
  /** Smoothed stain score in steps of STEPS_PER_SCORE_UNIT a unit: length width × height. */
  smooth: Uint8Array;
  /** Edge strength of `smooth`, 255 being the image's strong edges: length width × height. */
  edges: Uint8Array;
  /** Smoothed total optical density × 100: length width × height. */
  density: Uint8Array;
}

/** Brings an image to working scale and scores its stain. */
export function scoreImage(image: RgbImage, feature: StainFeature, downscale: number): ScoredImage {
  const working = resample(image, downscale);
  const { width, height } = working;
  const background = estimateBackground(working);
  const smooth = blurBinomial5(scoreStain(working, feature, background), width, height);
  return {
    ...working,
    downscale,
    feature,
    background,
    smooth,
    edges: edgeStrength(smooth, width, height),
    density: blurBinomial5(totalDensity(working, background), width, height),
  };
}

/** Sum of the optical densities of the three channels × 100, clamped to 0–255. */
function totalDensity({ rgb }: WorkingImage, background: readonly number[]): Uint8Array {
  const [red, green, blue] = background.map(opticalDensityTable);
  const density = new Uint8Array(rgb.length / 3);
  for (let i = 0, at = 0; i < density.length; i++, at += 3) {
    density[i] = Math.min(255, 100 * (red[rgb[at]] + green[rgb[at + 1]] + blue[rgb[at + 2]]));
  }
  return density;
}
