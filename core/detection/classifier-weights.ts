/** A multinomial logistic model on normalised cell features. */
export interface ClassifierWeights {
  classes: readonly string[];
  /** Median of each feature on the training slides. */
  center: readonly number[];
  /** Spread of each feature on the training slides. */
  spread: readonly number[];
  /** Per class. */
  bias: readonly number[];
  /** Per class, per feature. */
  weights: readonly (readonly number[])[];
}
