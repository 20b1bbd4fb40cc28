import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type PackedBits, packAbove } from './bit-pack.ts';

function unpack({ words, wordsPerRow, width, height }: PackedBits): number[] {
  return Array.from({ length: width * height }, (_, i) => {
    const x = i % width;
    return (words[Math.floor(i / width) * wordsPerRow + (x >> 5)] >>> (x & 31)) & 1;
  });
}

test('marks exactly the pixels above the threshold, on rows of any length', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 70 }),
      fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 300 }),
      fc.integer({ min: 0, max: 255 }),
      (width, some, threshold) => {
        const height = Math.ceil(some.length / width);
        const values = Uint8Array.from({ length: width * height }, (_, i) => some[i] ?? 0);
        const bits = packAbove(values, width, height, threshold);
        expect(unpack(bits)).toEqual([...values].map((value) => (value > threshold ? 1 : 0)));
      },
    ),
  );
});

test('leaves the bits past the right edge at 0', () => {
  const bits = packAbove(new Uint8Array(33).fill(9), 33, 1, 5);
  expect([...bits.words]).toEqual([-1, 1]);
});
