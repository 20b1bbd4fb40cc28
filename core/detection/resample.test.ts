import { expect, test } from 'vitest';
import { resample } from './resample.ts';

const gray = (values: readonly number[]) => Uint8Array.from(values.flatMap((v) => [v, v, v]));
const red = (rgb: Uint8Array) => [...rgb].filter((_, i) => i % 3 === 0);

test('takes the mean of each square when shrinking by a whole number', () => {
  const image = {
    data: gray([0, 10, 100, 100, 20, 30, 100, 104]),
    width: 4,
    height: 2,
    channels: 3 as const,
  };
  const half = resample(image, 2);
  expect([half.width, half.height]).toEqual([2, 1]);
  expect(red(half.rgb)).toEqual([15, 101]);
});

test('weighs pixels by their covered part when shrinking by a fraction', () => {
  const image = { data: gray([0, 90, 180]), width: 3, height: 1, channels: 3 as const };
  // Each half covers one and a half pixels.
  expect(red(resample(image, 1.5).rgb)).toEqual([30, 150]);
});

test('keeps a flat image flat and its edges in place when enlarging', () => {
  const flat = { data: gray(new Array(9).fill(77)), width: 3, height: 3, channels: 3 as const };
  expect(new Set(red(resample(flat, 0.5).rgb))).toEqual(new Set([77]));
  const step = { data: gray([0, 100]), width: 2, height: 1, channels: 3 as const };
  expect(red(resample(step, 0.5).rgb).slice(0, 4)).toEqual([0, 25, 75, 100]);
});

test('drops a fourth channel', () => {
  const image = { data: Uint8Array.of(1, 2, 3, 255, 4, 5, 6, 0), width: 2, height: 1, channels: 4 as const };
  expect([...resample(image, 1).rgb]).toEqual([1, 2, 3, 4, 5, 6]);
});

test('leaves at least one pixel', () => {
  const image = { data: gray([9]), width: 1, height: 1, channels: 3 as const };
  expect(resample(image, 8)).toMatchObject({ width: 1, height: 1 });
});
