import { expect, test } from 'vitest';
import { detectCells } from './detect-cells.ts';
import type { RgbImage } from './image.ts';
import { addDetail, COLOUR_PER_STEP, DETAIL_PER_STEP } from './nuclear-colour.ts';
import { scoreNuclei, stainBalance } from './nuclear-score.ts';
import { parseDetectionParameters } from './parameters.ts';
import { stainImage } from './stained-image.ts';
import { CYTOPLASM, drawDiscs, EMPTY, NUCLEUS } from './test-images.ts';

const PINK_NUCLEUS = [150, 60, 110];

/** Densities 0.07, 0.36 and 0.27 on the empty slide. */
const EOSIN = [213, 105, 110];

function cellsOf(nucleus: readonly number[], cytoplasm: readonly number[]) {
  const centres = [40, 100, 160].flatMap((x) => [40, 100, 160].map((y) => ({ x, y })));
  return drawDiscs(200, 200, [
    ...centres.map((at) => ({ ...at, radius: 20, color: cytoplasm })),
    ...centres.map((at) => ({ ...at, radius: 10, color: nucleus })),
  ]);
}

function score(image: RgbImage) {
  const stained = stainImage(image, 1);
  return scoreNuclei(stained, stainBalance(stained));
}

test('sets nuclei far apart from cytoplasm of the trained stain, blue or eosinophilic', () => {
  const image = cellsOf(NUCLEUS, CYTOPLASM);
  for (let y = 0; y < 20; y++) for (let x = 0; x < 20; x++) image.data.set(EOSIN, 3 * (200 * y + x));
  const values = score(image)!;
  const [nucleus, cytoplasm, eosin] = [100 * 200 + 100, 100 * 200 + 115, 8 * 200 + 8].map((at) => values[at]);
  expect(nucleus).toBeGreaterThan(60);
  expect(cytoplasm).toBeLessThan(40);
  expect(eosin).toBeLessThan(40);
});

test('leaves other stains to chromatin, and so does auto', () => {
  const image = cellsOf(PINK_NUCLEUS, [225, 170, 190]);
  expect(score(image)).toBeUndefined();
  const found = (feature: string) =>
    detectCells(image, parseDetectionParameters({ feature, downscale: 1 })).cells;
  expect(found('auto')).toEqual(found('chromatin'));
  expect(found('auto')).toHaveLength(9);
});

test('the balance of a stain does not depend on its strength', () => {
  const balanceAt = (strength: number) => {
    const thinner = (color: readonly number[]) =>
      color.map((value, c) => EMPTY[c] * (value / EMPTY[c]) ** strength);
    const image = cellsOf(thinner(NUCLEUS), thinner(CYTOPLASM));
    return stainBalance(stainImage(image, 1))!;
  };
  const [full, thin] = [balanceAt(1), balanceAt(0.85)];
  for (const c of [0, 1, 2]) expect(Math.abs(full[c] - thin[c])).toBeLessThan(0.05);
  expect(full[0] + full[1] + full[2]).toBeCloseTo(1, 6);
  expect(stainBalance(stainImage(drawDiscs(50, 50, []), 1))).toBeUndefined();
});

test('enlarges a slope of colour to a slope', () => {
  const slope = Int16Array.from({ length: 8 }, (_, i) => COLOUR_PER_STEP * (4 * i + 1));
  const line = addDetail(slope, new Uint8Array(16), 16, 1, 0);
  expect([...line.subarray(1, 15)]).toEqual(Array.from({ length: 14 }, (_, i) => 2 * i + 2));
});

test('adds the detail of the density at every pixel of images of odd size or one pixel', () => {
  for (const [width, height] of [
    [1, 1],
    [5, 3],
    [2, 7],
  ]) {
    const { half, density } = stainImage(drawDiscs(width, height, []), 1);
    expect([half.width, half.height]).toEqual([Math.ceil(width / 2), Math.ceil(height / 2)]);
    const colour = new Int16Array(half.red.length).fill(10 * COLOUR_PER_STEP);
    const darker = density.fill(20);
    expect([...addDetail(colour, darker, width, height, DETAIL_PER_STEP)]).toEqual([...darker.fill(30)]);
  }
});
