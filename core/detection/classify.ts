import type { ClassifierWeights } from './classifier-weights.ts';
import type { CellFeatures } from './features.ts';

/** What the classifier says about one cell. */
export interface CellClass {
  cellType: string;
  /** Probability of `cellType`, 0–1. */
  confidence: number;
}

/** An image's own centre and spread of each feature count like this many cells of the training slides. */
const TRAINING_CELLS = 12;

/**
 * Names each cell by multinomial logistic regression on features normalised per image, so that stain and
 * size of one slide do not decide.
 * @param lymphocyteThreshold probability from which a cell is named lymphocyte, 0–1
 */
export function classifyCells(
  features: readonly CellFeatures[],
  weights: ClassifierWeights,
  lymphocyteThreshold: number,
): CellClass[] {
  return normaliseFeatures(features, weights).map((values) => {
    const probabilities = classProbabilities(values, weights);
    const lymphocyte = weights.classes.indexOf('WBC-Lymphocyte');
    let best = lymphocyte;
    if (probabilities[lymphocyte] < lymphocyteThreshold || lymphocyteThreshold >= 1) {
      best = lymphocyte === 0 ? 1 : 0;
      for (let k = 0; k < probabilities.length; k++) {
        if (k !== lymphocyte && probabilities[k] > probabilities[best]) best = k;
      }
    }
    return { cellType: weights.classes[best], confidence: probabilities[best] };
  });
}

/**
 * Centres and scales each feature by the median and spread of this image's cells, drawn towards those of the
 * training slides when the cells are few.
 */
export function normaliseFeatures(
  features: readonly CellFeatures[],
  { center, spread }: Pick<ClassifierWeights, 'center' | 'spread'>,
): Float64Array[] {
  const share = features.length / (features.length + TRAINING_CELLS);
  const own = center.map((_, k) => medianAndSpread(features.map((values) => values[k])));
  return features.map((values) =>
    values.map((value, k) => {
      const middle = share * own[k].median + (1 - share) * center[k];
      const width = share * own[k].spread + (1 - share) * spread[k];
      return (value - middle) / Math.max(width, 0.2 * spread[k]);
    }),
  );
}

/** Median, and the interquartile range as a standard deviation (÷ 1.349, as for a normal distribution). */
export function medianAndSpread(values: readonly number[]): { median: number; spread: number } {
  if (values.length === 0) return { median: 0, spread: 0 };
  const sorted = [...values].sort((a, b) => a - b);
  const quantile = (q: number) => {
    const at = q * (sorted.length - 1);
    const low = Math.floor(at);
    return sorted[low] + (at - low) * (sorted[Math.min(low + 1, sorted.length - 1)] - sorted[low]);
  };
  return { median: quantile(0.5), spread: (quantile(0.75) - quantile(0.25)) / 1.349 };
}

/** Softmax of the linear scores; sums to 1. */
export function classProbabilities(
  values: Float64Array,
  { bias, weights }: Pick<ClassifierWeights, 'bias' | 'weights'>,
): number[] {
  const scores = bias.map((start, k) => {
    let score = start;
    for (let i = 0; i < values.length; i++) score += weights[k][i] * values[i];
    return score;
  });
  const greatest = Math.max(...scores);
  const exponentials = scores.map((score) => Math.exp(score - greatest));
  const total = exponentials.reduce((sum, value) => sum + value, 0);
  return exponentials.map((value) => value / total);
}
