import { cytoplasmThreshold } from './cell-outline.ts';
import { findRegions, type Region } from './component-tree.ts';
import type { RgbImage } from './image.ts';
import { type Kernels, PLAIN_KERNELS } from './kernels/kernels.ts';
import { otsuThresholds } from './otsu.ts';
import type { DetectionParameters, DetectionPreset } from './parameters.ts';
import { findDiscs } from './red-cells.ts';
import { type ScoredImage, scoreImage } from './scored-image.ts';
import { stainFeature } from './stain.ts';

/** Where the working scale came from. */
export type ScaleSource = 'microns_per_pixel' | 'estimated' | 'given' | 'default';

/** What sets the scale of a specimen. */
interface Yardstick {
  /** Typical diameter, µm; own choice for air-dried, stained cells. */
  diameterUm: number;
  /** Diameter it is brought to at working scale, px. */
  workingPx: number;
  /** Diameter in pixels of the scored image; undefined when the image does not tell. */
  estimate: (scored: ScoredImage, kernels: Kernels) => number | undefined;
}

/** Nuclei in lavage fields, red cells in blood smears. */
const YARDSTICKS: Record<DetectionPreset, Yardstick> = {
  bal: { diameterUm: 8, workingPx: 20, estimate: estimateNucleusDiameter },
  blood: { diameterUm: 7.5, workingPx: 32, estimate: estimateRedCellDiameter },
};

const SMALLEST_DOWNSCALE = 0.5;
const LARGEST_DOWNSCALE = 8;

/** The size of cells is estimated on at most this many pixels. */
const ESTIMATE_PIXELS = 800_000;

/** Fewer regions than this say nothing about the size of cells. */
const LEAST_EVIDENCE = 4;

/** An image scored at the scale that suits it. */
export interface ScaledScore {
  scored: ScoredImage;
  source: ScaleSource;
}

/**
 * Scores an image at a scale where a typical nucleus (or red cell) has its working size: from microns per
 * pixel, else from those found in the image, else as it is.
 * @param downscale image pixels per working pixel, or 'auto'
 * @param micronsPerPixel greater than 0
 */
export function scoreAtWorkingScale(
  image: RgbImage,
  parameters: Pick<DetectionParameters, 'preset' | 'feature' | 'downscale'>,
  micronsPerPixel?: number,
  kernels: Kernels = PLAIN_KERNELS,
): ScaledScore {
  const { preset, downscale } = parameters;
  const feature = stainFeature(parameters);
  if (downscale !== 'auto')
    return { scored: scoreImage(image, feature, downscale, kernels), source: 'given' };
  const { diameterUm, workingPx, estimate } = YARDSTICKS[preset];
  if (micronsPerPixel !== undefined) {
    const scored = scoreImage(
      image,
      feature,
      steppedDownscale(diameterUm / micronsPerPixel / workingPx),
      kernels,
    );
    return { scored, source: 'microns_per_pixel' };
  }
  const coarse = scoreImage(image, feature, coarseDownscale(image), kernels);
  const diameter = estimate(coarse, kernels);
  if (diameter === undefined) return { scored: scoreImage(image, feature, 1, kernels), source: 'default' };
  const best = steppedDownscale((diameter * coarse.downscale) / workingPx);
  const scored = best === coarse.downscale ? coarse : scoreImage(image, feature, best, kernels);
  return { scored, source: 'estimated' };
}

/** Half octaves keep a slightly different estimate from changing every pixel. */
function steppedDownscale(exact: number): number {
  const stepped = 2 ** (Math.round(2 * Math.log2(exact)) / 2);
  return Math.min(LARGEST_DOWNSCALE, Math.max(SMALLEST_DOWNSCALE, stepped));
}

function coarseDownscale({ width, height }: RgbImage): number {
  const halfOctaves = Math.ceil(Math.log2((width * height) / ESTIMATE_PIXELS));
  return Math.max(1, 2 ** (halfOctaves / 2));
}

/**
 * Diameter of a typical nucleus in pixels of the scored image: the weighted median of the regions that
 * look like nuclei at any size. The ladder starts where Otsu's method parts nuclei from the other stained
 * pixels, so that whole cells are not taken for nuclei.
 * @returns undefined when too few look so
 */
export function estimateNucleusDiameter(
  scored: ScoredImage,
  kernels: Kernels = PLAIN_KERNELS,
): number | undefined {
  const { smooth, width, height } = scored;
  const nuclear = nuclearThreshold(scored);
  const edges = kernels.edgeStrength(smooth, width, height);
  const search = {
    thresholds: LADDER_ABOVE_NUCLEAR.map((factor) => Math.round(factor * nuclear)),
    minArea: 24,
    maxArea: (width * height) / 16,
    minScore: 1,
    edgeWeight: 0.5,
    splitMargin: 0.02,
  };
  const regions = findRegions(smooth, edges, width, height, search, kernels);
  if (regions.length < LEAST_EVIDENCE) return undefined;
  return weightedMedianDiameter(regions) * INSET;
}

/** The ladder starts inside the outline that is drawn around a nucleus; own choice, tuned on BAL fields. */
const INSET = 1.08;

const LADDER_ABOVE_NUCLEAR = [0.9, 1, 1.15, 1.3, 1.5, 1.75];

/** Score that parts nuclei from cytoplasm among the stained pixels. */
function nuclearThreshold({ smooth, density }: ScoredImage): number {
  const limit = cytoplasmThreshold(density);
  const histogram = new Uint32Array(256);
  for (let i = 0; i < smooth.length; i++) if (density[i] > limit) histogram[smooth[i]]++;
  return otsuThresholds(histogram, 2)[0];
}

/**
 * Diameter of a red cell in pixels of the scored image: the weighted median of the discs of any size.
 * @returns undefined when there are too few
 */
export function estimateRedCellDiameter(scored: ScoredImage): number | undefined {
  const discs = findDiscs(scored, 100, (scored.width * scored.height) / 8);
  return discs.length < LEAST_EVIDENCE ? undefined : weightedMedianDiameter(discs);
}

/** The diameter that half of the regions' summed diameters lies below: specks and clumps both weigh little. */
function weightedMedianDiameter(regions: readonly Region[]): number {
  const diameters = regions.map(({ area }) => 2 * Math.sqrt(area / Math.PI)).sort((a, b) => a - b);
  let half = diameters.reduce((sum, diameter) => sum + diameter, 0) / 2;
  for (const diameter of diameters) {
    half -= diameter;
    if (half <= 0) return diameter;
  }
  return diameters[diameters.length - 1];
}
