import { expect, test } from 'vitest';
import type { RgbImage } from './image.ts';
import { cutOut } from './image-statistics.ts';
import { createKernels } from './kernels/create-kernels.ts';
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

test.each([0.5, 0.77, 1, Math.SQRT2, 2, 2.83, 8])(
  'a part of an image gives the very pixels that the whole gives there, downscale %d',
  (downscale) => {
    const [width, height] = [211, 173];
    const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 2654435761) >>> 24);
    const image: RgbImage = { data, width, height, channels: 3 };
    const whole = resample(image, downscale);
    for (const region of [
      { left: 0, top: 0, width: 90, height: 80 },
      { left: 31, top: 47, width: 101, height: 77 },
      { left: 120, top: 90, width: 91, height: 83 },
    ]) {
      const part = resample(cutOut(image, region), downscale);
      expect(part.width).toBeGreaterThan(region.width / downscale - 4);
      expect(createKernels().resample(cutOut(image, region), downscale)).toEqual(part);
      const expected = cutOut({ ...whole, data: whole.rgb, channels: 3 }, { ...part, ...part.placement! });
      expect(part.rgb).toEqual(expected.data);
      if (downscale !== 1) expect([part.placement!.left % 2, part.placement!.top % 2]).toEqual([0, 0]);
    }
  },
);
