import type { CellMap } from './cell-outline.ts';
import type { Region } from './component-tree.ts';
import { otsuThresholds } from './otsu.ts';
import type { ScoredImage } from './scored-image.ts';

/**
 * What is measured of each cell. "Dark" is the part of the cell above Otsu's threshold of its own chromatin
 * score: its nucleus, whatever the stain of the cytoplasm. Areas are relative to a typical nucleus.
 */
export const FEATURE_NAMES = [
  'logCellArea',
  'logDarkArea',
  'darkShare',
  'nucleusShare',
  'darkOffset',
  'darkSpread',
  'darkElongation',
  'darkRoughness',
  'cellElongation',
  'separability',
  'logDarkDensity',
  'logPaleDensity',
  'contrast',
  'darkTexture',
  'coreDensity',
  'coreTexture',
  'darkRedToGreen',
  'paleRedToGreen',
] as const;

export type FeatureName = (typeof FEATURE_NAMES)[number];

/** Features that follow the stain or the magnification of a slide rather than the kind of cell. */
export const SLIDE_DEPENDENT: ReadonlySet<FeatureName> = new Set<FeatureName>([
  'logCellArea',
  'logDarkArea',
  'separability',
  'logDarkDensity',
  'logPaleDensity',
  'contrast',
  'darkTexture',
  'coreDensity',
  'coreTexture',
  'darkRedToGreen',
  'paleRedToGreen',
]);

/** One value per FEATURE_NAMES entry. */
export type CellFeatures = Float64Array;

/**
 * Measures every cell.
 * @param nuclei index i is the cell whose pixels `map.owner` marks i + 1
 * @param nucleusDiameter px, at the scale of the score
 */
export function measureCells(
  scored: ScoredImage,
  nuclei: readonly Region[],
  map: CellMap,
  nucleusDiameter: number,
): CellFeatures[] {
  const typicalArea = (Math.PI / 4) * nucleusDiameter ** 2;
  return nuclei.map((nucleus, index) => {
    const pixels = pixelsOf(map, index, scored.width);
    return measureCell(scored, pixels, nucleus.area, typicalArea);
  });
}

function pixelsOf({ owner, bounds }: CellMap, index: number, width: number): Int32Array {
  const [left, top, right, bottom] = bounds.subarray(index * 4, index * 4 + 4);
  const pixels = new Int32Array((right - left) * (bottom - top));
  let count = 0;
  for (let y = top; y < bottom; y++) {
    for (let at = y * width + left; at < y * width + right; at++) {
      if (owner[at] === index + 1) pixels[count++] = at;
    }
  }
  return pixels.subarray(0, count);
}

function measureCell(
  scored: ScoredImage,
  cell: Int32Array,
  nucleusArea: number,
  typicalArea: number,
): CellFeatures {
  const { smooth, width } = scored;
  const { threshold, separability } = innerThreshold(smooth, cell);
  const dark = cell.filter((at) => smooth[at] > threshold);
  const pale = cell.filter((at) => smooth[at] <= threshold);
  const cellShape = shapeOf(cell, width);
  const core = coreOf(smooth, cell, cellShape, width);
  const darkShape = dark.length > 0 ? shapeOf(dark, width) : cellShape;
  const darkStain = stainOf(scored, dark.length > 0 ? dark : cell);
  const paleStain = stainOf(scored, pale.length > 0 ? pale : cell);
  const values: Record<FeatureName, number> = {
    logCellArea: Math.log(cell.length / typicalArea),
    logDarkArea: Math.log(darkShape.area / typicalArea),
    darkShare: darkShape.area / cell.length,
    nucleusShare: Math.min(1, nucleusArea / cell.length),
    darkOffset: Math.hypot(darkShape.x - cellShape.x, darkShape.y - cellShape.y) / Math.sqrt(cell.length),
    darkSpread: Math.log(darkShape.spread),
    darkElongation: darkShape.elongation,
    darkRoughness: roughness(smooth, dark, threshold, width),
    cellElongation: cellShape.elongation,
    separability,
    logDarkDensity: Math.log(darkStain.density + 1),
    logPaleDensity: Math.log(paleStain.density + 1),
    contrast: 1 - paleStain.density / (darkStain.density + 1),
    darkTexture: darkStain.deviation / (darkStain.density + 1),
    coreDensity: core.mean / (darkStain.chromatin + 1),
    coreTexture: core.deviation / (darkStain.chromatin + 1),
    darkRedToGreen: darkStain.redToGreen,
    paleRedToGreen: paleStain.redToGreen,
  };
  return Float64Array.from(FEATURE_NAMES, (name) => values[name]);
}

/** Otsu's threshold among the given pixels, and the share of their variance that it explains (0–1). */
function innerThreshold(values: Uint8Array, pixels: Int32Array) {
  const histogram = new Uint32Array(256);
  let sum = 0;
  let squares = 0;
  for (const at of pixels) {
    histogram[values[at]]++;
    sum += values[at];
    squares += values[at] ** 2;
  }
  const [threshold] = otsuThresholds(histogram, 2);
  let low = 0;
  let lowSum = 0;
  for (let v = 0; v <= threshold; v++) {
    low += histogram[v];
    lowSum += v * histogram[v];
  }
  const high = pixels.length - low;
  const variance = squares / pixels.length - (sum / pixels.length) ** 2;
  if (low === 0 || high === 0 || variance < 1e-9) return { threshold, separability: 0 };
  const gap = (sum - lowSum) / high - lowSum / low;
  return { threshold, separability: (low * high * gap ** 2) / (pixels.length ** 2 * variance) };
}

function shapeOf(pixels: Int32Array, width: number) {
  let sumX = 0;
  let sumY = 0;
  for (const at of pixels) {
    sumX += at % width;
    sumY += Math.floor(at / width);
  }
  const area = pixels.length;
  const x = sumX / area;
  const y = sumY / area;
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (const at of pixels) {
    const dx = (at % width) - x;
    const dy = Math.floor(at / width) - y;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  xx = xx / area + 1 / 12;
  yy = yy / area + 1 / 12;
  xy /= area;
  const determinant = Math.max(0, xx * yy - xy * xy);
  const half = Math.sqrt(((xx - yy) / 2) ** 2 + xy * xy);
  return {
    area,
    x,
    y,
    /** Area of the moment ellipse over the area: 1 for an ellipse, more for scattered lobes. */
    spread: (4 * Math.PI * Math.sqrt(determinant)) / area,
    /** Minor over major axis, 0–1. */
    elongation: Math.sqrt(Math.max(0, (xx + yy) / 2 - half) / ((xx + yy) / 2 + half)),
  };
}

/** Chromatin in the middle of the cell, away from its blurred border. */
function coreOf(values: Uint8Array, cell: Int32Array, { x, y }: { x: number; y: number }, width: number) {
  const radius = CORE_RADIUS * Math.sqrt(cell.length / Math.PI);
  let count = 0;
  let sum = 0;
  let squares = 0;
  for (const at of cell) {
    if (((at % width) - x) ** 2 + (Math.floor(at / width) - y) ** 2 > radius ** 2) continue;
    count++;
    sum += values[at];
    squares += values[at] ** 2;
  }
  const mean = count > 0 ? sum / count : 0;
  return { mean, deviation: count > 0 ? Math.sqrt(Math.max(0, squares / count - mean ** 2)) : 0 };
}

/** Share of the radius of a disc of the cell's area. */
const CORE_RADIUS = 0.6;

/** Boundary sides of the dark part relative to those of a disc of its area. */
function roughness(values: Uint8Array, dark: Int32Array, threshold: number, width: number): number {
  if (dark.length === 0) return 1;
  let sides = 0;
  for (const at of dark) {
    for (const step of [-1, 1, -width, width]) {
      const neighbour = values[at + step];
      if (neighbour === undefined || neighbour <= threshold) sides++;
    }
  }
  // A disc of area A has about 8·√(A/π) pixel sides.
  return sides / (8 * Math.sqrt(dark.length / Math.PI));
}

function stainOf({ smooth, density, rgb, background }: ScoredImage, pixels: Int32Array) {
  let sum = 0;
  let squares = 0;
  let red = 0;
  let green = 0;
  let chromatin = 0;
  for (const at of pixels) {
    chromatin += smooth[at];
    sum += density[at];
    squares += density[at] ** 2;
    red += rgb[at * 3];
    green += rgb[at * 3 + 1];
  }
  const count = pixels.length;
  const mean = sum / count;
  const opticalDensity = (value: number, empty: number) =>
    Math.max(0, Math.log10(empty / Math.max(1, value / count)));
  return {
    density: mean,
    chromatin: chromatin / count,
    deviation: Math.sqrt(Math.max(0, squares / count - mean ** 2)),
    redToGreen: (opticalDensity(red, background[0]) + 0.02) / (opticalDensity(green, background[1]) + 0.02),
  };
}
