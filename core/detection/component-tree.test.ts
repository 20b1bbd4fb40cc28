import { expect, test } from 'vitest';
import { findRegions, type TreeSearch } from './component-tree.ts';
import { countGradients, strongGradient } from './edge-strength.ts';

const SEARCH: TreeSearch = {
  thresholds: [20, 60, 100, 140, 180],
  minArea: 60,
  maxArea: 1000,
  minScore: 0.9,
  edgeWeight: 0.5,
  splitMargin: 0.02,
};

/** Discs of given height on a 100 × 100 field; where they overlap the highest counts. */
function fieldOf(discs: readonly { x: number; y: number; radius: number; value: number }[]): Uint8Array {
  return Uint8Array.from({ length: 10_000 }, (_, i) => {
    const x = i % 100;
    const y = Math.floor(i / 100);
    const values = discs.map((d) => (Math.hypot(x - d.x, y - d.y) < d.radius ? d.value : 0));
    return Math.max(0, ...values);
  });
}

function regionsOf(smooth: Uint8Array, search = SEARCH) {
  const strong = strongGradient(countGradients(smooth, 100, 100));
  return findRegions({ smooth, width: 100, height: 100, strong }, search);
}

test('finds two nuclei in the same cytoplasm and one pale nucleus alone, each at its own threshold', () => {
  const regions = regionsOf(
    fieldOf([
      { x: 35, y: 30, radius: 28, value: 70 },
      { x: 24, y: 30, radius: 8, value: 200 },
      { x: 46, y: 30, radius: 8, value: 200 },
      { x: 70, y: 80, radius: 8, value: 50 },
    ]),
  );
  expect(regions.map(({ x, y }) => [Math.round(x), Math.round(y)])).toEqual([
    [24, 30],
    [46, 30],
    [70, 80],
  ]);
  expect(regions[0].threshold).toBeGreaterThanOrEqual(60);
  expect(regions[2].threshold).toBe(20);
});

test('keeps a whole whose parts are no better', () => {
  const [region, ...others] = regionsOf(fieldOf([{ x: 50, y: 50, radius: 12, value: 200 }]));
  expect(others).toEqual([]);
  expect(region.area).toBeCloseTo(Math.PI * 12 ** 2, -2);
});

test('leaves out what is too small, too large or no ellipse', () => {
  expect(regionsOf(fieldOf([{ x: 50, y: 50, radius: 3, value: 200 }]))).toEqual([]);
  expect(regionsOf(fieldOf([{ x: 50, y: 50, radius: 40, value: 200 }]))).toEqual([]);
  const cross = Uint8Array.from({ length: 10_000 }, (_, i) =>
    (Math.abs((i % 100) - 50) < 3 && Math.abs(i / 100 - 50) < 30) ||
    (Math.abs(i / 100 - 50) < 3 && Math.abs((i % 100) - 50) < 30)
      ? 200
      : 0,
  );
  expect(regionsOf(cross, { ...SEARCH, minScore: 1.2 })).toEqual([]);
});

test('regions never overlap', () => {
  let state = 1;
  const random = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  const discs = Array.from({ length: 40 }, () => ({
    x: 100 * random(),
    y: 100 * random(),
    radius: 4 + 8 * random(),
    value: 40 + 200 * random(),
  }));
  const taken = new Set<number>();
  for (const { runs } of regionsOf(fieldOf(discs), { ...SEARCH, minScore: 0 })) {
    for (let i = 0; i < runs.length; i += 3) {
      for (let x = runs[i + 1]; x < runs[i + 2]; x++) {
        expect(taken.has(runs[i] * 100 + x)).toBe(false);
        taken.add(runs[i] * 100 + x);
      }
    }
  }
  expect(taken.size).toBeGreaterThan(500);
});
