import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { detectCells } from '../detect-cells.ts';
import { colourModel } from '../nuclear-colour.ts';
import { parseDetectionParameters } from '../parameters.ts';
import { densityTables, opticalDensityTable, stainTables } from '../stain.ts';
import { densityLookup } from '../stain-planes.ts';
import { drawDiscs } from '../test-images.ts';
import { decodeBase64 } from './base64.ts';
import { createKernels } from './create-kernels.ts';
import { PLAIN_KERNELS } from './kernels.ts';
import { SIMD_KERNELS_WASM } from './simd-kernels-wasm.ts';

const simd = createKernels();

/** Sizes around the widths of vectors and words, thin ones, and some of several bands. */
const sizes = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 12 })) },
  { weight: 1, arbitrary: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 400 })) },
  { weight: 1, arbitrary: fc.tuple(fc.integer({ min: 700, max: 900 }), fc.integer({ min: 90, max: 200 })) },
);

/** Bytes that use the whole range, with flat stretches and clipped ends. */
function noise(length: number, seed: number): Uint8Array {
  let state = seed | 1;
  return Uint8Array.from({ length }, (_, i) => {
    state = (Math.imul(state, 1103515245) + 12345) | 0;
    if (i % 97 > 80) return seed & 128 ? 255 : 0;
    return state >>> 24;
  });
}

function forAllImages(
  bytesPerPixel: number,
  check: (bytes: Uint8Array, width: number, height: number) => void,
) {
  const images = fc.tuple(sizes, fc.integer());
  fc.assert(
    fc.property(images, ([[width, height], seed]) => {
      check(noise(width * height * bytesPerPixel, seed), width, height);
    }),
    { numRuns: 150 },
  );
}

/** `toEqual` on a million numbers takes seconds. */
function expectSame(ours: ArrayBufferView, reference: ArrayBufferView) {
  const bytes = (view: ArrayBufferView) => Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  expect(ours.byteLength).toBe(reference.byteLength);
  expect(bytes(ours).compare(bytes(reference))).toBe(0);
}

describe('the SIMD kernels give the bytes of the TypeScript they replace:', () => {
  test('they run here', () => {
    expect(simd).not.toBe(PLAIN_KERNELS);
  });

  test('blurBinomial5', () => {
    forAllImages(1, (bytes, width, height) => {
      expectSame(simd.blurBinomial5(bytes, width, height), PLAIN_KERNELS.blurBinomial5(bytes, width, height));
    });
  });

  test('countGradients', () => {
    forAllImages(1, (bytes, width, height) => {
      const soft = PLAIN_KERNELS.blurBinomial5(bytes, width, height);
      for (const values of [bytes, soft, soft.map((value) => value >> 5)]) {
        expectSame(
          simd.countGradients(values, width, height),
          PLAIN_KERNELS.countGradients(values, width, height),
        );
      }
    });
  });

  test('packAbove', () => {
    forAllImages(1, (bytes, width, height) => {
      for (const threshold of [0, 17, 127.5, 128, 254, 255, 300]) {
        const ours = simd.packAbove(bytes, width, height, threshold);
        const reference = PLAIN_KERNELS.packAbove(bytes, width, height, threshold);
        expectSame(ours.words, reference.words);
        expect({ ...ours, words: 0 }).toEqual({ ...reference, words: 0 });
      }
    });
  });

  test('scoreByTables', () => {
    forAllImages(3, (bytes, width, height) => {
      for (const feature of ['chromatin', 'a*'] as const) {
        const tables = stainTables(feature, [(width * 5) % 255 || 1, 231, (height * 9) % 255 || 1]);
        expectSame(simd.scoreByTables(bytes, tables), PLAIN_KERNELS.scoreByTables(bytes, tables));
      }
    });
  });

  test('readStain', () => {
    forAllImages(3, (bytes, width, height) => {
      for (const background of [
        [255, 255, 255],
        [(width * 5) % 255 || 1, 231, (height * 9) % 255 || 1],
      ]) {
        const lookup = densityLookup(background);
        const ours = simd.readStain(bytes, width, height, lookup);
        const reference = PLAIN_KERNELS.readStain(bytes, width, height, lookup);
        expectSame(ours.density, reference.density);
        for (const channel of ['red', 'green', 'blue'] as const) {
          expectSame(ours.half[channel], reference.half[channel]);
        }
        expect([ours.half.width, ours.half.height]).toEqual([reference.half.width, reference.half.height]);
      }
    });
  });

  test('scoreByColour', () => {
    forAllImages(3, (bytes, width, height) => {
      const background = [(width * 5) % 255 || 1, 231, (height * 9) % 255 || 1];
      const { half, density } = PLAIN_KERNELS.readStain(bytes, width, height, densityLookup(background));
      const densities = densityTables(background.map(opticalDensityTable));
      const weights = [-650, 720, -590, -218, 5, 68, 64, 60, 21, -490, -370];
      for (const detail of [0, 162, 195]) {
        const model = colourModel(densities, 30, weights, detail);
        expectSame(
          simd.scoreByColour(half, model, density, width, height),
          PLAIN_KERNELS.scoreByColour(half, model, density, width, height),
        );
      }
    });
  });

  test.each([3, 4] as const)('resample of %d channels', (channels) => {
    forAllImages(channels, (data, width, height) => {
      for (const downscale of [0.5, 0.77, 1, Math.SQRT2, 2, 3.1, 8]) {
        const image = { data, width, height, channels };
        const ours = simd.resample(image, downscale);
        const reference = PLAIN_KERNELS.resample(image, downscale);
        expectSame(ours.rgb, reference.rgb);
        expect([ours.width, ours.height]).toEqual([reference.width, reference.height]);
      }
    });
  });

  test('so a detection finds the same cells', () => {
    const discs = Array.from({ length: 30 }, (_, i) => ({
      x: 20 + (i % 6) * 61,
      y: 25 + Math.floor(i / 6) * 57,
      radius: 9 + (i % 3),
    }));
    const image = drawDiscs(403, 307, discs);
    for (const preset of ['bal', 'blood']) {
      const parameters = parseDetectionParameters({ preset });
      const found = detectCells(image, parameters, undefined, simd);
      expect(found.cells.length).toBeGreaterThan(10);
      expect(found).toEqual(detectCells(image, parameters));
    }
  });
});

test('base64 decodes as Node does', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(decodeBase64(Buffer.from(bytes).toString('base64'))).toEqual(bytes);
    }),
  );
});

test('the compiled kernels are small enough to compile at once on a main thread', () => {
  expect(decodeBase64(SIMD_KERNELS_WASM).length).toBeLessThan(4096);
});

function compilerIsInstalled(): boolean {
  try {
    createRequire(import.meta.url).resolve('assemblyscript/package.json');
    return true;
  } catch {
    return false;
  }
}

test.skipIf(!compilerIsInstalled())('the checked-in bytes are those of the sources', async () => {
  const { compiledModule } = await import('../../../bench/compile-kernels.ts');
  const checkedIn = readFileSync(path.join(import.meta.dirname, 'simd-kernels-wasm.ts'), 'utf8');
  expect(compiledModule()).toBe(checkedIn);
});
