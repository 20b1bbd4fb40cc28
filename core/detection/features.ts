import type { CellMap } from './cell-outline.ts';
import { type CellPatch, cutOutCell } from './cell-patch.ts';
import type { CellImage } from './measuring-scale.ts';
import { otsuThresholds } from './otsu.ts';
import { distanceInside, partAreas, solidity } from './patch-shape.ts';
import { opticalDensityTable } from './stain.ts';

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
  const light = scored.background.map(opticalDensityTable);
  return cells.map((index) => {
    const patch = cutOutCell(scored, map, index, light);
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
  const { cell, red, width, pixels } = patch;
  const histogram = new Uint32Array(256);
  for (const at of cell) histogram[red[at]]++;
  const peak = Math.max(1, levelAt(histogram, 0.95 * cell.length));
  const [threshold] = otsuThresholds(histogram, 2);
  const [dark, pale] = partition(red, cell, threshold, cell);
  const [darkPixels, palePixels] = partition(red, cell, threshold, pixels);
  const darkStain = stainOf(scored, light, darkPixels);
  const paleStain = stainOf(scored, light, palePixels);
  const high = pixelsAbove(red, cell, 0.8 * peak);
  return {
    logCellArea: Math.log(cell.length / typicalArea),
    logDarkArea: Math.log(Math.max(1, dark.length) / typicalArea),
    darkShare: dark.length / cell.length,
    paleRim: pale.length / Math.sqrt(cell.length * typicalArea),
    ...measureDark(patch, dark, peak),
    lobes: countLobes(patch, levelAt(histogram, 0.4 * cell.length), peak),
    share60: pixelsAbove(red, cell, 0.6 * peak).length / cell.length,
    share80: high.length / cell.length,
    solidity80: solidity(high, width),
    largestPart80: largestShare(partAreas(high, width, red.length)),
    ...measureInner(patch, peak),
    paleToPeak: meanAndDeviation(red, pale).mean / peak,
    redContrast: 1 - paleStain.red / (darkStain.red + FAINT_DENSITY),
    paleTexture: paleStain.unevenness,
    darkBlueToGreen: darkStain.blueToGreen,
    paleBlueToGreen: paleStain.blueToGreen,
    darkRedToGreen: darkStain.redToGreen,
    paleRedToGreen: paleStain.redToGreen,
  };
}

/** Form of the dark part and the sharpness of its border. */
function measureDark({ red, width }: CellPatch, dark: Int32Array, peak: number) {
  const marked = new Uint8Array(red.length);
  for (const at of dark) marked[at] = 1;
  const depth = distanceInside(marked, width);
  let deepest = 0;
  let gradient = 0;
  let border = 0;
  for (const at of dark) {
    deepest = Math.max(deepest, depth[at]);
    if (depth[at] > 1) continue;
    gradient += gradientAt(red, width, at);
    border++;
  }
  return {
    darkThickness: (Math.PI * deepest ** 2) / Math.max(1, dark.length),
    darkSolidity: solidity(dark, width),
    borderGradient: gradient / Math.max(1, border) / peak,
  };
}

/** Most parts of a lobe's size at any of the levels between two densities. */
function countLobes({ cell, red, width }: CellPatch, from: number, to: number): number {
  const smallest = Math.max(2, SMALLEST_LOBE * cell.length);
  let most = 1;
  for (let i = 1; i < LOBE_LEVELS; i++) {
    const level = from + ((to - from) * i) / LOBE_LEVELS;
    const parts = partAreas(pixelsAbove(red, cell, level), width, red.length);
    most = Math.max(most, parts.filter((area) => area >= smallest).length);
  }
  return most;
}

/** Texture away from the outline, where neither blur nor the pale rim tells. */
function measureInner({ cell, inside, red, green, width }: CellPatch, peak: number) {
  const depth = distanceInside(inside, width);
  let deepest = 0;
  for (const at of cell) deepest = Math.max(deepest, depth[at]);
  const inner = pixelsAbove(depth, cell, INNER_DEPTH * deepest);
  const centre = pixelsAbove(depth, inner, CENTRAL_DEPTH * deepest);
  const inRed = meanAndDeviation(red, inner);
  const inGreen = meanAndDeviation(green, inner);
  let gradient = 0;
  let together = 0;
  for (const at of inner) {
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
function pixelsAbove(values: ArrayLike<number>, pixels: Int32Array, level: number): Int32Array {
  return partition(values, pixels, level, pixels)[0];
}

/** Entries of `kept` whose pixel's value is above a level, and the others. */
function partition(values: ArrayLike<number>, pixels: Int32Array, level: number, kept: Int32Array) {
  const sorted = new Int32Array(pixels.length);
  let above = 0;
  let below = pixels.length;
  for (let k = 0; k < pixels.length; k++) {
    if (values[pixels[k]] > level) sorted[above++] = kept[k];
    else sorted[--below] = kept[k];
  }
  return [sorted.subarray(0, above), sorted.subarray(above).reverse()];
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

function largestShare(areas: readonly number[]): number {
  const total = areas.reduce((sum, area) => sum + area, 0);
  return total > 0 ? Math.max(...areas) / total : 1;
}

/** 0 and 0 of no pixels. */
function meanAndDeviation(values: Uint8Array, pixels: Int32Array) {
  let sum = 0;
  let squares = 0;
  for (const at of pixels) {
    sum += values[at];
    squares += values[at] ** 2;
  }
  const count = Math.max(1, pixels.length);
  const mean = sum / count;
  return { mean, deviation: Math.sqrt(Math.max(0, squares / count - mean ** 2)) };
}

/** Mean colour of some pixels of the image, and how unevenly they are stained; an empty slide's of no pixels. */
function stainOf({ density, rgb }: CellImage, light: readonly Float32Array[], pixels: Int32Array) {
  const [red, green, blue] = light.map((table, channel) => {
    let sum = 0;
    for (const at of pixels) sum += table[rgb[at * 3 + channel]];
    return sum / Math.max(1, pixels.length);
  });
  const { mean, deviation } = meanAndDeviation(density, pixels);
  return {
    red,
    unevenness: deviation / (mean + 1),
    redToGreen: (red + FAINT_DENSITY) / (green + FAINT_DENSITY),
    blueToGreen: (blue + FAINT_DENSITY) / (green + FAINT_DENSITY),
  };
}
