import type { WorkingImage } from './resample.ts';

/** Which property of the stain the nuclei are found in. */
export type StainFeature = 'chromatin' | 'a*' | 'saturation' | 'od_green';

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
export function estimateBackground({ rgb }: WorkingImage): [number, number, number] {
  return [brightestMode(rgb, 0), brightestMode(rgb, 1), brightestMode(rgb, 2)];
}

function brightestMode(rgb: Uint8Array, channel: number): number {
  const histogram = new Float64Array(256);
  for (let i = channel; i < rgb.length; i += 3) histogram[rgb[i]]++;
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
  if (feature === 'chromatin')
    return scoreRedness(image, background, REDNESS_IN_CHROMATIN, DENSITY_IN_CHROMATIN);
  if (feature === 'a*') return scoreRedness(image, background, 1, 0);
  if (feature === 'saturation') return scoreSaturation(image, background);
  return scoreGreenDensity(image, background);
}

/**
 * Weighted sum of CIELAB a* (CIE 1976, D65) and green optical density. a* takes one table per channel for
 * X and for Y, and one for the cube root.
 */
function scoreRedness(
  { rgb }: WorkingImage,
  background: readonly number[],
  rednessWeight: number,
  densityWeight: number,
): Uint8Array {
  const [redX, greenX, blueX] = WEIGHTS_X.map((weight, c) => linearTable(background[c], weight / WHITE_X));
  const [redY, greenY, blueY] = WEIGHTS_Y.map((weight, c) => linearTable(background[c], weight));
  const cubeRoot = cubeRootTable().map((root) => 500 * STEPS_PER_SCORE_UNIT * rednessWeight * root);
  const density = opticalDensityTable(background[1]).map((od) => STEPS_PER_SCORE_UNIT * densityWeight * od);
  const score = new Uint8Array(rgb.length / 3);
  for (let i = 0, at = 0; i < score.length; i++, at += 3) {
    const red = rgb[at];
    const green = rgb[at + 1];
    const blue = rgb[at + 2];
    const x = redX[red] + greenX[green] + blueX[blue];
    const y = redY[red] + greenY[green] + blueY[blue];
    const value = cubeRoot[x | 0] - cubeRoot[y | 0] + density[green];
    score[i] = value < 0 ? 0 : value > 255 ? 255 : value;
  }
  return score;
}

const WEIGHTS_X = [0.412453, 0.35758, 0.180423];
const WEIGHTS_Y = [0.212671, 0.71516, 0.072169];
const WHITE_X = 0.950456;
const CUBE_ROOT_STEPS = 4096;

/** Linear light × weight × CUBE_ROOT_STEPS of each 8-bit value after normalising the background. */
function linearTable(background: number, weight: number): Float32Array {
  return Float32Array.from({ length: 256 }, (_, value) => {
    const c = Math.min(255, Math.floor((value * NORMALISED_BACKGROUND) / background)) / 255;
    const linear = c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    return weight * linear * CUBE_ROOT_STEPS;
  });
}

function cubeRootTable(): Float32Array {
  // One spare entry: rounding may lift white just over 1.
  return Float32Array.from({ length: CUBE_ROOT_STEPS + 2 }, (_, i) => {
    const t = i / CUBE_ROOT_STEPS;
    return t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116;
  });
}

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
