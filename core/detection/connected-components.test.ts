import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packAbove } from './bit-pack.ts';
import { componentsWithin, connectedComponents } from './connected-components.ts';
import { grayFrom } from './test-images.ts';

function componentsOf(rows: readonly string[]) {
  const { values, width, height } = grayFrom(rows);
  return { values, width, height, ...connectedComponents(packAbove(values, width, height, 100)) };
}

test('joins diagonal neighbours and arms that meet only at the bottom', () => {
  const found = componentsOf([
    '#..#....#', // 0 and 1 meet below; 2 touches diagonally
    '#..#...#.',
    '####.#...',
  ]);
  expect(found.componentCount).toBe(3);
  expect([...found.area]).toEqual([8, 2, 1]);
});

test('keeps every run, row by row, with its component', () => {
  const found = componentsOf(['##.#', '....', '#..#']);
  expect([...found.rowStart]).toEqual([0, 2, 2, 4]);
  expect([...found.runStart.subarray(0, 4)]).toEqual([0, 3, 0, 3]);
  expect([...found.runEnd.subarray(0, 4)]).toEqual([2, 4, 1, 4]);
  expect([...found.runComponent]).toEqual([0, 1, 2, 3]);
});

test('finds nothing in an empty image', () => {
  expect(componentsOf(['....', '....']).componentCount).toBe(0);
});

test('agrees with a flood fill on random images wider than a word', () => {
  const rows = fc.array(fc.string({ unit: fc.constantFrom('.', '#'), minLength: 40, maxLength: 40 }), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(rows, (drawn) => {
      const found = componentsOf(drawn);
      expect([...found.area].sort()).toEqual(floodFillAreas(found.values, found.width, found.height).sort());
    }),
  );
});

test('the components of a higher threshold are found inside those of a lower one, without the small', () => {
  const images = fc.tuple(
    fc.integer({ min: 1, max: 40 }),
    fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 40 }),
  );
  fc.assert(
    fc.property(images, fc.integer({ min: 1, max: 9 }), ([width, some], minArea) => {
      const height = Math.floor(some.length / width);
      const values = Uint8Array.from(some.slice(0, width * height));
      const at = (threshold: number) => connectedComponents(packAbove(values, width, height, threshold));
      const outer = at(0);
      expect(componentsWithin(outer, values, width, 1, 0)).toEqual({
        ...at(1),
        runStart: expect.anything(),
        runEnd: expect.anything(),
        runRow: expect.anything(),
      });
      const large = componentsWithin(outer, values, width, 1, minArea);
      const kept = [...at(1).area].filter((area) => area >= minArea);
      expect([...large.area].filter((area) => area >= minArea)).toEqual(kept);
    }),
  );
});

function floodFillAreas(values: Uint8Array, width: number, height: number): number[] {
  const open = new Set([...values.keys()].filter((i) => values[i] > 100));
  const areas: number[] = [];
  for (const start of open) {
    const members = [start];
    open.delete(start);
    for (const at of members) {
      const x = at % width;
      const y = (at - x) / width;
      for (const [dx, dy] of [-1, 0, 1].flatMap((a) => [-1, 0, 1].map((b) => [a, b]))) {
        const next = (y + dy) * width + x + dx;
        const inside = x + dx >= 0 && x + dx < width && y + dy >= 0 && y + dy < height;
        if (inside && open.delete(next)) members.push(next);
      }
    }
    areas.push(members.length);
  }
  return areas;
}
