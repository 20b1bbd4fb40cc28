import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blurBinomial5 } from './blur.ts';

const KERNEL = [1, 4, 6, 4, 1];

/** The definition, pixel by pixel. */
function reference(source: Uint8Array, width: number, height: number): Uint8Array {
  const clamp = (v: number, size: number) => Math.max(0, Math.min(size - 1, v));
  return source.map((_, i) => {
    const x = i % width;
    const y = Math.floor(i / width);
    let sum = 0;
    for (let dy = -2; dy <= 2; dy++) {
      for (let dx = -2; dx <= 2; dx++) {
        const value = source[clamp(y + dy, height) * width + clamp(x + dx, width)];
        sum += KERNEL[dx + 2] * KERNEL[dy + 2] * value;
      }
    }
    return Math.floor((sum + 128) / 256);
  });
}

test('equals the 5×5 binomial kernel with replicated edges', () => {
  const images = fc
    .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
    .chain(([width, height]) =>
      fc.record({
        width: fc.constant(width),
        height: fc.constant(height),
        source: fc.uint8Array({ minLength: width * height, maxLength: width * height }),
      }),
    );
  fc.assert(
    fc.property(images, ({ source, width, height }) => {
      expect(blurBinomial5(source, width, height)).toEqual(reference(source, width, height));
    }),
  );
});
