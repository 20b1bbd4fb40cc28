import { expect, test } from 'vitest';
import { synthesizeField } from '../synthesis/synthesize-field.ts';
import { type DetectedCell, detectCells } from './detect-cells.ts';
import type { RgbImage } from './image.ts';
import { cutOut } from './image-statistics.ts';
import { createKernels } from './kernels/create-kernels.ts';
import { packCells } from './pack-detected-cells.ts';
import { encodePackedCells } from './packed-cells.ts';
import { parseDetectionParameters } from './parameters.ts';
import { detectInTiles, type PixelSource } from './tiled-detection.ts';

const kernels = createKernels();

/** Odd sizes, so that neither working nor half-size pixels fall on whole pixels. */
const FIELD = synthesizeField({
  seed: 11,
  width: 2203,
  height: 1807,
  counts: {
    'WBC-Macrophage': 150,
    'WBC-Lymphocyte': 90,
    'WBC-Neutrophil': 60,
    'WBC-Eosinophil': 30,
    RBC: 60,
    Debris: 30,
  },
  nucleusDiameterPx: 30,
  touching: 0.6,
}).image;

function sourceOf(image: RgbImage): PixelSource & { largestPx: number } {
  const source = {
    width: image.width,
    height: image.height,
    largestPx: 0,
    read: async (region: Parameters<PixelSource['read']>[0]) => {
      source.largestPx = Math.max(source.largestPx, region.width * region.height);
      return cutOut(image, region);
    },
  };
  return source;
}

async function expectSameCells(
  image: RgbImage,
  given: Record<string, unknown>,
  workingPx: number,
  micronsPerPixel?: number,
) {
  const parameters = parseDetectionParameters(given);
  const whole = detectCells(image, parameters, micronsPerPixel, kernels);
  const progress: number[] = [];
  const tiled = await detectInTiles(sourceOf(image), parameters, micronsPerPixel, {
    kernels,
    limits: { sourcePx: 9000, workingPx },
    onProgress: (done) => progress.push(done),
  });
  expect(whole.cells.length).toBeGreaterThan(100);
  expect({ ...tiled, cells: tiled.cells.length }).toEqual({ ...whole, cells: whole.cells.length });
  expect(tiled.cells.map(({ uncertain }) => uncertain)).toEqual(
    whole.cells.map(({ uncertain }) => uncertain),
  );
  const bytes = [tiled, whole].map(({ cells }) => Buffer.from(encodePackedCells(packCells(cells))));
  expect(bytes[0].equals(bytes[1])).toBe(true);
  expect(progress.length).toBeGreaterThan(3);
  expect(progress.at(-1)).toBe(1);
}

test.each([
  ['learned colours, scale estimated', {}, 900],
  ['tiles of another size', {}, 700],
  ['chromatin', { feature: 'chromatin' }, 800],
  ['large nuclei, looked for in a smaller image', { downscale: 1, nucleus_diameter: 34 }, 750],
  ['a scale that divides nothing', { downscale: 1.7 }, 750],
  ['a low threshold, and large nuclei', { threshold_start: 1, min_score: 0.8, max_area: 6 }, 950],
])('tiles give the cells of one pass, byte for byte: %s', async (_, given, workingPx) => {
  await expectSameCells(FIELD, given, workingPx);
});

test('enlarged, from microns per pixel', async () => {
  const region = { left: 301, top: 202, width: 1403, height: 1201 };
  const { placement: _, ...part } = cutOut(FIELD, region);
  await expectSameCells(part, {}, 1100, 0.6);
});

const SMEAR_TOLERANCE = { share: 0.99, overlap: 0.8 };

test.each([600, 800])(
  'tiles of %d px give the cells of one pass in a blood smear but for one in a hundred',
  async (workingPx) => {
    const smear = synthesizeField({
      seed: 5,
      width: 1501,
      height: 1203,
      counts: { RBC: 500, 'WBC-Lymphocyte': 12, 'WBC-Neutrophil': 14, 'WBC-Eosinophil': 5 },
      nucleusDiameterPx: 30,
    }).image;
    const parameters = parseDetectionParameters({ preset: 'blood', downscale: 1 });
    const limits = { sourcePx: 9000, workingPx };
    const whole = detectCells(smear, parameters, undefined, kernels).cells;
    const tiled = (await detectInTiles(sourceOf(smear), parameters, undefined, { kernels, limits })).cells;
    expect(whole.length).toBeGreaterThan(400);
    expect(shareFound(whole, tiled)).toBeGreaterThanOrEqual(SMEAR_TOLERANCE.share);
    expect(shareFound(tiled, whole)).toBeGreaterThanOrEqual(SMEAR_TOLERANCE.share);
  },
);

/** Share of cells that others of the same type lie on. */
function shareFound(cells: readonly DetectedCell[], others: readonly DetectedCell[]): number {
  const isFound = (cell: DetectedCell) =>
    others.some(
      (other) => other.cellType === cell.cellType && overlapOf(cell, other) >= SMEAR_TOLERANCE.overlap,
    );
  return cells.filter(isFound).length / cells.length;
}

/** Intersection over union of two boxes. */
function overlapOf(a: DetectedCell, b: DetectedCell): number {
  const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const down = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (across <= 0 || down <= 0) return 0;
  return (across * down) / (a.width * a.height + b.width * b.height - across * down);
}

test('a fibre across tiles is a nucleus neither in one pass nor in tiles', async () => {
  const fibre = { ...FIELD, data: Uint8Array.from(FIELD.data) };
  for (let x = 200; x < 2000; x++) {
    for (let y = 700; y < 706; y++) fibre.data.set([95, 90, 150], 3 * ((y + (x >> 4)) * FIELD.width + x));
  }
  await expectSameCells(fibre, {}, 900);
});

/** The field side by side with itself. */
function repeated(image: RgbImage, width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const from = (y % image.height) * image.width * 3;
    for (let x = 0; x < width; x += image.width) {
      const count = Math.min(image.width, width - x);
      data.set(image.data.subarray(from, from + count * 3), (y * width + x) * 3);
    }
  }
  return { data, width, height, channels: 3 };
}

test('an image too large to be judged whole is judged by the same sample in one pass and in tiles', async () => {
  const image = repeated(FIELD, 8211, 6203);
  const parameters = parseDetectionParameters({ downscale: 2 });
  const whole = detectCells(image, parameters, undefined, kernels);
  const source = sourceOf(image);
  const limits = { sourcePx: 4000, workingPx: 3000 };
  const tiled = await detectInTiles(source, parameters, undefined, { kernels, limits });
  const bytes = [tiled, whole].map(({ cells }) => Buffer.from(encodePackedCells(packCells(cells))));
  expect(bytes[0].equals(bytes[1])).toBe(true);
  expect(source.largestPx).toBeLessThan(4000 ** 2 + 1);
});
