import { expect, test } from 'vitest';
import { growCells } from './cell-outline.ts';
import type { Region } from './component-tree.ts';
import { cytoplasmThreshold } from './cytoplasm.ts';

const WIDTH = 80;
const HEIGHT = 40;

/** A square nucleus of 6 × 6 px. */
function nucleusAt(left: number, top: number): Region {
  const runs = Int32Array.from(Array.from({ length: 6 }, (_, i) => [top + i, left, left + 6]).flat());
  return { area: 36, x: left + 2.5, y: top + 2.5, score: 1, threshold: 0, runs };
}

/** Stained where `inside` holds. */
function stainedWhere(inside: (x: number, y: number) => boolean) {
  const density = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) =>
    inside(i % WIDTH, Math.floor(i / WIDTH)) ? 80 : 0,
  );
  return { density, width: WIDTH, height: HEIGHT, cytoplasm: cytoplasmThreshold(density) };
}

test('a cell fills its stained area and no more', () => {
  const image = stainedWhere((x, y) => x >= 20 && x < 34 && y >= 10 && y < 26);
  const { bounds, owner } = growCells([nucleusAt(25, 15)], image, 20);
  expect([...bounds]).toEqual([20, 10, 34, 26]);
  expect(owner.filter((cell) => cell === 1)).toHaveLength(14 * 16);
});

test('two nuclei share one stained area where it is half way', () => {
  const image = stainedWhere((x, y) => x >= 10 && x < 60 && y >= 12 && y < 28);
  const { bounds } = growCells([nucleusAt(18, 17), nucleusAt(46, 17)], image, 20);
  expect([...bounds.subarray(0, 4)]).toEqual([10, 12, 35, 28]);
  expect([...bounds.subarray(4)]).toEqual([35, 12, 60, 28]);
});

test('cytoplasm ends at the reach of its nucleus', () => {
  const { bounds } = growCells(
    [nucleusAt(20, 17)],
    stainedWhere((_, y) => y > 10 && y < 30),
    10,
  );
  expect(bounds[2] - 26).toBeLessThanOrEqual(14);
  expect(bounds[2] - 26).toBeGreaterThanOrEqual(13);
});

test('does not pass through empty slide', () => {
  const image = stainedWhere((x) => x < 30 || x > 33);
  const { bounds } = growCells([nucleusAt(22, 17)], image, 20);
  expect(bounds[2]).toBe(30);
});
