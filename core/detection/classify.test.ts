import { expect, test } from 'vitest';
import { CLASSIFIER_WEIGHTS } from './bal-classifier.ts';
import type { ClassifierWeights } from './classifier-weights.ts';
import { centerAndSpread, classifyCells, classProbabilities, normaliseFeatures } from './classify.ts';
import { FEATURE_NAMES, SLIDE_DEPENDENT } from './features.ts';

const count = FEATURE_NAMES.length;

/** Probability of lymphocyte grows with `darkShare` alone. */
const MODEL: ClassifierWeights = {
  classes: ['WBC-Macrophage', 'WBC-Lymphocyte', 'WBC-Neutrophil'],
  center: new Array(count).fill(0),
  spread: new Array(count).fill(1),
  bias: [0, 0, -1],
  weights: [0, 1, 0].map((weight) => FEATURE_NAMES.map((name) => (name === 'darkShare' ? weight : 0))),
};

function cell(values: Partial<Record<(typeof FEATURE_NAMES)[number], number>>): Float64Array {
  return Float64Array.from(FEATURE_NAMES, (name) => values[name] ?? (name === 'darkRedToGreen' ? 1 : 0));
}

test('probabilities are the softmax of the linear scores', () => {
  const [macrophage, lymphocyte, neutrophil] = classProbabilities(cell({ darkShare: 2 }), MODEL);
  expect(lymphocyte / macrophage).toBeCloseTo(Math.exp(2));
  expect(neutrophil / macrophage).toBeCloseTo(Math.exp(-1));
  expect(macrophage + lymphocyte + neutrophil).toBeCloseTo(1);
});

test('the lymphocyte threshold decides, and the confidence is that of the named type', () => {
  const features = [cell({ darkShare: 1 })];
  const probability = classProbabilities(features[0], MODEL)[1];
  expect(classifyCells(features, MODEL, 0.5)[0].cellType).toBe('WBC-Lymphocyte');
  expect(classifyCells(features, MODEL, 0.5)[0].confidence).toBeCloseTo(probability);
  const strict = classifyCells(features, MODEL, probability + 0.01)[0];
  expect(strict.cellType).toBe('WBC-Macrophage');
  expect(strict.confidence).toBeLessThan(probability);
});

test('a cell that lets red light through beside nuclei that do not is a red cell', () => {
  const features = [cell({ darkRedToGreen: 0.3 }), ...Array.from({ length: 9 }, () => cell({}))];
  const named = classifyCells(features, MODEL, 0.5).map(({ cellType }) => cellType);
  expect(named[0]).toBe('RBC');
  expect(named.slice(1)).not.toContain('RBC');
});

test('a slide stained darker or photographed larger gives the same normalised features, with enough cells', () => {
  const shifted = (shift: number) =>
    Array.from({ length: 4000 }, (_, i) =>
      cell({ logDarkDensity: shift + (i % 7) / 10, logCellArea: shift + (i % 5) / 10 }),
    );
  const [plain] = normaliseFeatures(shifted(0), MODEL);
  const [darker] = normaliseFeatures(shifted(0.5), MODEL);
  for (const k of FEATURE_NAMES.keys()) expect(darker[k]).toBeCloseTo(plain[k], 1);
});

test('one cell alone is judged by the training slides', () => {
  const [values] = normaliseFeatures([cell({ logDarkDensity: 1, darkShare: 1 })], MODEL);
  expect(values[FEATURE_NAMES.indexOf('darkShare')]).toBe(1);
  expect(values[FEATURE_NAMES.indexOf('logDarkDensity')]).toBeGreaterThan(0.85);
});

test('centre and spread do not follow single outliers', () => {
  const values = Array.from({ length: 101 }, (_, i) => i);
  expect(centerAndSpread(values)).toEqual({ center: 50, spread: 40 });
  expect(centerAndSpread([...values.slice(0, 100), 1e9])).toEqual({ center: 50, spread: 40 });
  expect(centerAndSpread([])).toEqual({ center: 0, spread: 0 });
});

test('the trained weights fit the features', () => {
  const { classes, center, spread, bias, weights } = CLASSIFIER_WEIGHTS;
  expect([center.length, spread.length, bias.length]).toEqual([count, count, classes.length]);
  expect(weights.map((row) => row.length)).toEqual(classes.map(() => count));
  expect(Math.min(...spread)).toBeGreaterThan(0);
  expect([...SLIDE_DEPENDENT].every((name) => FEATURE_NAMES.includes(name))).toBe(true);
});
