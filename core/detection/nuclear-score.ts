import { type Placement, placementOf } from './image.ts';
import { type Kernels, PLAIN_KERNELS } from './kernels/kernels.ts';
import { NUCLEAR_WEIGHTS, STAIN_BALANCE } from './nuclear-weights.ts';
import type { ScoredImage } from './scored-image.ts';
import { densityTables, STEPS_PER_SCORE_UNIT } from './stain.ts';

/** What the tables of `densityTables` hold for an optical density of 1. */
const DENSITY_UNIT = 25_600;

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
  scored: ScoredImage,
  balance: StainBalance | undefined,
  kernels: Kernels = PLAIN_KERNELS,
): Uint8Array | undefined {
  if (!balance || !isTrainedStain(balance)) return undefined;
  const { width, density } = scored;
  const colour = halfSizeDensities(scored, kernels);
  const coarse = scoreColour(colour, hiddenDensities(scored.background, balance));
  const score = new Uint8Array(density.length);
  // Rounds, and clamps to 0–255.
  const clamped = new Uint8ClampedArray(score.buffer);
  const detailOf = Float32Array.from({ length: 256 }, (_, value) => (DETAIL * value) / 100);
  enlarge(coarse, colour, scored, (row, y) => {
    for (let x = 0, at = y * width; x < width; x++, at++) clamped[at] = row[x] + detailOf[density[at]];
  });
  return score;
}

const GAIN = UNITS_PER_LOGIT * STEPS_PER_SCORE_UNIT;
const DETAIL = GAIN * NUCLEAR_WEIGHTS.detail;

/** What colour adds to the score of each pixel at half size, less the detail at half size. */
function scoreColour({ red, green, blue }: HalfSizeDensities, hidden: readonly number[]): Float32Array {
  const [r, g, b, rr, rg, rb, gg, gb, bb] = NUCLEAR_WEIGHTS.colour.map((weight) => GAIN * weight);
  const [pink, orange] = NUCLEAR_WEIGHTS.eosin.map((weight) => GAIN * weight);
  const [hiddenRed, hiddenGreen, hiddenBlue] = hidden;
  const base = GAIN * (NUCLEAR_WEIGHTS.bias - LEAST_LOGIT) + DETAIL * (hiddenRed + hiddenGreen + hiddenBlue);
  const score = new Float32Array(red.length);
  for (let i = 0; i < score.length; i++) {
    const R = red[i] + hiddenRed;
    const G = green[i] + hiddenGreen;
    const B = blue[i] + hiddenBlue;
    const quadratic = R * (r + rr * R + rg * G + rb * B) + G * (g + gg * G + gb * B) + B * (b + bb * B);
    const eosin = pink * Math.max(0, G - R) + orange * Math.max(0, B - R / 2);
    score[i] = base + quadratic + eosin - DETAIL * (R + G + B);
  }
  return score;
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

/** Smoothed optical densities at half size, each of length width × height. */
export interface HalfSizeDensities {
  width: number;
  height: number;
  placement?: Placement;
  red: Float32Array;
  green: Float32Array;
  blue: Float32Array;
}

/** Optical densities of an image at half its size, smoothed there. */
export function halfSizeDensities(scored: ScoredImage, kernels: Kernels = PLAIN_KERNELS): HalfSizeDensities {
  const { width: fullWidth, height: fullHeight } = scored;
  const image = { data: scored.rgb, width: fullWidth, height: fullHeight, channels: 3 } as const;
  const { rgb, width, height, placement } = kernels.resample({ ...image, placement: scored.placement }, 2);
  const tables = densityTables(scored.background);
  const [red, green, blue] = [0, 1, 2].map((channel) => {
    const plane = new Uint8Array(width * height);
    for (let i = 0, at = channel; i < plane.length; i++, at += 3) plane[i] = rgb[at];
    const densities = Float32Array.from({ length: 256 }, (_, v) => tables[256 * channel + v] / DENSITY_UNIT);
    const density = new Float32Array(plane.length);
    const smooth = kernels.blurBinomial5(plane, width, height);
    for (let i = 0; i < density.length; i++) density[i] = densities[smooth[i]];
    return density;
  });
  return { width, height, placement, red, green, blue };
}

/** An image's size, and where it lies when it is a part of one. */
type Extent = Pick<ScoredImage, 'width' | 'height' | 'placement'>;

/**
 * Bilinear values of a smaller image at every pixel of a larger one, row by row; the row given is reused. Of parts,
 * the values that the whole images would have, as far as the smaller part reaches.
 */
export function enlarge(
  values: Float32Array,
  from: Extent,
  to: Extent,
  take: (row: Float32Array, y: number) => void,
): void {
  const { width, height } = to;
  const source = placementOf(from);
  const target = placementOf(to);
  const columns = sampling(
    { whole: source.wholeWidth, from: source.left, count: from.width },
    { whole: target.wholeWidth, from: target.left, count: width },
  );
  const rows = sampling(
    { whole: source.wholeHeight, from: source.top, count: from.height },
    { whole: target.wholeHeight, from: target.top, count: height },
  );
  const line = new Float32Array(from.width);
  const row = new Float32Array(width);
  for (let y = 0; y < height; y++) {
    const above = rows.before[y] * from.width;
    const below = rows.after[y] * from.width;
    for (let i = 0; i < line.length; i++) {
      line[i] = values[above + i] + rows.share[y] * (values[below + i] - values[above + i]);
    }
    for (let x = 0; x < width; x++) {
      const left = line[columns.before[x]];
      row[x] = left + columns.share[x] * (line[columns.after[x]] - left);
    }
    take(row, y);
  }
}

/** A stretch of a row or column that is `whole` px long. */
interface Stretch {
  whole: number;
  from: number;
  count: number;
}

/** For each target pixel the two source pixels it lies between and the share of the second. */
function sampling(source: Stretch, target: Stretch) {
  const before = new Int32Array(target.count);
  const after = new Int32Array(target.count);
  const share = new Float32Array(target.count);
  const inSource = (at: number) => Math.min(source.count - 1, Math.max(0, at - source.from));
  for (let i = 0; i < target.count; i++) {
    const exact = ((target.from + i + 0.5) * source.whole) / target.whole - 0.5;
    const centre = Math.min(source.whole - 1, Math.max(0, exact));
    const left = Math.floor(centre);
    before[i] = inSource(left);
    after[i] = inSource(left + 1);
    share[i] = centre - left;
  }
  return { before, after, share };
}

/** Shares of red, green and blue in the optical density of a stain; they sum to 1. */
export type StainBalance = readonly [number, number, number];

/** Whether a balance of colours is that of the stain that was trained on. */
function isTrainedStain(balance: readonly number[]): boolean {
  return Math.hypot(...balance.map((share, c) => share - STAIN_BALANCE[c])) < SAME_STAIN;
}

/**
 * Shares of red, green and blue in the optical density of the stained pixels, which hardly depend on how strong
 * the stain is. At most 65,536 pixels are looked at.
 * @returns undefined when nothing is stained
 */
export function stainBalance({ rgb, background, density }: ScoredImage): StainBalance | undefined {
  const tables = densityTables(background);
  const faintest = STAINED.faintest * DENSITY_UNIT;
  const densest = STAINED.densest * DENSITY_UNIT;
  const step = Math.ceil(density.length / 65_536);
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
