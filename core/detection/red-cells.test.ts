import { expect, test } from 'vitest';
import { findRedCells } from './red-cells.ts';

/** Density of rings: dense rims, pale centres, as red cells have. */
function ringsAt(centres: readonly (readonly [number, number])[], width = 200, height = 120) {
  const density = new Uint8Array(width * height);
  for (const [cx, cy] of centres) {
    for (let i = 0; i < density.length; i++) {
      const away = Math.hypot((i % width) - cx, Math.floor(i / width) - cy);
      if (away < 16) density[i] = Math.max(density[i], away < 6 ? 5 : 60);
    }
  }
  return { density, width, height };
}

const sorted = (centres: readonly (readonly number[])[]) => [...centres].sort((a, b) => a[0] - b[0]);

test.each([
  [
    'apart',
    [
      [30, 40],
      [90, 60],
      [150, 40],
    ],
  ],
  [
    'overlapping',
    [
      [60, 60],
      [84, 60],
      [100, 82],
    ],
  ],
  [
    'cut by the border',
    [
      [4, 40],
      [100, 115],
      [195, 60],
    ],
  ],
] as const)('finds cells %s with their pale centres filled', (_, centres) => {
  const found = findRedCells(ringsAt(centres), 32).regions;
  expect(found).toHaveLength(centres.length);
  for (const [i, [x, y]] of sorted(centres).entries()) {
    const region = sorted(found.map((cell) => [cell.x, cell.y]))[i];
    expect(Math.hypot(region[0] - x, region[1] - y)).toBeLessThan(5);
  }
});

test('regions do not overlap, and specks and an image without slide hold none', () => {
  const scored = ringsAt([
    [60, 60],
    [84, 60],
  ]);
  const seen = new Set<number>();
  for (const { runs, area } of findRedCells(scored, 32).regions) {
    let pixels = 0;
    for (let i = 0; i < runs.length; i += 3) {
      for (let x = runs[i + 1]; x < runs[i + 2]; x++) {
        const at = runs[i] * scored.width + x;
        expect(seen.has(at)).toBe(false);
        seen.add(at);
        pixels++;
      }
    }
    expect(pixels).toBe(area);
  }
  expect(findRedCells({ density: new Uint8Array(400).fill(90), width: 20, height: 20 }, 32).regions).toEqual(
    [],
  );
  expect(findRedCells({ density: new Uint8Array(400), width: 20, height: 20 }, 32).regions).toEqual([]);
  const speck = ringsAt([]);
  speck.density.fill(60, 300, 304);
  expect(findRedCells(speck, 32).regions).toEqual([]);
});
