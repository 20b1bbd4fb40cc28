import { expect, test } from 'vitest';
import { countGradients, edgeStrengthAt, strongGradient } from './edge-strength.ts';

function edgeStrength(smooth: Uint8Array, width: number, height: number): Uint8Array {
  const edges = { smooth, width, height, strong: strongGradient(countGradients(smooth, width, height)) };
  return smooth.map((_, i) => edgeStrengthAt(edges, i % width, Math.floor(i / width)));
}

test('a step is a full edge and the flat parts are none', () => {
  const width = 20;
  const smooth = Uint8Array.from({ length: width * width }, (_, i) => (i % width < 10 ? 0 : 100));
  const strength = edgeStrength(smooth, width, width);
  const row = strength.subarray(5 * width, 6 * width);
  expect([row[5], row[9], row[10], row[15]]).toEqual([0, 255, 255, 0]);
});

test('faint noise is no edge', () => {
  const smooth = Uint8Array.from({ length: 400 }, (_, i) => 20 + (i % 3 === 0 ? 1 : 0));
  expect(Math.max(...edgeStrength(smooth, 20, 20))).toBeLessThan(100);
});

test('works on images without an interior', () => {
  expect([...edgeStrength(Uint8Array.of(1, 9), 2, 1)]).toEqual([0, 0]);
});
