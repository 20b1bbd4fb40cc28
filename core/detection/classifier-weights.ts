/** One feature of a model: its scale on the training slides and its pull towards each class. */
export interface FeatureWeight {
  name: string;
  /** Median on the training slides. */
  center: number;
  /** Half the distance between the 10th and the 90th percentile on the training slides. */
  spread: number;
  /** Per class. */
  weights: readonly number[];
}

/** A multinomial logistic model on normalised cell features. */
export interface ClassifierWeights {
  classes: readonly string[];
  /** Per class. */
  bias: readonly number[];
  features: readonly FeatureWeight[];
}
