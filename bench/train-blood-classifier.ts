// Trains the classifier of white blood cells and writes core/detection/blood-classifier.ts:
//   npx node bench/train-blood-classifier.ts [--data ../shared/data/blood-crops] [--check]
// Prints cross-validated figures; --check prints only and leaves the file alone.
// Monocytes count as macrophages, as in the list of cell types. Basophils are too few to learn.
// The files do not name their smear: a block of neighbours is left out at a time. The features were chosen once on
// all images, so figures are a little too good.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { findWhiteCells, type WhiteCell, wholeNucleus } from '../core/detection/blood-cells.ts';
import { prepareScore } from '../core/detection/detect-cells.ts';
import type { RgbImage } from '../core/detection/image.ts';
import { parseDetectionParameters } from '../core/detection/parameters.ts';
import { resample } from '../core/detection/resample.ts';
import { measureWhiteCells, WHITE_CELL_FEATURES } from '../core/detection/white-cell-features.ts';
import { seededRandom } from '../core/synthesis/seeded-random.ts';
import { decodeImage } from '../server/processing/decode-image.ts';
import { disturb } from './bal-collage.ts';
import {
  atTemperature,
  bestTemperature,
  crossValidate,
  describe,
  FOLDS,
  type Judgement,
  judge,
  type LabelledImage,
  type TrainingPlan,
  trainModel,
  weightsSource,
  withTemperature,
} from './classifier-training.ts';

const CLASSES = ['WBC-Lymphocyte', 'WBC-Macrophage', 'WBC-Neutrophil', 'WBC-Eosinophil'];
const CLASS_OF: Record<string, string> = {
  lymphocyte: 'WBC-Lymphocyte',
  monocyte: 'WBC-Macrophage',
  neutrophil: 'WBC-Neutrophil',
  eosinophil: 'WBC-Eosinophil',
};
const PLAN: TrainingPlan = {
  classes: CLASSES,
  measured: WHITE_CELL_FEATURES,
  used: WHITE_CELL_FEATURES,
  ridge: 0.05,
};
const DISTURBED_COPIES = 3;

const here = import.meta.dirname;
const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: path.join(here, '../../shared/data/blood-crops') },
    check: { type: 'boolean', default: false },
  },
});
if (!existsSync(options.data)) {
  process.stderr.write(`train-blood-classifier: no ${options.data}; nothing done\n`);
  process.exit(1);
}

const parameters = parseDetectionParameters({ preset: 'blood' });
const random = seededRandom(1);
const plain: LabelledImage[] = [];
const disturbed: LabelledImage[] = [];
for (const set of ['set1', 'set2']) {
  const lines = readFileSync(path.join(options.data, set, 'classes.csv'), 'utf8')
    .trim()
    .split('\n')
    .slice(1);
  for (const [index, line] of lines.entries()) {
    const [name, className] = line.split(',');
    const label = CLASSES.indexOf(CLASS_OF[className]);
    const image = await decodeImage(path.join(options.data, set, 'images', `${name}.png`), {
      maxPixels: 10_000_000,
    });
    const group = `${set} ${Math.floor((FOLDS * index) / lines.length)}`;
    plain.push(measureMiddleCell(image, label, group));
    for (let k = 0; k < DISTURBED_COPIES; k++) {
      disturbed.push(measureMiddleCell(disturb(otherSize(image), random), label, group));
    }
  }
}
const lessons = [...plain, ...disturbed];

const foldOf = (group: string) => Number(group.split(' ')[1]);
const unseen = crossValidate(lessons, plain, PLAN, foldOf);
const temperature = bestTemperature(unseen);
report('blocks unseen', unseen);
for (const set of ['set1', 'set2']) {
  const own = plain.filter(({ groups }) => groups[0]?.startsWith(set));
  report(`blocks unseen, ${set}`, crossValidate(lessons, own, PLAN, foldOf));
}
report('blocks unseen, other stain, lamp and size', crossValidate(lessons, disturbed, PLAN, foldOf));
report('trained on set1, set2 unseen', transfer('set1', 'set2'));
report('trained on set2, set1 unseen', transfer('set2', 'set1'));
report(
  `blocks unseen, at temperature ${temperature.toFixed(2)}`,
  unseen.map((cell) => atTemperature(cell, temperature)),
);
const model = withTemperature(trainModel(lessons, PLAN), temperature);
if (!options.check) {
  const file = path.join(here, '../core/detection/blood-classifier.ts');
  writeFileSync(file, weightsSource(model, 'BLOOD_CLASSIFIER', 'bench/train-blood-classifier.ts'));
  process.stdout.write(`wrote ${path.relative(process.cwd(), file)}\n`);
}

/** The label belongs to the cell in the middle of the image. */
function measureMiddleCell(image: RgbImage, label: number, group: string): LabelledImage {
  const score = prepareScore(image, parameters);
  const cells = findWhiteCells(score, parameters);
  const fromMiddle = ({ bounds: { left, right, top, bottom } }: WhiteCell) =>
    Math.hypot(left + right - score.width, top + bottom - score.height);
  const middle = cells.reduce<WhiteCell | undefined>(
    (best, cell) => (best && fromMiddle(best) <= fromMiddle(cell) ? best : cell),
    undefined,
  );
  return {
    features: measureWhiteCells(score, cells.map(wholeNucleus)),
    labels: cells.map((cell) => (cell === middle ? label : -1)),
    groups: cells.map(() => group),
  };
}

/** The same cell photographed 0.85–1.18 times as large. */
function otherSize(image: RgbImage): RgbImage {
  const { rgb, width, height } = resample(image, Math.exp(0.16 * (2 * random() - 1)));
  return { data: rgb, width, height, channels: 3 };
}

function transfer(from: string, to: string): Judgement[] {
  const seen = trainModel(lessons, PLAN, (group) => group.startsWith(from));
  return judge(seen, WHITE_CELL_FEATURES, plain, (group) => group.startsWith(to));
}

function report(title: string, cells: readonly Judgement[]): void {
  process.stdout.write(describe(title, cells, CLASSES));
}
