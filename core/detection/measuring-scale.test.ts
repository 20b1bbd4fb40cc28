import { expect, test } from 'vitest';
import { detectCells } from './detect-cells.ts';
import { PLAIN_KERNELS } from './kernels/kernels.ts';
import { measuringImage, shrunkRegions } from './measuring-scale.ts';
import { parseDetectionParameters } from './parameters.ts';
import { stainImage } from './stained-image.ts';
import { CYTOPLASM, drawDiscs } from './test-images.ts';

const CELLS = [
  [110, 120],
  [260, 130],
  [180, 290],
  [330, 300],
].flatMap(([x, y]) => [
  { x, y, radius: 57, color: CYTOPLASM },
  { x: x + 8, y: y - 6, radius: 30 },
]);
const FIELD = drawDiscs(431, 397, CELLS);

test('nuclei of the trained size are measured as they are, larger ones on a smaller image', () => {
  const score = stainImage(FIELD, 1);
  const same = measuringImage(score, 22, PLAIN_KERNELS);
  expect([same.shrink, same.rgb, same.density]).toEqual([1, score.rgb, score.density]);
  const smaller = measuringImage(score, 60, PLAIN_KERNELS);
  expect([smaller.shrink, smaller.width, smaller.height]).toEqual([3, 144, 132]);
  // The same nucleus, dense in both.
  expect(Math.abs(smaller.density[38 * 144 + 39] - score.density[114 * 431 + 118])).toBeLessThan(3);
});

test('a region shrinks to the pixels whose middles it holds, and never to nothing', () => {
  const score = stainImage(FIELD, 1);
  const image = measuringImage(score, 60, PLAIN_KERNELS);
  const region = { area: 0, x: 5, y: 4, score: 1, threshold: 9 };
  const square = Int32Array.from([3, 4, 5].flatMap((y) => [y, 3, 9]));
  const [shrunk] = shrunkRegions([{ ...region, runs: square }], image, score);
  expect([...shrunk.runs]).toEqual([1, 1, 3]);
  const [speck] = shrunkRegions([{ ...region, runs: Int32Array.of(5, 5, 6) }], image, score);
  expect([...speck.runs]).toEqual([1, 1, 2]);
});

test('boxes of cells measured on a smaller image lie where the cells were drawn', () => {
  const parameters = parseDetectionParameters({ downscale: 1, nucleus_diameter: 60 });
  const { cells } = detectCells(FIELD, parameters);
  expect(cells).toHaveLength(4);
  for (const { x, y, radius } of CELLS.filter((disc) => disc.radius > 40)) {
    const cell = cells.find((found) => Math.hypot(found.nucleus.x - x - 8, found.nucleus.y - y + 6) < 2)!;
    expect(Math.abs(cell.x - (x - radius))).toBeLessThan(8);
    expect(Math.abs(cell.width - 2 * radius)).toBeLessThan(12);
    expect(cell.x + cell.width).toBeLessThanOrEqual(431);
  }
});
