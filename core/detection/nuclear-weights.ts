// Written by bench/train-nuclear-score.ts; change the script, not this file.

/** Mean shares of red, green and blue in the optical density of the stain that was trained on. */
export const STAIN_BALANCE: readonly number[] = [0.4447, 0.3957, 0.1596];

/** Weights of the logit that a pixel belongs to a nucleus. */
export const NUCLEAR_WEIGHTS = {
  /** Of the optical densities r, g, b, r², rg, rb, g², gb, b². */
  colour: [-54.38, 97.61, -48.38, -24.61, 0.69, 7.51, 7.61, 6.85, 2.43],
  /** Of what green exceeds red, and blue half of red. */
  eosin: [-53.86, -42.34],
  /** Of the total density beyond that of the half-size image. */
  detail: 18.4,
  bias: -3.817,
};
