import type { CellMap } from './cell-outline.ts';
import { type CellPatch, cutOutCell, patchLight } from './cell-patch.ts';
import { otsuThresholds } from './otsu.ts';
import { DISTANCE_PER_PX, distanceInside, partAreas, solidity } from './patch-shape.ts';
import type { CellImage } from './stained-image.ts';

/**
 * What is measured of each cell, in the cell's own density of red light: "dark" is above Otsu's threshold of it
 * (the nucleus, whatever the stain of the cytoplasm), "pale" the rest, "peak" its 95th percentile, "inner" what
 * lies away from the outline. Own choice among 116 candidates, by recursive elimination on BAL crops.
 */
export const FEATURE_NAMES = [
  /** Area of the cell and of its dark part, logarithm of multiples of a typical nucleus. */
  'logCellArea',
  'logDarkArea',
  /** Dark area over cell area. */
  'darkShare',
  /** Pale area over the geometric mean of cell and typical nucleus. */
  'paleRim',
  /** Area of the largest disc inside the dark part over its area. */
  'darkThickness',
  /** Dark area over that of its convex hull. */
  'darkSolidity',
  /** Most separate parts at any of seven thresholds up to the peak. */
  'lobes',
  /** Shares of the cell above 60 and 80 % of the peak; solidity and largest share of the parts above 80 %. */
  'share60',
  'share80',
  'solidity80',
  'largestPart80',
  /** Mean gradient inside and along the dark part's border, relative to the peak. */
  'innerGradient',
  'borderGradient',
  /** Density of the middle relative to everything inside. */
  'centreToInner',
  /** Density of the pale part relative to the peak and to the dark part; its unevenness. */
  'paleToPeak',
  'redContrast',
  'paleTexture',
  /** Unevenness in green light inside, and how far it follows that in red light (correlation). */
  'greenTexture',
  'redGreenCorrelation',
  /** Hues: ratios of optical densities. */
  'darkBlueToGreen',
  'paleBlueToGreen',
  'darkRedToGreen',
  'paleRedToGreen',
] as const;

export type FeatureName = (typeof FEATURE_NAMES)[number];

/** Features that follow the stain or the magnification of a slide rather than the kind of cell. */
export const SLIDE_DEPENDENT: ReadonlySet<string> = new Set<FeatureName>([
  'logCellArea',
  'logDarkArea',
  'innerGradient',
  'borderGradient',
  'redContrast',
  'darkBlueToGreen',
  'paleBlueToGreen',
  'darkRedToGreen',
  'paleRedToGreen',
]);

/** One value per FEATURE_NAMES entry. */
export type CellFeatures = Float64Array;

/** Share of the greatest distance from the outline beyond which a pixel is inner, and central. */
const INNER_DEPTH = 0.35;
const CENTRAL_DEPTH = 0.7;

/** Smallest lobe, as a share of the cell. */
const SMALLEST_LOBE = 0.03;
const LOBE_LEVELS = 8;

/** Keeps ratios of optical densities finite and steady where there is hardly any stain. */
const FAINT_DENSITY = 0.02;

/**
 * Measures cells.
 * @param cells indices of the cells to measure; `map.owner` marks the pixels of cell i with i + 1
 * @param nucleusDiameter px, at the scale of the score
 */
export function measureCells(
  scored: CellImage,
  cells: readonly number[],
  map: CellMap,
  nucleusDiameter: number,
): CellFeatures[] {
  const typicalArea = (Math.PI / 4) * nucleusDiameter ** 2;
  const { light } = scored;
  const shades = patchLight(light);
  return cells.map((index) => {
    const patch = cutOutCell(scored, map, index, shades);
    const values = measureCell(scored, patch, light, typicalArea);
    return Float64Array.from(FEATURE_NAMES, (name) => values[name]);
  });
}

function measureCell(
  scored: CellImage,
  patch: CellPatch,
  light: readonly Float32Array[],
  typicalArea: number,
): Record<FeatureName, number> {
  const { cell, red, width } = patch;
  const histogram = new Uint32Array(256);
  for (let k = 0; k < cell.length; k++) histogram[red[cell[k]]]++;
  const peak = Math.max(1, levelAt(histogram, 0.95 * cell.length));
  const [threshold] = otsuThresholds(histogram, 2);
  const dark = pixelsAbove(red, cell, threshold);
  const paleArea = cell.length - dark.length;
  const stain = stainOfParts(scored, patch, light, threshold);
  const high = pixelsAbove(red, cell, 0.8 * peak);
  return {
    logCellArea: Math.log(cell.length / typicalArea),
    logDarkArea: Math.log(Math.max(1, dark.length) / typicalArea),
    darkShare: dark.length / cell.length,
    paleRim: paleArea / Math.sqrt(cell.length * typicalArea),
    ...measureDark(patch, dark, peak),
    lobes: countLobes(patch, levelAt(histogram, 0.4 * cell.length), peak),
    share60: countAbove(histogram, 0.6 * peak) / cell.length,
    share80: high.length / cell.length,
    solidity80: solidity(high, width),
    largestPart80: largestShare(partAreas(high, width)),
    ...measureInner(patch, peak),
    paleToPeak: meanUpTo(histogram, threshold) / peak,
    redContrast: 1 - stain.pale.red / (stain.dark.red + FAINT_DENSITY),
    paleTexture: stain.pale.unevenness,
    darkBlueToGreen: stain.dark.blueToGreen,
    paleBlueToGreen: stain.pale.blueToGreen,
    darkRedToGreen: stain.dark.redToGreen,
    paleRedToGreen: stain.pale.redToGreen,
  };
}

/** Form of the dark part and the sharpness of its border. */
function measureDark({ red, width }: CellPatch, dark: Int32Array, peak: number) {
  const depth = distanceInside(dark, width, red.length);
  let deepest = 0;
  let gradient = 0;
  let border = 0;
  for (let k = 0; k < dark.length; k++) {
    const at = dark[k];
    if (depth[at] > deepest) deepest = depth[at];
    if (depth[at] > DISTANCE_PER_PX) continue;
    gradient += gradientAt(red, width, at);
    border++;
  }
  return {
    darkThickness: (Math.PI * (deepest / DISTANCE_PER_PX) ** 2) / Math.max(1, dark.length),
    darkSolidity: solidity(dark, width),
    borderGradient: gradient / Math.max(1, border) / peak,
  };
}

/** Most parts of a lobe's size at any of the levels between two densities. */
function countLobes({ cell, red, width }: CellPatch, from: number, to: number): number {
  const smallest = Math.max(2, SMALLEST_LOBE * cell.length);
  let most = 1;
  const above = cell.slice();
  let left = above.length;
  for (let i = 1; i < LOBE_LEVELS; i++) {
    left = keepAbove(red, above, left, from + ((to - from) * i) / LOBE_LEVELS);
    const lobes = partAreas(above.subarray(0, left), width).filter((area) => area >= smallest);
    most = Math.max(most, lobes.length);
  }
  return most;
}

/** Texture away from the outline, where neither blur nor the pale rim tells. */
function measureInner({ cell, red, green, width }: CellPatch, peak: number) {
  const depth = distanceInside(cell, width, red.length);
  let deepest = 0;
  for (let k = 0; k < cell.length; k++) if (depth[cell[k]] > deepest) deepest = depth[cell[k]];
  const inner = pixelsDeeper(depth, cell, INNER_DEPTH * deepest);
  const centre = pixelsDeeper(depth, inner, CENTRAL_DEPTH * deepest);
  const inRed = meanAndDeviation(red, inner);
  const inGreen = meanAndDeviation(green, inner);
  let gradient = 0;
  let together = 0;
  for (let k = 0; k < inner.length; k++) {
    const at = inner[k];
    gradient += gradientAt(red, width, at);
    together += (red[at] - inRed.mean) * (green[at] - inGreen.mean);
  }
  return {
    innerGradient: gradient / inner.length / peak,
    centreToInner: meanAndDeviation(red, centre).mean / (inRed.mean + 1),
    greenTexture: inGreen.deviation / (inGreen.mean + 1),
    redGreenCorrelation: together / inner.length / (inRed.deviation * inGreen.deviation + 0.01),
  };
}

/** Length of the central difference over two pixels each way. */
function gradientAt(values: Uint8Array, width: number, at: number): number {
  const across = values[at + 1] - values[at - 1];
  const down = values[at + width] - values[at - width];
  return Math.sqrt(across * across + down * down);
}

/** The pixels whose value is above a level, in their order; `filter` takes ten times as long. */
function pixelsAbove(values: Uint8Array, pixels: Int32Array, level: number): Int32Array {
  const above = pixels.slice();
  return above.subarray(0, keepAbove(values, above, above.length, level));
}

/** Moves those of the first `count` pixels whose value is above a level to the front. @returns how many */
function keepAbove(values: Uint8Array, pixels: Int32Array, count: number, level: number): number {
  let kept = 0;
  for (let k = 0; k < count; k++) {
    const at = pixels[k];
    if (values[at] > level) pixels[kept++] = at;
  }
  return kept;
}

/** `pixelsAbove` for distances: one function for both kinds of arrays takes twice as long. */
function pixelsDeeper(depth: Uint16Array, pixels: Int32Array, least: number): Int32Array {
  const deeper = new Int32Array(pixels.length);
  let count = 0;
  for (let k = 0; k < pixels.length; k++) if (depth[pixels[k]] > least) deeper[count++] = pixels[k];
  return deeper.subarray(0, count);
}

/** Lowest level that more than `count` pixels lie at or below. */
function levelAt(histogram: Uint32Array, count: number): number {
  let below = 0;
  for (let level = 0; level < 256; level++) {
    below += histogram[level];
    if (below > count) return level;
  }
  return 255;
}

/** How many values are above a level. */
function countAbove(histogram: Uint32Array, level: number): number {
  let count = 0;
  for (let value = 255; value > level; value--) count += histogram[value];
  return count;
}

/** Mean of the values up to a level; 0 of none. */
function meanUpTo(histogram: Uint32Array, level: number): number {
  let sum = 0;
  let count = 0;
  for (let value = 0; value <= level; value++) {
    sum += value * histogram[value];
    count += histogram[value];
  }
  return sum / Math.max(1, count);
}

function largestShare(areas: readonly number[]): number {
  const total = areas.reduce((sum, area) => sum + area, 0);
  return total > 0 ? Math.max(...areas) / total : 1;
}

/** 0 and 0 of no pixels. */
function meanAndDeviation(values: Uint8Array, pixels: Int32Array) {
  let sum = 0;
  let squares = 0;
  for (let k = 0; k < pixels.length; k++) {
    const value = values[pixels[k]];
    sum += value;
    squares += value * value;
  }
  const count = Math.max(1, pixels.length);
  const mean = sum / count;
  return { mean, deviation: Math.sqrt(Math.max(0, squares / count - mean ** 2)) };
}

/** Mean colour of the dark and of the pale part, and how unevenly each is stained; an empty slide's of no pixels. */
function stainOfParts(
  { density, rgb }: CellImage,
  { cell, pixels, red }: CellPatch,
  [redLight, greenLight, blueLight]: readonly Float32Array[],
  threshold: number,
) {
  const dark = new Float64Array(6);
  const pale = new Float64Array(6);
  for (let k = 0; k < cell.length; k++) {
    const sums = red[cell[k]] > threshold ? dark : pale;
    const at = pixels[k];
    sums[0] += redLight[rgb[3 * at]];
    sums[1] += greenLight[rgb[3 * at + 1]];
    sums[2] += blueLight[rgb[3 * at + 2]];
    sums[3] += density[at];
    sums[4] += density[at] * density[at];
    sums[5]++;
  }
  return { dark: stainOf(dark), pale: stainOf(pale) };
}

/** @param sums of the density in red, green and blue light, of the total density and its square, and of pixels */
function stainOf(sums: Float64Array) {
  const [red, green, blue, mean, squares] = sums.map((sum) => sum / Math.max(1, sums[5]));
  const deviation = Math.sqrt(Math.max(0, squares - mean ** 2));
  return {
    red,
    unevenness: deviation / (mean + 1),
    redToGreen: (red + FAINT_DENSITY) / (green + FAINT_DENSITY),
    blueToGreen: (blue + FAINT_DENSITY) / (green + FAINT_DENSITY),
  };
}
