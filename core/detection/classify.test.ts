import { expect, test } from 'vitest';
import { CLASSIFIER_WEIGHTS } from './bal-classifier.ts';
import type { ClassifierWeights } from './classifier-weights.ts';
import {
  centerAndSpread,
  classifyCells,
  classifyWhiteCells,
  classProbabilities,
  isUncertain,
  normaliseFeatures,
} from './classify.ts';
import { FEATURE_NAMES, SLIDE_DEPENDENT } from './features.ts';

/** Probability of lymphocyte grows with `darkShare` alone. */
const MODEL: ClassifierWeights = {
  classes: ['WBC-Macrophage', 'WBC-Lymphocyte', 'WBC-Neutrophil'],
  bias: [0, 0, -1],
  features: [
    { name: 'darkShare', center: 0, spread: 1, weights: [0, 1, 0] },
    { name: 'logCellArea', center: 0, spread: 1, weights: [0, 0, 0] },
    { name: 'redContrast', center: 0, spread: 1, weights: [0, 0, 0] },
  ],
};

function cell(values: Partial<Record<(typeof FEATURE_NAMES)[number], number>>): Float64Array {
  return Float64Array.from(FEATURE_NAMES, (name) => values[name] ?? (name === 'darkRedToGreen' ? 1 : 0));
}

test('probabilities are the softmax of the linear scores', () => {
  const [macrophage, lymphocyte, neutrophil] = classProbabilities(Float64Array.of(2, 0, 0), MODEL);
  expect(lymphocyte / macrophage).toBeCloseTo(Math.exp(2));
  expect(neutrophil / macrophage).toBeCloseTo(Math.exp(-1));
  expect(macrophage + lymphocyte + neutrophil).toBeCloseTo(1);
});

test('the lymphocyte threshold decides, and the confidence is that of the named type', () => {
  const features = [cell({ darkShare: 1 })];
  const probability = classProbabilities(Float64Array.of(1, 0, 0), MODEL)[1];
  expect(classifyCells(features, MODEL, 0.5)[0].cellType).toBe('WBC-Lymphocyte');
  expect(classifyCells(features, MODEL, 0.5)[0].confidence).toBeCloseTo(probability);
  const against = Math.exp(1) / (Math.exp(1) + 1);
  expect(classifyCells(features, MODEL, against - 0.01)[0].cellType).toBe('WBC-Lymphocyte');
  const strict = classifyCells(features, MODEL, against + 0.01)[0];
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
      cell({ redContrast: shift + (i % 7) / 10, logCellArea: shift + (i % 5) / 10 }),
    );
  const [plain] = normaliseFeatures(shifted(0), MODEL.features);
  const [darker] = normaliseFeatures(shifted(0.5), MODEL.features);
  for (const [k, value] of darker.entries()) expect(value).toBeCloseTo(plain[k], 1);
});

test('one cell alone is judged by the training slides', () => {
  const [values] = normaliseFeatures([cell({ logCellArea: 1, darkShare: 1 })], MODEL.features);
  expect(values[0]).toBe(1);
  expect(values[1]).toBeGreaterThan(0.85);
});

test('an image of one kind of cell, all alike, is named as that kind', () => {
  const alike = Array.from({ length: 200 }, () => cell({ darkShare: 3, logCellArea: 1 }));
  const named = classifyWhiteCells(alike, MODEL, 0.5);
  expect(new Set(named.map(({ cellType }) => cellType))).toEqual(new Set(['WBC-Lymphocyte']));
});

test('one odd measurement is held within bounds', () => {
  const [values] = normaliseFeatures([cell({ darkShare: 1e6 })], MODEL.features);
  expect(values[0]).toBe(5);
  expect(normaliseFeatures([cell({ darkShare: -1e6 })], MODEL.features)[0][0]).toBe(-5);
});

test('a cell is uncertain when its two best types are close, whatever the third', () => {
  expect(isUncertain([0.45, 0.4, 0.15])).toBe(true);
  expect(isUncertain([0.1, 0.15, 0.75])).toBe(false);
  const named = (darkShare: number) => classifyWhiteCells([cell({ darkShare })], MODEL, 0.5)[0].uncertain;
  expect([named(0), named(4)]).toEqual([true, false]);
});

test('centre and spread do not follow single outliers', () => {
  const values = Array.from({ length: 101 }, (_, i) => i);
  expect(centerAndSpread(values)).toEqual({ center: 50, spread: 40 });
  expect(centerAndSpread([...values.slice(0, 100), 1e9])).toEqual({ center: 50, spread: 40 });
  expect(centerAndSpread([])).toEqual({ center: 0, spread: 0 });
});

test('the trained weights name known features and have one weight per class', () => {
  const { classes, bias, features } = CLASSIFIER_WEIGHTS;
  expect(bias).toHaveLength(classes.length);
  expect(features.length).toBeGreaterThan(10);
  for (const { name, spread, weights } of features) {
    expect(FEATURE_NAMES).toContain(name);
    expect(spread).toBeGreaterThan(0);
    expect(weights).toHaveLength(classes.length);
  }
  for (const name of SLIDE_DEPENDENT) expect(FEATURE_NAMES).toContain(name);
});
