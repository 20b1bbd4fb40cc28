import { expect, test } from 'vitest';
import { levelDensity, SLIDE_LEVEL } from './level-density.ts';

test('takes more than half of the vignetting out and leaves cells as dense as they are', () => {
  const [width, height] = [160, 120];
  const density = new Uint8Array(width * height);
  for (let i = 0; i < density.length; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    const light = ((x - 80) ** 2 + (y - 60) ** 2) / 800;
    density[i] = Math.round(light + (Math.hypot((x % 40) - 20, (y % 40) - 20) < 10 ? 40 : 0));
  }
  const level = levelDensity(density, width, height);
  expect(Math.max(...density)).toBeGreaterThan(45);
  for (const [x, y, cell] of [
    [0, 0, 0],
    [159, 119, 0],
    [80, 80, 0],
    [20, 20, 40],
    [60, 60, 40],
    [140, 100, 40],
  ]) {
    expect(Math.abs(level[y * width + x] - SLIDE_LEVEL - cell), `at ${x}, ${y}`).toBeLessThanOrEqual(6);
  }
});

test('an image without any slide, or of one pixel, stays as it is', () => {
  const value = 90 + SLIDE_LEVEL;
  expect([...levelDensity(new Uint8Array(12).fill(90), 4, 3)]).toEqual(new Array(12).fill(value));
  expect([...levelDensity(Uint8Array.of(90), 1, 1)]).toEqual([value]);
});
