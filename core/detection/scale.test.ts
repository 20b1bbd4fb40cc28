import { expect, test } from 'vitest';
import { synthesizeField } from '../synthesis/synthesize-field.ts';
import { detectCells } from './detect-cells.ts';
import { parseDetectionParameters } from './parameters.ts';
import { estimateNucleusDiameter, stainAtWorkingScale, workedNucleus } from './scale.ts';
import { stainImage } from './stained-image.ts';
import { CYTOPLASM, drawDiscs } from './test-images.ts';

const AUTO = parseDetectionParameters({});
const COUNTS = { 'WBC-Macrophage': 12, 'WBC-Lymphocyte': 3, 'WBC-Neutrophil': 1, Debris: 4 };

test.each([14, 20, 36, 60])('nuclei of %d px are measured within a fifth', (nucleusDiameterPx) => {
  const side = 22 * nucleusDiameterPx;
  const { image } = synthesizeField({
    seed: 4,
    width: side,
    height: side,
    nucleusDiameterPx,
    counts: COUNTS,
  });
  const estimate = estimateNucleusDiameter(stainImage(image, 1))!;
  expect(estimate / nucleusDiameterPx).toBeGreaterThan(0.8);
  expect(estimate / nucleusDiameterPx).toBeLessThan(1.2);
});

test('an image with too few nuclei stays as it is', () => {
  const image = drawDiscs(200, 200, [{ x: 100, y: 100, radius: 30 }]);
  const { stained, source } = stainAtWorkingScale(image, AUTO);
  expect([source, stained.downscale]).toEqual(['default', 1]);
});

test('a given downscale is taken as it is', () => {
  const image = drawDiscs(90, 60, []);
  const { stained, source } = stainAtWorkingScale(image, { ...AUTO, downscale: 3 }, 0.1);
  expect([source, stained.downscale, stained.width, stained.height]).toEqual(['given', 3, 30, 20]);
});

test('nuclei of the trained size are looked for as they are, larger ones in a smaller image', () => {
  const worked = (nucleus_diameter: number) => {
    const { shrink, diameter } = workedNucleus(parseDetectionParameters({ nucleus_diameter }));
    return [shrink.toFixed(2), diameter.toFixed(1)];
  };
  expect([8, 20, 23, 40, 60].map(worked)).toEqual([
    ['1.00', '8.0'],
    ['1.00', '20.0'],
    ['1.00', '23.0'],
    ['2.00', '20.0'],
    ['2.83', '21.2'],
  ]);
  const smear = parseDetectionParameters({ preset: 'blood', nucleus_diameter: 60 });
  expect(workedNucleus(smear)).toEqual({ shrink: 1, diameter: 60 });
  const image = drawDiscs(400, 200, []);
  const { stained } = stainAtWorkingScale(image, { ...AUTO, downscale: 1, nucleusDiameter: 40 });
  expect([stained.width, stained.height]).toEqual([200, 100]);
});

test('cells with large nuclei lie in the image where they were drawn', () => {
  const drawn = [
    [110, 120],
    [260, 130],
    [180, 290],
    [330, 300],
  ].map(([x, y]) => ({ x, y, radius: 57, color: CYTOPLASM }));
  const nuclei = drawn.map(({ x, y }) => ({ x: x + 8, y: y - 6, radius: 30 }));
  const image = drawDiscs(431, 397, [...drawn, ...nuclei]);
  const parameters = parseDetectionParameters({ downscale: 1, nucleus_diameter: 60 });
  const { cells, downscale } = detectCells(image, parameters);
  expect(cells).toHaveLength(4);
  expect(downscale).toBeCloseTo(2.83, 2);
  for (const { x, y, radius } of drawn) {
    const cell = cells.find((found) => Math.hypot(found.nucleus.x - x - 8, found.nucleus.y - y + 6) < 2)!;
    expect(Math.abs(cell.x - (x - radius))).toBeLessThan(8);
    expect(Math.abs(cell.width - 2 * radius)).toBeLessThan(12);
    expect(cell.x + cell.width).toBeLessThanOrEqual(431);
  }
});
