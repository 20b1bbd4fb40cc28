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
 * A red cell lets through red light that every nucleus of the slide absorbs: its ratio of red to green density
 * is below this share of what the slide's nuclei reach. Own choice, tuned on BAL fields.
 */
const RED_CELL_SHARE = 0.48;

/**
 * Names each cell: red cells by colour, the others by multinomial logistic regression on features normalised
 * per image, so that stain and size of one slide do not decide.
 * @param lymphocyteThreshold probability from which a cell is named lymphocyte, 0–1
 */
export function classifyCells(
  features: readonly CellFeatures[],
  weights: ClassifierWeights,
  lymphocyteThreshold: number,
): CellClass[] {
  const redToGreen = features.map((values) => values[FEATURE_NAMES.indexOf('darkRedToGreen')]);
  const ofNuclei = quantile(redToGreen, 0.9);
  return normaliseFeatures(features, weights).map((values, index) => {
    const share = redToGreen[index] / ofNuclei;
    if (share < RED_CELL_SHARE) return { cellType: 'RBC', confidence: 1 - share / (2 * RED_CELL_SHARE) };
    return mostProbable(classProbabilities(values, weights), weights.classes, lymphocyteThreshold);
  });
}

function mostProbable(
  probabilities: readonly number[],
  classes: readonly string[],
  lymphocyteThreshold: number,
): CellClass {
  const lymphocyte = classes.indexOf('WBC-Lymphocyte');
  const others = classes.map((_, k) => k).filter((k) => k !== lymphocyte);
  const other = others.reduce((best, k) => (probabilities[k] > probabilities[best] ? k : best));
  const named = probabilities[lymphocyte] >= lymphocyteThreshold ? lymphocyte : other;
  return { cellType: classes[named], confidence: probabilities[named] };
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
  return {
    center: quantile(values, 0.5),
    spread: (quantile(values, 0.9) - quantile(values, 0.1)) / 2,
  };
}

/** The value that a share of the values lies below, interpolated; 0 of no values. */
function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  return sorted[low] + (at - low) * (sorted[Math.min(low + 1, sorted.length - 1)] - sorted[low]);
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
