import type { WorkingImage } from './resample.ts';

/** Which property of the stain the nuclei are found in. */
export type StainFeature = 'chromatin' | 'a*' | 'saturation' | 'od_green';

/** What is scored first: learned colours are tried on chromatin. */
export function stainFeature({ feature }: { feature: StainFeature | 'auto' }): StainFeature {
  return feature === 'auto' ? 'chromatin' : feature;
}

/** Steps of the 8-bit score image per score unit; 255 / 6 = 42.5 units is the brightest score held. */
export const STEPS_PER_SCORE_UNIT = 6;

/** One score unit is 1 of CIELAB a*, 2.5 % of HSV saturation, or 0.025 of green optical density. */
const SATURATION_PER_UNIT = 0.025;
const OPTICAL_DENSITY_PER_UNIT = 0.025;

/**
 * Chromatin is (a* + 35 × green optical density) / 2: redder than cytoplasm on Giemsa, denser on every stain.
 * Own choice: on Giemsa as good as a* alone, and it still parts nuclei from pink and violet cytoplasm.
 */
const REDNESS_IN_CHROMATIN = 0.5;
const DENSITY_IN_CHROMATIN = 17.5;

/** The grey the background is normalised to; below 255 so that brighter specks keep their colour. */
const NORMALISED_BACKGROUND = 240;

/**
 * Colour of the empty slide: per channel the brightest strong mode of the histogram.
 * @returns red, green, blue, each 1–255
 * @remarks Own choice, tuned on Giemsa-stained BAL fields: a mode is strong at 35 % of the highest one.
 */
export function estimateBackground({ rgb, width, height }: WorkingImage): [number, number, number] {
  const counts = new Uint32Array(768);
  const rowStep = Math.ceil((width * height) / BACKGROUND_PIXELS);
  for (let y = 0; y < height; y += rowStep) {
    for (let i = y * width * 3; i < (y + 1) * width * 3; i += 3) {
      counts[rgb[i]]++;
      counts[256 + rgb[i + 1]]++;
      counts[512 + rgb[i + 2]]++;
    }
  }
  const mode = (channel: number) => brightestMode(counts.subarray(256 * channel, 256 * (channel + 1)));
  return [mode(0), mode(1), mode(2)];
}

/** More pixels than this tell no more about the background; rows are skipped. */
const BACKGROUND_PIXELS = 500_000;

function brightestMode(histogram: Uint32Array): number {
  const smooth = new Float64Array(256);
  for (let value = DARKEST_BACKGROUND; value < 256; value++) {
    for (let k = Math.max(0, value - 3); k <= Math.min(255, value + 3); k++) smooth[value] += histogram[k];
  }
  // Clipped highlights pile up at the top; they are not the slide's own colour.
  smooth[254] /= 2;
  smooth[255] /= 2;
  const strong = 0.35 * smooth.reduce((a, b) => Math.max(a, b), 0);
  if (strong === 0) return 255;
  return smooth.findLastIndex((count) => count >= strong);
}

const DARKEST_BACKGROUND = 60;

/**
 * Scores how much each pixel looks like stained chromatin, on the background-normalised image.
 * @returns length width × height; score units × STEPS_PER_SCORE_UNIT, clamped to 0–255
 */
export function scoreStain(
  image: WorkingImage,
  feature: StainFeature,
  background: readonly number[],
): Uint8Array {
  if (feature === 'chromatin' || feature === 'a*') {
    return scoreByTables(image.rgb, stainTables(feature, background)).score;
  }
  if (feature === 'saturation') return scoreSaturation(image, background);
  return scoreGreenDensity(image, background);
}

/**
 * Everything that scoring looks up, in whole numbers so that every machine gives the same score. The tables of
 * red, green and blue follow each other: entry 256 × channel + value.
 */
export interface StainTables {
  /** Share of CIE X and Y in their white, × 2^20: length 768. */
  x: Int32Array;
  y: Int32Array;
  /** Optical density × 100 × TABLE_UNIT: length 768. */
  density: Int32Array;
  /** What a cube root adds to the score, × TABLE_UNIT, by X or Y × CUBE_ROOT_STEPS. */
  cubeRoot: Int32Array;
  /** What each value of green adds to the score, × TABLE_UNIT: length 256. */
  green: Int32Array;
}

const CUBE_ROOT_STEPS = 4096;

/** Fraction of the table entries that scores are summed in. */
const TABLE_UNIT = 256;

/** Tables of the weighted sum of CIELAB a* (CIE 1976, D65) and green optical density, and of the total density. */
export function stainTables(feature: 'chromatin' | 'a*', background: readonly number[]): StainTables {
  const redness = feature === 'a*' ? 1 : REDNESS_IN_CHROMATIN;
  const green = feature === 'a*' ? 0 : DENSITY_IN_CHROMATIN;
  const linear = background.map(linearLight);
  const table = (weights: readonly number[]) =>
    Int32Array.from({ length: 768 }, (_, i) =>
      Math.round(weights[i >> 8] * linear[i >> 8][i & 255] * CUBE_ROOT_STEPS * TABLE_UNIT),
    );
  return {
    x: table(WEIGHTS_X.map((weight) => weight / WHITE_X)),
    y: table(WEIGHTS_Y),
    density: densityTables(background),
    cubeRoot: CUBE_ROOTS.map((root) => redness * root),
    green: Int32Array.from(opticalDensityTable(background[1]), (density) =>
      Math.round(STEPS_PER_SCORE_UNIT * green * density * TABLE_UNIT),
    ),
  };
}

/** `StainTables.density` of a background. */
export function densityTables(background: readonly number[]): Int32Array {
  const tables = background.map(opticalDensityTable);
  return Int32Array.from({ length: 768 }, (_, i) => Math.round(100 * tables[i >> 8][i & 255] * TABLE_UNIT));
}

/** Score and total optical density × 100 of each pixel, both clamped to 0–255: length rgb.length / 3. */
export function scoreByTables(
  rgb: Uint8Array,
  { x, y, density, cubeRoot, green }: StainTables,
): { score: Uint8Array; density: Uint8Array } {
  const score = new Uint8Array(rgb.length / 3);
  for (let i = 0, at = 0; i < score.length; i++, at += 3) {
    const r = rgb[at];
    const g = rgb[at + 1];
    const b = rgb[at + 2];
    const shareX = (x[r] + x[256 + g] + x[512 + b]) >> 8;
    const shareY = (y[r] + y[256 + g] + y[512 + b]) >> 8;
    const value = (cubeRoot[shareX] - cubeRoot[shareY] + green[g]) >> 8;
    score[i] = value < 0 ? 0 : value > 255 ? 255 : value;
  }
  return { score, density: totalDensity(rgb, density) };
}

/** Sum of the optical densities of the three channels × 100, clamped to 0–255. */
export function totalDensity(rgb: Uint8Array, tables: Int32Array): Uint8Array {
  const density = new Uint8Array(rgb.length / 3);
  for (let i = 0, at = 0; i < density.length; i++, at += 3) {
    density[i] = Math.min(
      255,
      (tables[rgb[at]] + tables[256 + rgb[at + 1]] + tables[512 + rgb[at + 2]]) >> 8,
    );
  }
  return density;
}

const WEIGHTS_X = [0.412453, 0.35758, 0.180423];
const WEIGHTS_Y = [0.212671, 0.71516, 0.072169];
const WHITE_X = 0.950456;

/** Linear light, 0–1, of each 8-bit value after normalising the background. */
function linearLight(background: number): Float64Array {
  return Float64Array.from({ length: 256 }, (_, value) => {
    const c = Math.min(255, Math.floor((value * NORMALISED_BACKGROUND) / background)) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
}

/** 500 × the cube root of CIELAB in steps of the score; one spare entry, as rounding may lift white just over 1. */
const CUBE_ROOTS = Int32Array.from({ length: CUBE_ROOT_STEPS + 2 }, (_, i) => {
  const t = i / CUBE_ROOT_STEPS;
  return Math.round(
    500 * STEPS_PER_SCORE_UNIT * TABLE_UNIT * (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116),
  );
});

function scoreSaturation({ rgb }: WorkingImage, background: readonly number[]): Uint8Array {
  const gain = STEPS_PER_SCORE_UNIT / SATURATION_PER_UNIT;
  const score = new Uint8Array(rgb.length / 3);
  for (let i = 0, at = 0; i < score.length; i++, at += 3) {
    const red = rgb[at] / background[0];
    const green = rgb[at + 1] / background[1];
    const blue = rgb[at + 2] / background[2];
    const brightest = Math.max(red, green, blue);
    const saturation = brightest > 0 ? 1 - Math.min(red, green, blue) / brightest : 0;
    score[i] = Math.min(255, gain * saturation);
  }
  return score;
}

function scoreGreenDensity({ rgb }: WorkingImage, background: readonly number[]): Uint8Array {
  const gain = STEPS_PER_SCORE_UNIT / OPTICAL_DENSITY_PER_UNIT;
  const table = opticalDensityTable(background[1]).map((density) => Math.min(255, gain * density));
  const score = new Uint8Array(rgb.length / 3);
  for (let i = 0, at = 1; i < score.length; i++, at += 3) score[i] = table[rgb[at]];
  return score;
}

/**
 * Optical density −log10(I / I0) of each 8-bit value (Beer–Lambert), brighter than the background being 0.
 * @returns length 256; 0 to 2.4
 */
export function opticalDensityTable(background: number): Float32Array {
  return Float32Array.from({ length: 256 }, (_, value) =>
    Math.max(0, -Math.log10(Math.max(1, value) / background)),
  );
}
