import { findRegions, type Region } from './component-tree.ts';
import type { RgbImage } from './image.ts';
import { type ScoredImage, scoreImage } from './scored-image.ts';
import { STEPS_PER_SCORE_UNIT, type StainFeature } from './stain.ts';

/** Where the working scale came from. */
export type ScaleSource = 'microns_per_pixel' | 'estimated' | 'given' | 'default';

/** Diameter of a typical nucleus on a cytospin or smear, µm; own choice. */
const TYPICAL_NUCLEUS_UM = 8;

/** Diameter that a typical nucleus is brought to at working scale, px. */
const WORKING_NUCLEUS_PX = 20;

const SMALLEST_DOWNSCALE = 0.5;
const LARGEST_DOWNSCALE = 8;

/** The size of nuclei is estimated on at most this many pixels. */
const ESTIMATE_PIXELS = 800_000;

/** Fewer regions than this say nothing about the size of nuclei. */
const LEAST_EVIDENCE = 4;

/** An image scored at the scale that suits it. */
export interface ScaledScore {
  scored: ScoredImage;
  source: ScaleSource;
}

/**
 * Scores an image at a scale where a typical nucleus is about 20 px across: from microns per pixel, else from
 * the nuclei found in the image, else as it is.
 * @param downscale image pixels per working pixel, or 'auto'
 * @param micronsPerPixel greater than 0
 */
export function scoreAtWorkingScale(
  image: RgbImage,
  feature: StainFeature,
  downscale: number | 'auto',
  micronsPerPixel?: number,
): ScaledScore {
  if (downscale !== 'auto') return { scored: scoreImage(image, feature, downscale), source: 'given' };
  if (micronsPerPixel !== undefined) {
    const nucleusPx = TYPICAL_NUCLEUS_UM / micronsPerPixel;
    const scored = scoreImage(image, feature, nearestDownscale(nucleusPx));
    return { scored, source: 'microns_per_pixel' };
  }
  const coarse = scoreImage(image, feature, coarseDownscale(image));
  const diameter = estimateNucleusDiameter(coarse);
  const best = diameter === undefined ? 1 : nearestDownscale(diameter * coarse.downscale);
  return {
    scored: best === coarse.downscale ? coarse : scoreImage(image, feature, best),
    source: diameter === undefined ? 'default' : 'estimated',
  };
}

/** Half octaves keep a slightly different estimate from changing every pixel. */
function nearestDownscale(nucleusPx: number): number {
  const exact = nucleusPx / WORKING_NUCLEUS_PX;
  const stepped = 2 ** (Math.round(2 * Math.log2(exact)) / 2);
  return Math.min(LARGEST_DOWNSCALE, Math.max(SMALLEST_DOWNSCALE, stepped));
}

function coarseDownscale({ width, height }: RgbImage): number {
  const halfOctaves = Math.ceil(Math.log2((width * height) / ESTIMATE_PIXELS));
  return Math.max(1, 2 ** (halfOctaves / 2));
}

/**
 * Diameter of a typical nucleus in pixels of the scored image: the area-weighted median of the regions that
 * look like nuclei at any size.
 * @returns undefined when too few look so
 */
export function estimateNucleusDiameter(scored: ScoredImage): number | undefined {
  const { smooth, edges, width, height } = scored;
  const regions = findRegions(smooth, edges, width, height, {
    thresholds: ESTIMATE_THRESHOLDS.map((units) => units * STEPS_PER_SCORE_UNIT),
    minArea: 24,
    maxArea: (width * height) / 16,
    minScore: 1.1,
    edgeWeight: 0.5,
    splitMargin: 0.02,
  });
  if (regions.length < LEAST_EVIDENCE) return undefined;
  return 2 * Math.sqrt(weightedMedianArea(regions) / Math.PI);
}

const ESTIMATE_THRESHOLDS = [4, 7, 10, 13, 16, 20, 24, 30];

/** The area that half of the regions' total area lies below. */
function weightedMedianArea(regions: readonly Region[]): number {
  const areas = regions.map((region) => region.area).sort((a, b) => a - b);
  let half = areas.reduce((sum, area) => sum + area, 0) / 2;
  for (const area of areas) {
    half -= area;
    if (half <= 0) return area;
  }
  return areas[areas.length - 1];
}
