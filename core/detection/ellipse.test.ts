import { expect, test } from 'vitest';
import { packAbove } from './bit-pack.ts';
import { connectedComponents } from './connected-components.ts';
import { componentMoments, ellipseFit } from './ellipse.ts';

/** Moments and ellipse fit of the pixels for which `inside` holds, on a 60 × 60 image. */
function measure(inside: (x: number, y: number) => boolean) {
  const values = Uint8Array.from({ length: 3600 }, (_, i) => (inside(i % 60, Math.floor(i / 60)) ? 200 : 0));
  const components = connectedComponents(packAbove(values, 60, 60, 100));
  const moments = componentMoments(components, 0);
  return { moments, fit: ellipseFit(components, 0, moments) };
}

test('moments of a rectangle of unit squares', () => {
  const { moments } = measure((x, y) => x >= 10 && x < 22 && y >= 20 && y < 26);
  expect(moments).toMatchObject({ area: 72, x: 15.5, y: 22.5, xy: 0 });
  expect(moments.xx).toBeCloseTo(12 ** 2 / 12);
  expect(moments.yy).toBeCloseTo(6 ** 2 / 12);
});

test('an ellipse fits at any angle, other shapes less, scattered ones least', () => {
  const ellipse = (angle: number) => (x: number, y: number) => {
    const u = (x - 30) * Math.cos(angle) + (y - 30) * Math.sin(angle);
    const v = (y - 30) * Math.cos(angle) - (x - 30) * Math.sin(angle);
    return (u / 20) ** 2 + (v / 11) ** 2 <= 1;
  };
  for (const angle of [0, 0.5, 1, Math.PI / 2]) expect(measure(ellipse(angle)).fit).toBeGreaterThan(0.96);
  const square = measure((x, y) => Math.abs(x - 30) < 12 && Math.abs(y - 30) < 12).fit;
  const corner = measure((x, y) => x >= 10 && y >= 10 && x < 50 && y < 50 && (x < 20 || y < 20)).fit;
  expect(square).toBeLessThan(0.92);
  expect(corner).toBeLessThan(0.5);
  expect(square).toBeGreaterThan(corner);
});
