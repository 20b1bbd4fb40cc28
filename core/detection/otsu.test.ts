import fc from 'fast-check';
import { expect, test } from 'vitest';
import { histogramOf, otsuThresholds } from './otsu.ts';

/** Sum of the variances within the classes, times their counts. */
function varianceWithin(histogram: readonly number[], thresholds: readonly number[]): number {
  const bounds = [-1, ...thresholds, histogram.length - 1];
  let total = 0;
  for (let k = 0; k + 1 < bounds.length; k++) {
    let count = 0;
    let sum = 0;
    let squares = 0;
    for (let v = bounds[k] + 1; v <= bounds[k + 1]; v++) {
      count += histogram[v];
      sum += histogram[v] * v;
      squares += histogram[v] * v * v;
    }
    if (count > 0) total += squares - sum ** 2 / count;
  }
  return total;
}

test('parts two well separated modes between them', () => {
  const values = Uint8Array.from([10, 11, 12, 10, 11, 90, 91, 92]);
  const [threshold] = otsuThresholds(histogramOf(values), 2);
  expect(threshold).toBeGreaterThanOrEqual(12);
  expect(threshold).toBeLessThan(90);
});

test('no other choice of thresholds has less variance within', () => {
  const histograms = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 8, maxLength: 12 });
  fc.assert(
    fc.property(histograms, (histogram) => {
      const two = otsuThresholds(histogram, 2);
      const three = otsuThresholds(histogram, 3);
      for (let a = 0; a < histogram.length; a++) {
        expect(varianceWithin(histogram, two)).toBeLessThanOrEqual(varianceWithin(histogram, [a]) + 1e-6);
        for (let b = a + 1; b < histogram.length; b++) {
          expect(varianceWithin(histogram, three)).toBeLessThanOrEqual(
            varianceWithin(histogram, [a, b]) + 1e-6,
          );
        }
      }
    }),
  );
});

test('an empty histogram has thresholds all the same', () => {
  expect(otsuThresholds(new Uint32Array(256), 3)).toHaveLength(2);
});
