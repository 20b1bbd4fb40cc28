import { expect, test } from 'vitest';
import { seededRandom } from './seeded-random.ts';

test('repeats itself, stays in [0, 1) and fills it evenly', () => {
  const [a, b] = [seededRandom(42), seededRandom(42)];
  const bins = new Array(10).fill(0);
  for (let i = 0; i < 10_000; i++) {
    const value = a();
    expect(value).toBe(b());
    bins[Math.floor(value * 10)]++;
  }
  expect(Math.min(...bins)).toBeGreaterThan(850);
  expect(Math.max(...bins)).toBeLessThan(1150);
  expect(seededRandom(43)()).not.toBe(seededRandom(42)());
});
