// Written by bench/train-nuclear-score.ts; change the script, not this file.

/** Mean shares of red, green and blue in the optical density of the stain that was trained on. */
export const STAIN_BALANCE: readonly number[] = [0.4447, 0.3957, 0.1596];

/** Weights of the logit that a pixel belongs to a nucleus. */
export const NUCLEAR_WEIGHTS = {
  /** Of the optical densities r, g, b, r², rg, rb, g², gb, b². */
  colour: [-54.38, 97.45, -47.78, -24.5, 0.68, 7.46, 7.45, 6.74, 2.33],
  /** Of what green exceeds red, and blue half of red. */
  eosin: [-54.59, -41.81],
  /** Of the total density beyond that of the half-size image. */
  detail: 18.04,
  bias: -3.802,
};
