import { expect, test } from 'vitest';
import { seededRandom } from './seeded-random.ts';
import { blob, capsule, coverage, joined, without } from './shapes.ts';

const disc = (x: number, radius: number) =>
  blob({ x, y: 0, radius, aspect: 1, angle: 0, irregularity: 0 }, seededRandom(1));

test('a regular blob is a disc', () => {
  expect(disc(3, 10)(3, 0)).toBeCloseTo(-10);
  expect(disc(3, 10)(13, 0)).toBeCloseTo(0);
  expect(disc(3, 10)(3, 15)).toBeCloseTo(5);
});

test('a capsule measures from its bar, also where the bar is a point', () => {
  expect(capsule(0, 0, 10, 0, 2)(5, 5)).toBeCloseTo(3);
  expect(capsule(0, 0, 10, 0, 2)(14, 3)).toBeCloseTo(3);
  expect(capsule(1, 1, 1, 1, 2)(1, 4)).toBeCloseTo(1);
});

test('joining fills the gap between shapes, cutting leaves the rest', () => {
  const both = joined([disc(-5, 4.8), disc(5, 4.8)], 3);
  expect(both(0, 0)).toBeLessThan(0);
  expect(both(0, 6)).toBeGreaterThan(0);
  const bitten = without(disc(0, 10), disc(12, 6));
  expect(bitten(0, 0)).toBeLessThan(0);
  expect(bitten(9, 0)).toBeGreaterThan(0);
});

test('coverage falls from 1 inside to 0 outside, half on the border', () => {
  expect([coverage(-9, 4), coverage(0, 4), coverage(9, 4)]).toEqual([1, 0.5, 0]);
});
