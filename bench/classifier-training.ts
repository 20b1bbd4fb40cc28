import type { ClassifierWeights } from '../core/detection/classifier-weights.ts';
import {
  centerAndSpread,
  classProbabilities,
  isUncertain,
  normaliseFeatures,
} from '../core/detection/classify.ts';
import { fitLogistic } from './logistic-regression.ts';

/** The cells that detection found in one image. */
export interface LabelledImage {
  /** Per cell one value per name in the plan's `measured`. */
  features: Float64Array[];
  /** Class index of each cell; −1 for a detection that is no cell of the truth. */
  labels: number[];
  /** What must not be on both sides of a test: a crop and all its copies share a group. */
  groups: string[];
}

/** What a model says about one cell. */
export interface Judgement {
  label: number;
  probabilities: readonly number[];
}

/** What a model is made of. */
export interface TrainingPlan {
  classes: readonly string[];
  /** Names of the measurements that the images hold, and of those that the model uses. */
  measured: readonly string[];
  used: readonly string[];
  /** As `fitLogistic` takes it. */
  ridge: number;
}

export const FOLDS = 5;

/** Fits a model to the cells whose group is wanted; each image is normalised by all of its cells. */
export function trainModel(
  images: readonly LabelledImage[],
  { classes, measured, used, ridge }: TrainingPlan,
  isWanted: (group: string) => boolean = () => true,
): ClassifierWeights {
  const wanted = images.flatMap(({ features, labels, groups }) =>
    features.filter((_, i) => labels[i] >= 0 && isWanted(groups[i])),
  );
  const scales = used.map((name) => {
    const index = measured.indexOf(name);
    return { name, ...centerAndSpread(wanted.map((values) => values[index])) };
  });
  const rows: Float64Array[] = [];
  const rowLabels: number[] = [];
  for (const { features, labels, groups } of images) {
    for (const [i, values] of normaliseFeatures(features, scales, measured).entries()) {
      if (labels[i] < 0 || !isWanted(groups[i])) continue;
      rows.push(values);
      rowLabels.push(labels[i]);
    }
  }
  const { bias, weights } = fitLogistic(rows, rowLabels, classes.length, ridge);
  const features = scales.map((scale, j) => ({ ...scale, weights: weights.map((row) => row[j]) }));
  return { classes, bias, features };
}

/** Applies a model to the cells whose group is wanted. */
export function judge(
  model: ClassifierWeights,
  measured: readonly string[],
  images: readonly LabelledImage[],
  isWanted: (group: string) => boolean = () => true,
): Judgement[] {
  return images.flatMap(({ features, labels, groups }) =>
    normaliseFeatures(features, model.features, measured)
      .map((values, i) => ({ label: labels[i], probabilities: classProbabilities(values, model), i }))
      .filter(({ label, i }) => label >= 0 && isWanted(groups[i])),
  );
}

/**
 * Judges every cell by a model that has not seen its group.
 * @param foldOf which part of the groups is left out together, 0 to FOLDS − 1
 */
export function crossValidate(
  lessons: readonly LabelledImage[],
  unseen: readonly LabelledImage[],
  plan: TrainingPlan,
  foldOf: (group: string) => number,
): Judgement[] {
  return Array.from({ length: FOLDS }, (_, fold) => {
    const model = trainModel(lessons, plan, (group) => foldOf(group) !== fold);
    return judge(model, plan.measured, unseen, (group) => foldOf(group) === fold);
  }).flat();
}

/** Divides the scores by a temperature, which makes a model surer (below 1) or less sure (above 1). */
export function withTemperature(model: ClassifierWeights, temperature: number): ClassifierWeights {
  return {
    ...model,
    bias: model.bias.map((value) => value / temperature),
    features: model.features.map((feature) => ({
      ...feature,
      weights: feature.weights.map((weight) => weight / temperature),
    })),
  };
}

/** The temperature under which unseen cells are least surprising, all classes weighing the same (Guo et al. 2017). */
export function bestTemperature(unseen: readonly Judgement[]): number {
  const candidates = Array.from({ length: 41 }, (_, i) => 2 ** ((i - 20) / 10));
  const losses = candidates.map((temperature) =>
    weightedMean(unseen, (cell) => {
      const { label, probabilities } = atTemperature(cell, temperature);
      return -Math.log(probabilities[label] + 1e-9);
    }),
  );
  return candidates[losses.indexOf(Math.min(...losses))];
}

/** What the model would say at another temperature. */
export function atTemperature({ label, probabilities }: Judgement, temperature: number): Judgement {
  const powers = probabilities.map((p) => p ** (1 / temperature));
  const total = powers.reduce((sum, p) => sum + p, 0);
  return { label, probabilities: powers.map((p) => p / total) };
}

/** Mean over cells, all classes weighing the same. */
function weightedMean(cells: readonly Judgement[], value: (cell: Judgement) => number): number {
  const sums = new Map<number, [number, number]>();
  for (const cell of cells) {
    const [sum, count] = sums.get(cell.label) ?? [0, 0];
    sums.set(cell.label, [sum + value(cell), count + 1]);
  }
  return [...sums.values()].reduce((total, [sum, count]) => total + sum / count / sums.size, 0);
}

/** Expected calibration error (Naeini et al. 2015): mean gap of confidence and accuracy over ten bins. */
function calibrationError(cells: readonly Judgement[]): number {
  let error = 0;
  for (let bin = 0; bin < 10; bin++) {
    const inBin = ({ probabilities }: Judgement) =>
      Math.min(9, Math.floor(10 * Math.max(...probabilities))) === bin;
    error += Math.abs(
      weightedMean(cells, (cell) =>
        inBin(cell) ? Math.max(...cell.probabilities) - (namedBy(cell) === cell.label ? 1 : 0) : 0,
      ),
    );
  }
  return error;
}

function namedBy({ probabilities }: Judgement): number {
  return probabilities.indexOf(Math.max(...probabilities));
}

/** One line of figures. */
export function describe(title: string, cells: readonly Judgement[], classes: readonly string[]): string {
  const confusion = classes.map(() => classes.map(() => 0));
  for (const cell of cells) confusion[cell.label][namedBy(cell)]++;
  const lymphocyte = classes.indexOf('WBC-Lymphocyte');
  const total = (rows: readonly number[][]) => rows.flat().reduce((sum, count) => sum + count, 0);
  const rest = confusion.filter((_, k) => k !== lymphocyte);
  const hits = confusion[lymphocyte][lymphocyte];
  const falseHits = total(rest.map((row) => [row[lymphocyte]]));
  const recall = hits / total([confusion[lymphocyte]]);
  const balanced = (recall + 1 - falseHits / total(rest)) / 2;
  const f1 = (2 * hits) / (hits + falseHits + total([confusion[lymphocyte]]));
  const recalls = confusion.map((row, k) => row[k] / total([row]));
  const uncertain = cells.filter(({ probabilities }) => isUncertain(probabilities));
  const right = uncertain.filter((cell) => namedBy(cell) === cell.label).length;
  return (
    `${title}: lymphocyte balanced accuracy ${balanced.toFixed(3)}, F1 ${f1.toFixed(3)}; ` +
    `all classes ${(recalls.reduce((a, b) => a + b, 0) / recalls.length).toFixed(3)}; ` +
    `calibration error ${calibrationError(cells).toFixed(3)}; ` +
    `uncertain ${percent(uncertain.length, cells.length)} of cells, of those right ${percent(right, uncertain.length)}\n` +
    `  rows true ${classes.map((name) => name.slice(4, 7)).join('/')} ${JSON.stringify(confusion)}\n`
  );
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / Math.max(1, whole)).toFixed(0)} %`;
}

/** Source text of a weights file. */
export function weightsSource(model: ClassifierWeights, constant: string, script: string): string {
  const round = (value: number) => Number(value.toFixed(3));
  const entries = model.features.map(
    ({ name, center, spread, weights }) =>
      `    { name: '${name}', center: ${round(center)}, spread: ${round(spread)}, weights: [${weights.map(round).join(', ')}] },`,
  );
  return `// Written by ${script}; change the script, not this file.
import type { ClassifierWeights } from './classifier-weights.ts';

export const ${constant}: ClassifierWeights = {
  classes: [${model.classes.map((name) => `'${name}'`).join(', ')}],
  bias: [${model.bias.map(round).join(', ')}],
  features: [
${entries.join('\n')}
  ],
};
`;
}
