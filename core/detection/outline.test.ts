import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packAbove } from './bit-pack.ts';
import { connectedComponents } from './connected-components.ts';
import { levelOutline, outlineArea, outlineCentroid, pixelOutline } from './outline.ts';
import { grayFrom, runsFrom } from './test-images.ts';

test('a rectangle of pixels has its four corners, clockwise', () => {
  expect([...pixelOutline(runsFrom(['....', '.##.', '.##.']))]).toEqual([1, 1, 3, 1, 3, 3, 1, 3]);
});

test('holes are filled and diagonal pixels stay one outline', () => {
  expect(outlineArea(pixelOutline(runsFrom(['###', '#.#', '###'])))).toBe(9);
  expect(outlineArea(pixelOutline(runsFrom(['#..', '.#.', '..#'])))).toBe(3);
});

test('the centroid is that of the enclosed area', () => {
  expect(outlineCentroid(pixelOutline(runsFrom(['####', '####'])))).toEqual({ x: 2, y: 1 });
  expect(outlineCentroid(Float32Array.of(3, 4, 5, 4, 3, 4, 5, 4))).toEqual({ x: 4, y: 4 });
});

test('encloses as many pixels as the region has, holes filled', () => {
  const rows = fc.array(fc.string({ unit: fc.constantFrom('.', '#', '#'), minLength: 9, maxLength: 9 }), {
    minLength: 1,
    maxLength: 9,
  });
  fc.assert(
    fc.property(rows, (drawn) => {
      const { values, width, height } = grayFrom(drawn);
      const found = connectedComponents(packAbove(values, width, height, 100));
      for (let component = 0; component < found.componentCount; component++) {
        const runs: number[] = [];
        for (let i = found.firstRun[component]; i >= 0; i = found.nextRun[i]) {
          runs.push(found.runRow[i], found.runStart[i], found.runEnd[i]);
        }
        const region = Int32Array.from(runs);
        expect(outlineArea(pixelOutline(region))).toBe(filledArea(region, width, height));
      }
    }),
  );
});

test('finds a smooth border between pixels at sub-pixel precision', () => {
  const size = 41;
  const radius = 12.3;
  const ramp = Uint8Array.from({ length: size * size }, (_, i) => {
    const away = Math.hypot((i % size) + 0.5 - size / 2, Math.floor(i / size) + 0.5 - size / 2);
    return Math.max(0, Math.min(255, 128 + 20 * (radius - away)));
  });
  const found = connectedComponents(packAbove(ramp, size, size, 127));
  const runs = Int32Array.from(
    Array.from({ length: found.runCount }, (_, i) => [
      found.runRow[i],
      found.runStart[i],
      found.runEnd[i],
    ]).flat(),
  );
  const outline = levelOutline(runs, ramp, size, size, 127);
  for (let i = 0; i < outline.length; i += 2) {
    expect(Math.abs(Math.hypot(outline[i] - size / 2, outline[i + 1] - size / 2) - radius)).toBeLessThan(0.1);
  }
  expect(outlineArea(outline) / (Math.PI * radius ** 2)).toBeCloseTo(1, 2);
});

test('stays on the border of the image', () => {
  const outline = levelOutline(runsFrom(['##', '##']), new Uint8Array(4).fill(200), 2, 2, 100);
  expect(Math.min(...outline)).toBe(0);
  expect(Math.max(...outline)).toBe(2);
});

/** Pixels that cannot be reached from outside by side steps. */
function filledArea(runs: Int32Array, width: number, height: number): number {
  const wide = width + 2;
  const outside = new Uint8Array(wide * (height + 2));
  for (let i = 0; i < runs.length; i += 3) {
    outside.fill(2, (runs[i] + 1) * wide + runs[i + 1] + 1, (runs[i] + 1) * wide + runs[i + 2] + 1);
  }
  const open = [0];
  outside[0] = 1;
  for (const at of open) {
    for (const next of [
      at - wide,
      at + wide,
      at % wide > 0 ? at - 1 : -1,
      at % wide < wide - 1 ? at + 1 : -1,
    ]) {
      if (outside[next] !== 0) continue;
      outside[next] = 1;
      open.push(next);
    }
  }
  return outside.filter((mark) => mark !== 1).length;
}
