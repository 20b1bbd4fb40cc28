import type { ClassifierWeights } from './classifier-weights.ts';
import { type CellFeatures, FEATURE_NAMES, SLIDE_DEPENDENT } from './features.ts';

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
 * Centres and scales each feature. Those that depend on the slide take half their scale and, with many cells,
 * all of their centre from this image's own cells; the others only from the training slides.
 */
export function normaliseFeatures(
  features: readonly CellFeatures[],
  { center, spread }: Pick<ClassifierWeights, 'center' | 'spread'>,
): Float64Array[] {
  const share = features.length / (features.length + TRAINING_CELLS);
  const scale = FEATURE_NAMES.map((name, k) => {
    if (!SLIDE_DEPENDENT.has(name)) return { center: center[k], spread: spread[k] };
    const own = centerAndSpread(features.map((values) => values[k]));
    return {
      center: share * own.center + (1 - share) * center[k],
      spread: (share / 2) * own.spread + (1 - share / 2) * spread[k],
    };
  });
  return features.map((values) => values.map((value, k) => (value - scale[k].center) / scale[k].spread));
}

/** Median, and half the distance between the 10th and the 90th percentile; 0 and 0 of no values. */
export function centerAndSpread(values: readonly number[]): { center: number; spread: number } {
  if (values.length === 0) return { center: 0, spread: 0 };
  const sorted = [...values].sort((a, b) => a - b);
  const quantile = (q: number) => {
    const at = q * (sorted.length - 1);
    const low = Math.floor(at);
    return sorted[low] + (at - low) * (sorted[Math.min(low + 1, sorted.length - 1)] - sorted[low]);
  };
  return { center: quantile(0.5), spread: (quantile(0.9) - quantile(0.1)) / 2 };
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
