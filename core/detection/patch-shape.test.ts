import { expect, test } from 'vitest';
import {
  chamferDistance,
  distanceInside,
  fillHoles,
  partAreas,
  pixelsInHull,
  solidity,
} from './patch-shape.ts';

/** Pixels marked `#`, as indices. */
function pixelsOf(rows: readonly string[]): Int32Array {
  return Int32Array.from([...rows.join('')].flatMap((mark, at) => (mark === '#' ? [at] : [])));
}

test('a rectangle and a single pixel are solid', () => {
  expect(solidity(pixelsOf(['......', '.####.', '.####.', '......']), 6)).toBe(1);
  expect(solidity(pixelsOf(['...', '.#.', '...']), 3)).toBe(1);
  expect(solidity(new Int32Array(0), 3)).toBe(1);
});

test('the hull of two arms includes what lies between them', () => {
  // A U of 5 × 3 with a gap of 3 × 2: the hull is the whole rectangle.
  expect(solidity(pixelsOf(['.......', '.#...#.', '.#...#.', '.#####.', '.......']), 7)).toBeCloseTo(9 / 15);
  // An L of three pixels: its hull cuts the empty corner in half.
  expect(solidity(pixelsOf(['....', '.#..', '.##.', '....']), 4)).toBeCloseTo(3 / 3.5);
  // Two pixels that touch at a corner.
  expect(solidity(pixelsOf(['....', '.#..', '..#.', '....']), 4)).toBeCloseTo(2 / 3);
});

test('solidity does not change when the shape is mirrored', () => {
  const rows = ['.......', '.###...', '..####.', '.....#.', '.......'];
  const mirrored = rows.map((row) => [...row].reverse().join(''));
  expect(solidity(pixelsOf(rows), 7)).toBeCloseTo(solidity(pixelsOf(mirrored), 7), 10);
  expect(solidity(pixelsOf(rows), 7)).toBeCloseTo(solidity(pixelsOf([...rows].reverse()), 7), 10);
});

test('distance grows by a step for every pixel from the outline', () => {
  const rows = ['.......', '.#####.', '.#####.', '.#####.', '.#####.', '.#####.', '.......'];
  const distance = distanceInside(pixelsOf(rows), 7, 49);
  expect([...distance.subarray(21, 28)]).toEqual([0, 5, 10, 15, 10, 5, 0]);
  expect(distance.filter((value) => value > 0)).toHaveLength(25);
});

test('parts that touch at a corner are one', () => {
  const rows = ['........', '.#..##..', '..#.##..', '.......#', '........'];
  const pixels = pixelsOf(rows).filter((at) => at % 8 !== 7);
  expect(partAreas(pixels, 8)).toEqual([2, 4]);
  expect(partAreas(new Int32Array(0), 8)).toEqual([]);
});

test('the hull of an outline with a notch holds the pixels of the notch', () => {
  const rows = ['.......', '.#...#.', '.#...#.', '.#####.', '.......'];
  expect([...pixelsInHull(pixelsOf(rows), 7)]).toEqual([
    ...pixelsOf(['.......', '.#####.', '.#####.', '.#####.', '.......']),
  ]);
});

test('a hole is filled, a bay is not', () => {
  const rows = ['.......', '.####..', '.#.#...', '.####..', '.......'];
  const marked = Uint8Array.from(rows.join(''), (mark) => (mark === '#' ? 1 : 0));
  const filled = fillHoles(marked, 7);
  expect(filled[2 * 7 + 2]).toBe(1);
  expect(filled[2 * 7 + 4]).toBe(0);
  expect(filled.reduce((sum, value) => sum + value, 0)).toBe(11);
});

test('distance outside counts steps to the nearest target', () => {
  const target = new Uint8Array(49);
  target[3 * 7 + 3] = 1;
  const distance = chamferDistance(target, 7);
  expect([distance[24], distance[25], distance[26], distance[32]]).toEqual([0, 5, 10, 7]);
  expect(distance[2 * 7 + 5]).toBe(12);
});
