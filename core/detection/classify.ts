import type { ClassifierWeights, FeatureWeight } from './classifier-weights.ts';
import { type CellFeatures, FEATURE_NAMES, SLIDE_DEPENDENT } from './features.ts';

/** What the classifier says about one cell. */
export interface CellClass {
  cellType: string;
  /** Probability of `cellType`, 0–1. */
  confidence: number;
  /** The two most probable types lie too close together to tell. */
  uncertain: boolean;
}

/** Two types closer than this in probability are worth a second look; about one cell in twenty of BAL crops. */
const UNCERTAIN_MARGIN = 0.3;

/** An image's own centre and spread of each feature count like this many cells of the training slides. */
const TRAINING_CELLS = 12;

/**
 * A red cell lets through red light that every nucleus of the slide absorbs: its ratio of red to green density
 * is below this share of what the slide's nuclei reach. Own choice, tuned on BAL fields.
 */
const RED_CELL_SHARE = 0.48;

/**
 * Names the cells of a lavage: red cells by colour, the others as white cells.
 * @param lymphocyteThreshold probability from which a cell is named lymphocyte, against the most probable
 *   other type, 0–1
 */
export function classifyCells(
  features: readonly CellFeatures[],
  weights: ClassifierWeights,
  lymphocyteThreshold: number,
): CellClass[] {
  const redToGreen = features.map((values) => values[FEATURE_NAMES.indexOf('darkRedToGreen')]);
  const ofNuclei = quantile(redToGreen, 0.9);
  return classifyWhiteCells(features, weights, lymphocyteThreshold).map((named, index) => {
    const share = redToGreen[index] / ofNuclei;
    if (share >= RED_CELL_SHARE) return named;
    const confidence = 1 - share / (2 * RED_CELL_SHARE);
    return { cellType: 'RBC', confidence, uncertain: 2 * confidence - 1 < UNCERTAIN_MARGIN };
  });
}

/**
 * Names each cell by multinomial logistic regression on features normalised per image, so that stain and size
 * of one slide do not decide.
 * @param measured name of each measurement in `features`
 * @param lymphocyteThreshold probability from which a cell is named lymphocyte, against the most probable
 *   other type, 0–1
 */
export function classifyWhiteCells(
  features: readonly CellFeatures[],
  weights: ClassifierWeights,
  lymphocyteThreshold: number,
  measured: readonly string[] = FEATURE_NAMES,
): CellClass[] {
  return normaliseFeatures(features, weights.features, measured).map((values) =>
    mostProbable(classProbabilities(values, weights), weights.classes, lymphocyteThreshold),
  );
}

function mostProbable(
  probabilities: readonly number[],
  classes: readonly string[],
  lymphocyteThreshold: number,
): CellClass {
  const lymphocyte = classes.indexOf('WBC-Lymphocyte');
  const others = classes.map((_, k) => k).filter((k) => k !== lymphocyte);
  const other = others.reduce((best, k) => (probabilities[k] > probabilities[best] ? k : best));
  const against = probabilities[lymphocyte] / (probabilities[lymphocyte] + probabilities[other]);
  const named = against >= lymphocyteThreshold ? lymphocyte : other;
  return {
    cellType: classes[named],
    confidence: probabilities[named],
    uncertain: isUncertain(probabilities),
  };
}

/** Whether the two greatest probabilities lie close together. */
export function isUncertain(probabilities: readonly number[]): boolean {
  const [first, second] = [...probabilities].sort((a, b) => b - a);
  return first - second < UNCERTAIN_MARGIN;
}

/**
 * Picks, centres and scales the features of a model. Those that depend on the slide take half their scale and,
 * with many cells, all of their centre from this image's own cells; the others only from the training slides.
 * @returns per cell one value per entry of `model`, within ±GREATEST_DEVIATION
 */
export function normaliseFeatures(
  features: readonly CellFeatures[],
  model: readonly Omit<FeatureWeight, 'weights'>[],
  measured: readonly string[] = FEATURE_NAMES,
): Float64Array[] {
  const share = features.length / (features.length + TRAINING_CELLS);
  const scales = model.map(({ name, center, spread }) => {
    const index = measured.indexOf(name);
    if (!SLIDE_DEPENDENT.has(name)) return { index, center, spread };
    const own = centerAndSpread(features.map((values) => values[index]));
    return {
      index,
      center: share * own.center + (1 - share) * center,
      spread: (share / 2) * own.spread + (1 - share / 2) * spread,
    };
  });
  return features.map((values) =>
    Float64Array.from(scales, ({ index, center, spread }) => {
      const deviation = (values[index] - center) / spread;
      return Math.max(-GREATEST_DEVIATION, Math.min(GREATEST_DEVIATION, deviation));
    }),
  );
}

/** One odd measurement must not decide alone. */
const GREATEST_DEVIATION = 5;

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
  { bias, features }: Pick<ClassifierWeights, 'bias' | 'features'>,
): number[] {
  const scores = bias.map((start, k) =>
    features.reduce((score, { weights }, i) => score + weights[k] * values[i], start),
  );
  const greatest = Math.max(...scores);
  const exponentials = scores.map((score) => Math.exp(score - greatest));
  const total = exponentials.reduce((sum, value) => sum + value, 0);
  return exponentials.map((value) => value / total);
}
