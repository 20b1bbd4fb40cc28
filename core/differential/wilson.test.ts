import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellsToSettle, contains, wilsonInterval } from './wilson.ts';

const counts = fc
  .tuple(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([total, share]) => ({ total, count: Math.round(total * share) }));

describe('wilsonInterval', () => {
  // Printed to one decimal in laboratory tables; computed independently from Wilson's formula.
  it.each([
    [50, 200, '19.5–31.4'],
    [75, 300, '20.4–30.2'],
    [100, 400, '21.0–29.5'],
    [125, 500, '21.4–29.0'],
    [30, 200, '10.7–20.6'],
    [45, 300, '11.4–19.5'],
    [60, 400, '11.8–18.8'],
    [75, 500, '12.1–18.4'],
    [6, 200, '1.4–6.4'],
    [9, 300, '1.6–5.6'],
    [12, 400, '1.7–5.2'],
    [15, 500, '1.8–4.9'],
    [2, 200, '0.3–3.6'],
    [3, 300, '0.3–2.9'],
    [4, 400, '0.4–2.5'],
    [5, 500, '0.4–2.3'],
  ])('of %i in %i is %s %%', (count, total, printed) => {
    const { lowerPercent, upperPercent } = wilsonInterval(count, total);
    expect(`${lowerPercent.toFixed(1)}–${upperPercent.toFixed(1)}`).toBe(printed);
  });

  it('knows nothing without cells, and stays exact at the ends', () => {
    expect(wilsonInterval(0, 0)).toEqual({ lowerPercent: 0, upperPercent: 100 });
    expect(wilsonInterval(0, 400).lowerPercent).toBe(0);
    expect(wilsonInterval(400, 400).upperPercent).toBe(100);
  });

  it('holds the share, lies within 0–100 % and mirrors its complement', () => {
    fc.assert(
      fc.property(counts, ({ count, total }) => {
        const interval = wilsonInterval(count, total);
        expect(interval.lowerPercent).toBeGreaterThanOrEqual(0);
        expect(interval.upperPercent).toBeLessThanOrEqual(100);
        expect(contains(interval, (100 * count) / total)).toBe(true);
        expect(100 - wilsonInterval(total - count, total).upperPercent).toBeCloseTo(interval.lowerPercent, 9);
      }),
    );
  });

  it('narrows with more cells of the same share', () => {
    fc.assert(
      fc.property(counts, fc.integer({ min: 2, max: 10 }), ({ count, total }, times) => {
        const width = (interval: ReturnType<typeof wilsonInterval>) =>
          interval.upperPercent - interval.lowerPercent;
        expect(width(wilsonInterval(count * times, total * times))).toBeLessThan(
          width(wilsonInterval(count, total)),
        );
      }),
    );
  });

  it.each([
    [5, 4],
    [-1, 4],
    [1.5, 4],
    [1, Number.NaN],
  ])('refuses %d of %d', (count, total) => {
    expect(() => wilsonInterval(count, total)).toThrow(RangeError);
  });
});

describe('cellsToSettle', () => {
  it('is null when the threshold is outside, on the share itself, or out of reach', () => {
    expect(cellsToSettle(200, 400, 15)).toBeNull();
    expect(cellsToSettle(60, 400, 15)).toBeNull();
    expect(cellsToSettle(601, 4000, 15)).toBeNull();
    expect(cellsToSettle(0, 0, 15)).toBeNull();
  });

  it('gives the hand-computed number: 12.5 % against 15 % needs 784 cells', () => {
    // 1.96² · 0.15 · 0.85 / 0.025² = 783.67
    expect(cellsToSettle(50, 400, 15)).toBe(384);
  });

  it('is enough, and one multiple less is not, at exactly the present share', () => {
    fc.assert(
      fc.property(counts, fc.double({ min: 0.5, max: 99, noNaN: true }), ({ count, total }, threshold) => {
        const more = cellsToSettle(count, total, threshold);
        fc.pre(more !== null);
        const times = Math.ceil((total + (more as number)) / total);
        expect(contains(wilsonInterval(count * times, total * times), threshold)).toBe(false);
        const fewer = Math.ceil((total + (more as number)) / total) - 1;
        expect(contains(wilsonInterval(count * fewer, total * fewer), threshold)).toBe(true);
      }),
    );
  });
});
