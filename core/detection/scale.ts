import { findRegions, type Region } from './component-tree.ts';
import { strongGradient } from './edge-strength.ts';
import type { RgbImage } from './image.ts';
import { type Kernels, PLAIN_KERNELS } from './kernels/kernels.ts';
import { otsuThresholds } from './otsu.ts';
import type { DetectionParameters, DetectionPreset } from './parameters.ts';
import { redCellEdges, typicalDiameter } from './red-cell-edges.ts';
import { type ColouredImage, type StainedImage, smoothScore, stainImage } from './stained-image.ts';

/** Where the working scale came from. */
export type ScaleSource = 'microns_per_pixel' | 'estimated' | 'given' | 'default';

/** What sets the scale of a specimen. */
interface Yardstick {
  /** Typical diameter, µm; own choice for air-dried, stained cells. */
  diameterUm: number;
  /** Diameter it is brought to at working scale, px. */
  workingPx: number;
  /** Diameter in pixels of the stained image; undefined when the image does not tell. */
  estimate: (stained: StainedImage, kernels: Kernels) => number | undefined;
  /** The size of cells is estimated on at most this many pixels. */
  estimatePixels: number;
  /** How often the estimate is made again at the scale it led to, where it is surer: small details are gone. */
  repeats: number;
}

/** Nuclei in lavage fields, red cells in blood smears. */
const YARDSTICKS: Record<DetectionPreset, Yardstick> = {
  bal: {
    diameterUm: 8,
    workingPx: 20,
    estimate: estimateNucleusDiameter,
    estimatePixels: 250_000,
    repeats: 0,
  },
  blood: {
    diameterUm: 7.5,
    workingPx: 32,
    estimate: estimateRedCellDiameter,
    estimatePixels: 800_000,
    repeats: 1,
  },
};

const SMALLEST_DOWNSCALE = 0.5;
const LARGEST_DOWNSCALE = 8;

/** Fewer regions than this say nothing about the size of cells. */
const LEAST_EVIDENCE = 4;

/** An image at the scale that suits it. */
export interface ScaledImage {
  stained: ColouredImage;
  source: ScaleSource;
}

/**
 * Reads the stain of an image at a scale where a typical nucleus (or red cell) has its working size: from microns
 * per pixel, else from those found in the image, else as it is.
 * @param downscale image pixels per working pixel, or 'auto'
 * @param micronsPerPixel greater than 0
 */
export function stainAtWorkingScale(
  image: RgbImage,
  parameters: Pick<DetectionParameters, 'preset' | 'downscale' | 'nucleusDiameter'>,
  micronsPerPixel?: number,
  kernels: Kernels = PLAIN_KERNELS,
): ScaledImage {
  const { preset, downscale } = parameters;
  const { shrink } = workedNucleus(parameters);
  const at = (scale: number) => stainImage(image, scale, kernels);
  if (downscale !== 'auto') return { stained: at(downscale * shrink), source: 'given' };
  const { diameterUm, workingPx, estimate, estimatePixels, repeats } = YARDSTICKS[preset];
  if (micronsPerPixel !== undefined) {
    const stained = at(steppedDownscale(diameterUm / micronsPerPixel / workingPx) * shrink);
    return { stained, source: 'microns_per_pixel' };
  }
  let stained = at(coarseDownscale(image, estimatePixels));
  for (let round = 0; round <= repeats; round++) {
    const diameter = estimate(stained, kernels);
    if (diameter === undefined && round > 0) break;
    if (diameter === undefined) return { stained: at(shrink), source: 'default' };
    const best = steppedDownscale((diameter * stained.downscale) / workingPx);
    if (best === stained.downscale) break;
    stained = at(best);
  }
  return { stained: shrink === 1 ? stained : at(stained.downscale * shrink), source: 'estimated' };
}

/**
 * Nuclei of a lavage that are much larger than those that the classifier was trained on are looked for at a smaller
 * scale: neither nuclei nor names gain by more pixels.
 * @returns by how much the image is shrunk beyond `downscale`, and the diameter of a typical nucleus then, px
 */
export function workedNucleus({
  preset,
  nucleusDiameter,
}: Pick<DetectionParameters, 'preset' | 'nucleusDiameter'>): { shrink: number; diameter: number } {
  const shrink =
    preset === 'bal' ? Math.max(1, steppedDownscale(nucleusDiameter / YARDSTICKS.bal.workingPx)) : 1;
  return { shrink, diameter: nucleusDiameter / shrink };
}

/** Half octaves keep a slightly different estimate from changing every pixel. */
function steppedDownscale(exact: number): number {
  const stepped = 2 ** (Math.round(2 * Math.log2(exact)) / 2);
  return Math.min(LARGEST_DOWNSCALE, Math.max(SMALLEST_DOWNSCALE, stepped));
}

function coarseDownscale({ width, height }: RgbImage, pixels: number): number {
  const halfOctaves = Math.ceil(Math.log2((width * height) / pixels));
  return Math.max(1, 2 ** (halfOctaves / 2));
}

/**
 * Diameter of a typical nucleus in pixels of the stained image: the weighted median of the regions that
 * look like nuclei at any size. The ladder starts where Otsu's method parts nuclei from the other stained
 * pixels, so that whole cells are not taken for nuclei.
 * @returns undefined when too few look so
 */
export function estimateNucleusDiameter(
  stained: StainedImage,
  kernels: Kernels = PLAIN_KERNELS,
): number | undefined {
  const { width, height } = stained;
  const smooth = smoothScore(stained, 'chromatin', kernels);
  const nuclear = nuclearThreshold(smooth, stained);
  const edges = {
    smooth,
    width,
    height,
    strong: strongGradient(kernels.countGradients(smooth, width, height)),
  };
  const search = {
    thresholds: LADDER_ABOVE_NUCLEAR.map((factor) => Math.round(factor * nuclear)),
    minArea: 24,
    maxArea: (width * height) / 16,
    minScore: 1,
    edgeWeight: 0.5,
    splitMargin: 0.02,
  };
  const regions = findRegions(edges, search, kernels);
  if (regions.length < LEAST_EVIDENCE) return undefined;
  return weightedMedianDiameter(regions) * INSET;
}

/** The ladder starts inside the outline that is drawn around a nucleus; own choice, tuned on BAL fields. */
const INSET = 1.08;

const LADDER_ABOVE_NUCLEAR = [0.9, 1, 1.15, 1.3, 1.5, 1.75];

/** Score that parts nuclei from cytoplasm among the stained pixels. */
function nuclearThreshold(smooth: Uint8Array, { density, cytoplasm }: StainedImage): number {
  const histogram = new Uint32Array(256);
  for (let i = 0; i < smooth.length; i++) if (density[i] > cytoplasm) histogram[smooth[i]]++;
  return otsuThresholds(histogram, 2)[0];
}

/** Red cells are looked for from this diameter, px, to this share of the image's shorter side. */
const SMALLEST_RED_CELL_PX = 12;
const LARGEST_RED_CELL = 0.6;

/**
 * Diameter of a red cell in pixels of the stained image: the circle that its edges agree on best.
 * @returns undefined when hardly any circle is there
 */
export function estimateRedCellDiameter(stained: StainedImage): number | undefined {
  const largest = LARGEST_RED_CELL * Math.min(stained.width, stained.height);
  return typicalDiameter(redCellEdges(stained), SMALLEST_RED_CELL_PX, largest);
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
