// Trains the BAL cell classifier and writes core/detection/bal-classifier.ts:
//   npx node bench/train-classifier.ts [--data ../shared/data/bal-crops] [--check]
// Prints cross-validated figures; --check prints only and leaves the file alone.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { cellBox, type MeasuredCells, measureBalCells } from '../core/detection/bal-cells.ts';
import type { ClassifierWeights } from '../core/detection/classifier-weights.ts';
import { centerAndSpread, classProbabilities, normaliseFeatures } from '../core/detection/classify.ts';
import { prepareScore } from '../core/detection/detect-cells.ts';
import { type CellFeatures, FEATURE_NAMES } from '../core/detection/features.ts';
import { parseDetectionParameters } from '../core/detection/parameters.ts';
import type { ScoreImage } from '../core/detection/score-image.ts';
import { seededRandom } from '../core/synthesis/seeded-random.ts';
import { type Collage, type Crop, layOut, loadCrops } from './bal-collage.ts';
import { fitLogistic } from './logistic-regression.ts';

const CLASSES = ['WBC-Macrophage', 'WBC-Lymphocyte', 'WBC-Neutrophil'];
const SLIDES_PER_SET = 24;
const FOLDS = 5;
const RIDGE = 0.01;

/** The cells of one laid-out slide with their true class. */
interface Slide {
  features: CellFeatures[];
  /** Index into CLASSES; −1 for a detection that is no whole cell of the truth. */
  labels: number[];
}

const here = import.meta.dirname;
const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: path.join(here, '../../shared/data/bal-crops') },
    check: { type: 'boolean', default: false },
  },
});
const crops = await loadCrops(options.data);
if (crops.length === 0) {
  process.stderr.write(`train-classifier: no crops in ${options.data}; nothing done\n`);
  process.exit(1);
}

const parameters = parseDetectionParameters({});
report('5-fold, unseen crops', crossValidate(crops));
report('trained on 20x, 40x unseen', transfer(crops, '20x', '40x'));
report('trained on 40x, 20x unseen', transfer(crops, '40x', '20x'));
const weights = train(makeSlides(crops, SLIDES_PER_SET, 1));
if (!options.check) {
  const file = path.join(here, '../core/detection/bal-classifier.ts');
  writeFileSync(file, sourceOf(weights));
  process.stdout.write(`wrote ${path.relative(process.cwd(), file)}\n`);
}

function crossValidate(all: readonly Crop[]): number[][] {
  const confusion = emptyConfusion();
  for (let fold = 0; fold < FOLDS; fold++) {
    const unseen = all.filter((_, i) => i % FOLDS === fold);
    const seen = all.filter((_, i) => i % FOLDS !== fold);
    test(train(makeSlides(seen, SLIDES_PER_SET, 1)), makeSlides(unseen, 8, 2), confusion);
  }
  return confusion;
}

function transfer(all: readonly Crop[], from: string, to: string): number[][] {
  const confusion = emptyConfusion();
  const slidesOf = (set: string, seed: number) =>
    makeSlides(
      all.filter((crop) => crop.set === set),
      SLIDES_PER_SET,
      seed,
    );
  test(train(slidesOf(from, 1)), slidesOf(to, 2), confusion);
  return confusion;
}

function makeSlides(from: readonly Crop[], perSet: number, seed: number): Slide[] {
  const random = seededRandom(seed);
  return [...new Set(from.map((crop) => crop.set))].flatMap((set) => {
    const own = from.filter((crop) => crop.set === set);
    return Array.from({ length: perSet }, () => measureSlide(layOut(own, random)));
  });
}

function measureSlide(collage: Collage): Slide {
  const score = prepareScore(collage.image, parameters);
  const measured = measureBalCells(score, parameters);
  return { features: measured.features, labels: labelCells(collage, score, measured) };
}

/** Each true cell names the detection nearest to its centre. */
function labelCells(collage: Collage, score: ScoreImage, { nuclei, map }: MeasuredCells): number[] {
  const labels = nuclei.map(() => -1);
  const centres = nuclei.map((_, index) => {
    const box = cellBox(score, map, index);
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  });
  for (const cell of collage.truth) {
    let nearest = -1;
    let least = Math.min(cell.width, cell.height) / 2;
    for (const [index, centre] of centres.entries()) {
      const away = Math.hypot(centre.x - cell.x - cell.width / 2, centre.y - cell.y - cell.height / 2);
      if (away < least) {
        least = away;
        nearest = index;
      }
    }
    if (nearest >= 0) labels[nearest] = CLASSES.indexOf(cell.cellType);
  }
  return labels;
}

function train(slides: readonly Slide[]): ClassifierWeights {
  const reference = FEATURE_NAMES.map((_, k) =>
    centerAndSpread(slides.flatMap(({ features }) => features.map((values) => values[k]))),
  );
  const scale = {
    center: reference.map(({ center }) => center),
    spread: reference.map(({ spread }) => spread),
  };
  const rows: Float64Array[] = [];
  const labels: number[] = [];
  for (const slide of slides) {
    for (const [i, values] of normaliseFeatures(slide.features, scale).entries()) {
      if (slide.labels[i] < 0) continue;
      rows.push(values);
      labels.push(slide.labels[i]);
    }
  }
  return { classes: CLASSES, ...scale, ...fitLogistic(rows, labels, CLASSES.length, RIDGE) };
}

function test(model: ClassifierWeights, slides: readonly Slide[], confusion: number[][]): void {
  for (const slide of slides) {
    for (const [i, values] of normaliseFeatures(slide.features, model).entries()) {
      if (slide.labels[i] < 0) continue;
      const probabilities = classProbabilities(values, model);
      confusion[slide.labels[i]][probabilities.indexOf(Math.max(...probabilities))]++;
    }
  }
}

function emptyConfusion(): number[][] {
  return CLASSES.map(() => CLASSES.map(() => 0));
}

function report(title: string, confusion: readonly number[][]): void {
  const lymphocyte = 1;
  const rest = [0, 2];
  const sum = (rows: readonly number[], columns: readonly number[]) =>
    rows.reduce(
      (total, row) => total + columns.reduce((part, column) => part + confusion[row][column], 0),
      0,
    );
  const sensitivity = sum([lymphocyte], [lymphocyte]) / sum([lymphocyte], [0, 1, 2]);
  const specificity = sum(rest, rest) / sum(rest, [0, 1, 2]);
  const recalls = confusion.map((row, k) => row[k] / row.reduce((a, b) => a + b, 0));
  process.stdout.write(
    `${title}: lymphocyte balanced accuracy ${((sensitivity + specificity) / 2).toFixed(3)}` +
      `, three classes ${(recalls.reduce((a, b) => a + b, 0) / 3).toFixed(3)}` +
      `, rows true ${CLASSES.map((name) => name.slice(4, 7)).join('/')} ${JSON.stringify(confusion)}\n`,
  );
}

function sourceOf(model: ClassifierWeights): string {
  const list = (values: readonly number[]) =>
    `[${values.map((value) => Number(value.toFixed(4))).join(', ')}]`;
  const perFeature = FEATURE_NAMES.map(
    (name, k) =>
      `  // ${name}\n  [${[model.center[k], model.spread[k], ...model.weights.map((row) => row[k])].map((value) => Number(value.toFixed(4))).join(', ')}],`,
  ).join('\n');
  return `// Written by bench/train-classifier.ts; change the script, not this file.
import type { ClassifierWeights } from './classifier-weights.ts';

const CLASSES = [${CLASSES.map((name) => `'${name}'`).join(', ')}];

/** Per feature, in the order of FEATURE_NAMES: centre and spread on the training slides, then one weight per class. */
const FEATURES = [
${perFeature}
];

export const CLASSIFIER_WEIGHTS: ClassifierWeights = {
  classes: CLASSES,
  center: FEATURES.map(([center]) => center),
  spread: FEATURES.map(([, spread]) => spread),
  bias: ${list(model.bias)},
  weights: CLASSES.map((_, k) => FEATURES.map((feature) => feature[k + 2])),
};
`;
}
