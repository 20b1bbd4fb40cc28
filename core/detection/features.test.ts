import { expect, test } from 'vitest';
import { growCells } from './cell-outline.ts';
import type { Region } from './component-tree.ts';
import { FEATURE_NAMES, type FeatureName, measureCells } from './features.ts';
import type { RgbImage } from './image.ts';
import { stainImage } from './stained-image.ts';
import { CYTOPLASM, type Disc, drawDiscs, NUCLEUS } from './test-images.ts';

const SIZE = 80;
const PINK = [225, 150, 160] as const;

function measure(image: RgbImage): Record<FeatureName, number> {
  const scored = stainImage(image, 1);
  const seed: Region = {
    area: 4,
    x: 40,
    y: 40,
    score: 1,
    threshold: 0,
    runs: Int32Array.of(39, 39, 41, 40, 39, 41),
  };
  const map = growCells([seed], scored, 20);
  const [values] = measureCells(scored, [0], map, 20);
  return Object.fromEntries(FEATURE_NAMES.map((name, k) => [name, values[k]])) as Record<FeatureName, number>;
}

const draw = (...discs: Disc[]) => measure(drawDiscs(SIZE, SIZE, discs));
const cytoplasm = (radius: number, color: readonly number[] = CYTOPLASM) => ({ x: 40, y: 40, radius, color });

const MACROPHAGE = draw(cytoplasm(20), { x: 47, y: 40, radius: 8 });
const LYMPHOCYTE = draw(cytoplasm(10), { x: 40, y: 40, radius: 9 });
const NEUTROPHIL = draw(
  cytoplasm(14, PINK),
  ...[0, 1, 2].map((k) => ({
    x: 40 + 8 * Math.cos(2.1 * k),
    y: 40 + 8 * Math.sin(2.1 * k),
    radius: 4.5,
  })),
);

test('areas are relative to a typical nucleus', () => {
  expect(Math.exp(MACROPHAGE.logCellArea)).toBeCloseTo(4, 0);
  expect(MACROPHAGE.darkShare).toBeCloseTo((8 / 20) ** 2, 1);
  expect(LYMPHOCYTE.darkShare).toBeGreaterThan(0.6);
  expect(LYMPHOCYTE.logCellArea).toBeLessThan(NEUTROPHIL.logCellArea);
  expect(MACROPHAGE.paleRim).toBeGreaterThan(LYMPHOCYTE.paleRim);
});

test('lobes are counted and leave the nucleus neither thick nor solid', () => {
  expect([MACROPHAGE.lobes, LYMPHOCYTE.lobes, NEUTROPHIL.lobes]).toEqual([1, 1, 3]);
  expect(NEUTROPHIL.largestPart80).toBeLessThan(0.4);
  expect(LYMPHOCYTE.largestPart80).toBe(1);
  expect(NEUTROPHIL.solidity80).toBeLessThan(0.75);
  expect(LYMPHOCYTE.solidity80).toBeGreaterThan(0.9);
  expect(NEUTROPHIL.darkThickness).toBeLessThan(MACROPHAGE.darkThickness / 2);
  expect(NEUTROPHIL.darkSolidity).toBeLessThan(MACROPHAGE.darkSolidity);
});

test('a nucleus that fills its cell has an even inside, lobes have not', () => {
  expect(NEUTROPHIL.innerGradient).toBeGreaterThan(4 * LYMPHOCYTE.innerGradient);
  expect(NEUTROPHIL.greenTexture).toBeGreaterThan(4 * LYMPHOCYTE.greenTexture);
  expect(NEUTROPHIL.centreToInner).toBeLessThan(LYMPHOCYTE.centreToInner);
});

test('hues tell the stain of cytoplasm', () => {
  expect(NEUTROPHIL.paleRedToGreen).toBeLessThan(MACROPHAGE.paleRedToGreen);
  expect(MACROPHAGE.darkRedToGreen).toBeGreaterThan(0.7);
  expect(NEUTROPHIL.redContrast).toBeGreaterThan(MACROPHAGE.redContrast);
});

test('the form does not depend on the strength of the stain', () => {
  const faint = (color: readonly number[]) => color.map((value) => Math.round(255 * (value / 255) ** 0.7));
  const paler = draw(cytoplasm(20, faint(CYTOPLASM)), { x: 47, y: 40, radius: 8, color: faint(NUCLEUS) });
  for (const name of ['darkShare', 'darkThickness', 'share60', 'share80', 'lobes'] as const) {
    expect(Math.abs(paler[name] - MACROPHAGE[name]), name).toBeLessThan(0.05);
  }
});

test('a cell of one colour, at the image border, measures finite numbers', () => {
  const whole = drawDiscs(SIZE, SIZE, [
    { x: 40, y: 40, radius: 200 },
    { x: 2, y: 2, radius: 2, color: [250, 250, 250] },
  ]);
  for (const values of [draw(cytoplasm(9)), measure(whole)]) {
    for (const [name, value] of Object.entries(values)) expect(Number.isFinite(value), name).toBe(true);
  }
});
