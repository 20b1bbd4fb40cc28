import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distanceInside, FARTHEST } from './distance.ts';

test('is the distance to the nearest unmarked pixel', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 12, maxLength: 100 }),
      (width, some) => {
        const height = Math.floor(some.length / width);
        const marks = Uint8Array.from(some.slice(0, width * height), (value) => (value > 0 ? 1 : 0));
        const empty = [...marks.keys()].filter((i) => marks[i] === 0);
        const away = (i: number) =>
          Math.min(
            FARTHEST,
            ...empty.map((e) =>
              Math.hypot((i % width) - (e % width), Math.floor(i / width) - Math.floor(e / width)),
            ),
          );
        const found = distanceInside(marks, width, height);
        for (const i of marks.keys()) expect(found[i]).toBeCloseTo(away(i), 3);
      },
    ),
  );
});
