import { expect, test } from 'vitest';
import { cellularNoise, valueNoise } from './noise.ts';

test.each([
  ['value noise', valueNoise],
  ['cellular noise', cellularNoise],
])('%s is repeatable, continuous, within 0–1, and differs by seed', (_, make) => {
  const texture = make(5, 7);
  let differing = 0;
  for (let i = 0; i < 500; i++) {
    const [x, y] = [i * 1.37 - 300, i * 0.71 - 90];
    const value = texture(x, y);
    expect(value).toBe(make(5, 7)(x, y));
    expect(value).toBeGreaterThanOrEqual(0);
    expect(value).toBeLessThanOrEqual(1);
    expect(Math.abs(texture(x + 0.01, y) - value)).toBeLessThan(0.01);
    if (Math.abs(make(6, 7)(x, y) - value) > 0.01) differing++;
  }
  expect(differing).toBeGreaterThan(400);
});
