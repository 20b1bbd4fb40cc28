// Written by bench/train-nuclear-score.ts; change the script, not this file.

/** Mean shares of red, green and blue in the optical density of the stain that was trained on. */
export const STAIN_BALANCE: readonly number[] = [0.445, 0.3956, 0.1594];

/** Weights of the logit that a pixel belongs to a nucleus. */
export const NUCLEAR_WEIGHTS = {
  /** Of the optical densities r, g, b, r², rg, rb, g², gb, b². */
  colour: [-58.72, 116.77, -67.62, -34.35, -3.67, 26.53, -0.72, 20.53, 9.84],
  /** Of the total density beyond that of the half-size image. */
  detail: 17.63,
  bias: -4.563,
};
