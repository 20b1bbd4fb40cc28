import { DENSITY_STEPS } from './stain.ts';
import type { HalfSizeColour } from './stain-planes.ts';

/** Colour scores are kept in halves of a step of the nuclear score. */
export const COLOUR_PER_STEP = 2;

/** Scores beyond these are certain in any case. */
const GREATEST_COLOUR = 1023;

/** The score of `addDetail` is summed in this fraction of a step: 16 shares of each pixel's colour in halves. */
export const DETAIL_PER_STEP = 16 * COLOUR_PER_STEP;

const FRACTION_BITS = 16;
const DENSITY_BITS = Math.log2(DENSITY_STEPS);

/** A quadratic in the optical densities and what they hold of eosin, in whole numbers: the same on every machine. */
export interface ColourModel {
  /** Optical densities × DENSITY_STEPS by 256 × channel + value: length 768. */
  densities: Int32Array;
  /** Start, r, g, b, r², rg, rb, g², gb, b², pink, orange: length 12. */
  weights: Int32Array;
  /** Score of a density of 0.01 at full size, × DETAIL_PER_STEP: 0–63. */
  detail: number;
}

/**
 * Scales weights of the nuclear score to those of a `ColourModel`.
 * @param start steps of the score where nothing is stained
 * @param weights of r, g, b, r², rg, rb, g², gb, b², of green beyond red and of blue beyond half of red, in steps
 *   of the score per optical density or its square
 * @param detail steps of the score per optical density at full size, 0–195
 */
export function colourModel(
  densities: Int32Array,
  start: number,
  weights: readonly number[],
  detail: number,
): ColourModel {
  const unit = COLOUR_PER_STEP * 2 ** FRACTION_BITS;
  const scaled = weights.map((weight) => Math.round((weight * unit) / DENSITY_STEPS));
  return {
    densities,
    weights: Int32Array.of(Math.round((start + 0.5 / COLOUR_PER_STEP) * unit), ...scaled),
    detail: Math.round((detail * DETAIL_PER_STEP) / 100),
  };
}

/**
 * Scores each pixel by its colour at half size and the detail of its density.
 * @param density total optical density × 100: length width × height, 0–255
 * @returns length width × height, rounded and clamped to 0–255
 */
export function scoreByColour(
  half: HalfSizeColour,
  model: ColourModel,
  density: Uint8Array,
  width: number,
  height: number,
): Uint8Array {
  return addDetail(scoreColour(half, model), density, width, height, model.detail);
}

/** What colour adds to the nuclear score at half size, × COLOUR_PER_STEP: length of a plane, within ±1023. */
function scoreColour({ red, green, blue }: HalfSizeColour, { densities, weights }: ColourModel): Int16Array {
  const [start, r, g, b, rr, rg, rb, gg, gb, bb, pink, orange] = weights;
  const score = new Int16Array(red.length);
  for (let i = 0; i < score.length; i++) {
    const R = densities[red[i]];
    const G = densities[256 + green[i]];
    const B = densities[512 + blue[i]];
    const ofR = R * (r + ((rr * R + rg * G + rb * B) >> DENSITY_BITS));
    const ofG = G * (g + ((gg * G + gb * B) >> DENSITY_BITS));
    const ofB = B * (b + ((bb * B) >> DENSITY_BITS));
    const eosin = pink * Math.max(0, G - R) + orange * Math.max(0, B - (R >> 1));
    const sum = (start + ofR + ofG + ofB + eosin) >> FRACTION_BITS;
    score[i] = Math.max(-GREATEST_COLOUR, Math.min(GREATEST_COLOUR, sum));
  }
  return score;
}

/**
 * Enlarges the colour score of half the size bilinearly and adds the detail of the density.
 * @param colour from `scoreColour`
 * @param density total optical density × 100: length width × height, 0–255
 * @param detail score of a density of 0.01, × DETAIL_PER_STEP: a whole number from 0 to 63
 * @returns length width × height, rounded and clamped to 0–255
 */
export function addDetail(
  colour: Int16Array,
  density: Uint8Array,
  width: number,
  height: number,
  detail: number,
): Uint8Array {
  const halfWidth = (width + 1) >> 1;
  const halfHeight = (height + 1) >> 1;
  const score = new Uint8ClampedArray(density.length);
  const line = new Int32Array(halfWidth);
  for (let y = 0; y < height; y++) {
    // Each pixel lies a quarter of a half-size pixel from the middle of its own towards the next.
    const near = (y >> 1) * halfWidth;
    const far = within((y >> 1) + (y & 1 ? 1 : -1), halfHeight) * halfWidth;
    for (let i = 0; i < halfWidth; i++) line[i] = 3 * colour[near + i] + colour[far + i];
    for (let x = 0, at = y * width; x < width; x++, at++) {
      const beside = within((x >> 1) + (x & 1 ? 1 : -1), halfWidth);
      score[at] = (3 * line[x >> 1] + line[beside] + detail * density[at] + DETAIL_PER_STEP / 2) >> 5;
    }
  }
  return new Uint8Array(score.buffer);
}

function within(index: number, size: number): number {
  return Math.max(0, Math.min(size - 1, index));
}
