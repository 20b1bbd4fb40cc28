import { expect, test } from 'vitest';
import { synthesizeField } from '../synthesis/synthesize-field.ts';
import { parseDetectionParameters } from './parameters.ts';
import { estimateNucleusDiameter, stainAtWorkingScale } from './scale.ts';
import { stainImage } from './stained-image.ts';
import { drawDiscs } from './test-images.ts';

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
