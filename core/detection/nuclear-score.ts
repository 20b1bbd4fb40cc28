import { type Kernels, PLAIN_KERNELS } from './kernels/kernels.ts';
import { colourModel } from './nuclear-colour.ts';
import { NUCLEAR_WEIGHTS, STAIN_BALANCE } from './nuclear-weights.ts';
import { DENSITY_STEPS, densityTables, STEPS_PER_SCORE_UNIT } from './stain.ts';
import type { ColouredImage, StainedImage } from './stained-image.ts';

/** Score units per unit of the logit; own choice, so that one ladder of thresholds suits both scores. */
const UNITS_PER_LOGIT = 1.5;

/** Logit that scores 0: less certain nuclei are not told apart. */
const LEAST_LOGIT = -5.2;

/** How far the balance of a stain may lie from the one trained on; Giemsa under other light stays within 0.06. */
const SAME_STAIN = 0.09;

/** Optical densities, summed over the channels, between which a pixel shows the colour of the stain. */
const STAINED = { faintest: 0.3, densest: 2 };

/**
 * Scores how much each pixel looks like a nucleus in a stain that was trained on: the logit of a quadratic in
 * the optical densities of red, green and blue, less what they hold of eosin (green beyond red, blue beyond half
 * of red), which stains cytoplasm and red cells. Colour is taken at half resolution, where neither noise nor
 * JPEG's coarser colour reaches it, and the detail from the total density at full resolution.
 * (Own choice, after the sharpening of colour images by a panchromatic one: Carper et al. 1990.)
 * @param balance of the whole image's stain, from `stainBalance`
 * @returns length width × height, steps of STEPS_PER_SCORE_UNIT, clamped to 0–255; undefined when the stain is another
 */
export function scoreNuclei(
  image: ColouredImage,
  balance: StainBalance | undefined,
  kernels: Kernels = PLAIN_KERNELS,
): Uint8Array | undefined {
  if (!balance || !isTrainedStain(balance)) return undefined;
  const { background, light, half, density, width, height } = image;
  const model = trainedModel(light, hiddenDensities(background, balance));
  return kernels.scoreByColour(half, model, density, width, height);
}

/** Steps of the score per unit of the logit. */
const GAIN = UNITS_PER_LOGIT * STEPS_PER_SCORE_UNIT;

/** Steps of the score per total density at full resolution, beyond that at half resolution. */
const DETAIL = GAIN * NUCLEAR_WEIGHTS.detail;

function trainedModel(light: readonly Float32Array[], hidden: readonly number[]) {
  const densities = densityTables(light).map(
    (density, i) => density + Math.round(hidden[i >> 8] * DENSITY_STEPS),
  );
  const hiddenDetail = DETAIL * hidden.reduce((sum, density) => sum + density, 0);
  const start = GAIN * (NUCLEAR_WEIGHTS.bias - LEAST_LOGIT) + hiddenDetail;
  const weights = [...NUCLEAR_WEIGHTS.colour, ...NUCLEAR_WEIGHTS.eosin].map(
    (weight, i) => GAIN * weight - (i < 3 ? DETAIL : 0),
  );
  return colourModel(densities, start, weights, DETAIL);
}

/**
 * A channel that is cut off at 255 hides how bright the empty slide is, so densities come out too low: what they
 * lack follows from the balance of the stain. Empty slide itself is left aside, its score is low in any case.
 * @returns optical density to add to red, green and blue
 */
function hiddenDensities(
  background: readonly number[],
  balance: readonly number[],
): [number, number, number] {
  const [red, green, blue] = balance.map((share, c) => {
    if (background[c] < CUT_OFF) return 0;
    const lacking = ((STAIN_BALANCE[c] - share) * TYPICAL_DENSITY) / (1 - STAIN_BALANCE[c]);
    return Math.min(MOST_HIDDEN, Math.max(0, lacking));
  });
  return [red, green, blue];
}

const CUT_OFF = 254;

/** Mean of the total density of stained pixels. */
const TYPICAL_DENSITY = 0.6;

/** A slide brighter than this (10^0.06 × 255) would be overexposed beyond use. */
const MOST_HIDDEN = 0.06;

/** Shares of red, green and blue in the optical density of a stain; they sum to 1. */
export type StainBalance = readonly [number, number, number];

/** Whether a balance of colours is that of the stain that was trained on. */
function isTrainedStain(balance: readonly number[]): boolean {
  return Math.hypot(...balance.map((share, c) => share - STAIN_BALANCE[c])) < SAME_STAIN;
}

/**
 * Shares of red, green and blue in the optical density of the stained pixels, which hardly depend on how strong
 * the stain is. At most BALANCE_PIXELS are looked at.
 * @returns undefined when nothing is stained
 */
export function stainBalance({ rgb, light, density }: StainedImage): StainBalance | undefined {
  const tables = densityTables(light);
  const faintest = STAINED.faintest * DENSITY_STEPS;
  const densest = STAINED.densest * DENSITY_STEPS;
  const step = Math.ceil(density.length / BALANCE_PIXELS);
  let [red, green, blue, count] = [0, 0, 0, 0];
  for (let i = 0; i < density.length; i += step) {
    const r = tables[rgb[3 * i]];
    const g = tables[256 + rgb[3 * i + 1]];
    const b = tables[512 + rgb[3 * i + 2]];
    const total = r + g + b;
    if (total < faintest || total > densest) continue;
    red += r / total;
    green += g / total;
    blue += b / total;
    count++;
  }
  return count > 0 ? [red / count, green / count, blue / count] : undefined;
}

const BALANCE_PIXELS = 16_384;
