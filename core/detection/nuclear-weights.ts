// Written by bench/train-nuclear-score.ts; change the script, not this file.

/** Mean shares of red, green and blue in the optical density of the stain that was trained on. */
export const STAIN_BALANCE: readonly number[] = [0.445, 0.3956, 0.1594];

/** Weights of the logit that a pixel belongs to a nucleus. */
export const NUCLEAR_WEIGHTS = {
  /** Of the optical densities r, g, b, r², rg, rb, g², gb, b². */
  colour: [-54.61, 97.84, -48.12, -24.24, 0.62, 7.6, 7.16, 6.71, 2.39],
  /** Of what green exceeds red, and blue half of red. */
  eosin: [-54.55, -41.55],
  /** Of the total density beyond that of the half-size image. */
  detail: 18.05,
  bias: -3.802,
};
