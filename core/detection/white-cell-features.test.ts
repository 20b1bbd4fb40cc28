import { expect, test } from 'vitest';
import { findWhiteCells, wholeNucleus } from './blood-cells.ts';
import { BLOOD_CLASSIFIER } from './blood-classifier.ts';
import { prepareScore } from './detect-cells.ts';
import { parseDetectionParameters } from './parameters.ts';
import { type Disc, drawDiscs } from './test-images.ts';
import { measureWhiteCells, WHITE_CELL_FEATURES } from './white-cell-features.ts';

const VIOLET = [90, 50, 130];
const BLUE = [190, 200, 235];
const PINK = [240, 205, 205];
const SIZE = 160;

function measure(...discs: Disc[]): Record<string, number> {
  const parameters = parseDetectionParameters({ preset: 'blood', downscale: 1 });
  const score = prepareScore(drawDiscs(SIZE, SIZE, discs), parameters);
  const cells = findWhiteCells(score, parameters);
  expect(cells).toHaveLength(1);
  const [values] = measureWhiteCells(score, cells.map(wholeNucleus));
  return Object.fromEntries(WHITE_CELL_FEATURES.map((name, k) => [name, values[k]]));
}

const at = (x: number, y: number, radius: number, color: readonly number[] = VIOLET) => ({
  x,
  y,
  radius,
  color,
});
const LYMPHOCYTE = measure(at(80, 80, 24, BLUE), at(80, 80, 19));
const NEUTROPHIL = measure(at(80, 80, 34, PINK), at(68, 72, 11), at(92, 72, 11), at(80, 94, 11));

test('one round nucleus is solid and thick, three lobes are neither', () => {
  expect(LYMPHOCYTE.nucleusSolidity).toBeGreaterThan(0.95);
  expect(LYMPHOCYTE.nucleusThickness).toBeCloseTo(1, 0);
  expect(NEUTROPHIL.nucleusSolidity).toBeLessThan(0.85);
  expect(NEUTROPHIL.nucleusThickness).toBeLessThan(0.5);
});

test('the rim tells blue cytoplasm from pink', () => {
  expect(LYMPHOCYTE.rimRedToGreen).toBeGreaterThan(1.5 * NEUTROPHIL.rimRedToGreen);
  expect(LYMPHOCYTE.logRingRed).toBeGreaterThan(NEUTROPHIL.logRingRed);
});

test('what lies between lobes is paler than they are', () => {
  expect(NEUTROPHIL.gapToNucleus).toBeLessThan(0.6);
});

test('a cell at the corner of the image measures finite numbers', () => {
  for (const [name, value] of Object.entries(measure(at(0, 0, 40), at(120, 120, 12, PINK)))) {
    expect(Number.isFinite(value), name).toBe(true);
  }
});

test('the trained weights name the measurements', () => {
  expect(BLOOD_CLASSIFIER.features.map(({ name }) => name)).toEqual([...WHITE_CELL_FEATURES]);
});
