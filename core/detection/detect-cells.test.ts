import fc from 'fast-check';
import { expect, test } from 'vitest';
import { detectCells, detectInScore, prepareScore } from './detect-cells.ts';
import type { RgbImage } from './image.ts';
import { type DetectionParameters, parseDetectionParameters } from './parameters.ts';
import { CYTOPLASM, type Disc, drawDiscs, EMPTY } from './test-images.ts';

const BAL = parseDetectionParameters({ downscale: 1 });
const BLOOD = parseDetectionParameters({ preset: 'blood' });

/** Macrophages: a nucleus off the middle of a wide pale cell. */
const CELLS: Disc[] = [
  [40, 50],
  [110, 45],
  [75, 120],
  [150, 130],
].flatMap(([x, y]) => [
  { x, y, radius: 19, color: CYTOPLASM },
  { x: x + 5, y: y - 3, radius: 10 },
]);
const FIELD = drawDiscs(190, 170, CELLS);

function centresOf(image: RgbImage, parameters: DetectionParameters = BAL): [number, number][] {
  return detectCells(image, parameters).cells.map(({ nucleus }) => [nucleus.x, nucleus.y]);
}

/** The image made of pixels that `from` looks up in another. */
function rearranged(
  image: RgbImage,
  width: number,
  height: number,
  from: (x: number, y: number) => number[],
): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = from(i % width, Math.floor(i / width));
    const inside = x >= 0 && y >= 0 && x < image.width && y < image.height;
    const at = (y * image.width + x) * 3;
    data.set(inside ? image.data.subarray(at, at + 3) : EMPTY, i * 3);
  }
  return { data, width, height, channels: 3 };
}

test('finds each nucleus where it was drawn, with an outline of its size and a box around its cell', () => {
  const { cells } = detectCells(FIELD, BAL);
  expect(cells).toHaveLength(4);
  for (const { x, y } of CELLS.filter((disc) => disc.radius === 10)) {
    const cell = cells.find(({ nucleus }) => Math.hypot(nucleus.x - x, nucleus.y - y) < 0.5)!;
    expect(cell.nucleus.areaPx / (Math.PI * 100)).toBeGreaterThan(0.8);
    expect(cell.nucleus.areaPx / (Math.PI * 100)).toBeLessThan(1.3);
    expect(Math.abs(cell.x - (x - 5 - 19))).toBeLessThan(4);
    expect(Math.abs(cell.width - 38)).toBeLessThan(5);
  }
});

test('moves with the image, by even steps, as colour is taken at half resolution', () => {
  const moved = rearranged(FIELD, 190, 170, (x, y) => [x - 6, y - 4]);
  const back = centresOf(moved).map(([x, y]) => [x - 6, y - 4]);
  for (const [i, [x, y]] of centresOf(FIELD).entries()) {
    expect(back[i][0]).toBeCloseTo(x, 9);
    expect(back[i][1]).toBeCloseTo(y, 9);
  }
  expect(back).toHaveLength(4);
});

test('an image enlarged by a whole number gives the same cells at that scale', () => {
  const doubled = rearranged(FIELD, 380, 340, (x, y) => [x >> 1, y >> 1]);
  const parameters = parseDetectionParameters({ downscale: 2 });
  expect(centresOf(doubled, parameters)).toEqual(centresOf(FIELD).map(([x, y]) => [2 * x, 2 * y]));
});

test('turns with the image', () => {
  const turned = rearranged(FIELD, 170, 190, (x, y) => [y, 169 - x]);
  const expected = centresOf(FIELD).map(([x, y]) => [170 - y, x]);
  const found = centresOf(turned);
  expect(found).toHaveLength(expected.length);
  for (const [x, y] of expected) {
    expect(Math.min(...found.map(([u, v]) => Math.hypot(u - x, v - y)))).toBeLessThan(0.5);
  }
});

test('a fourth channel changes nothing', () => {
  const data = new Uint8Array(FIELD.width * FIELD.height * 4).fill(9);
  for (let i = 0; i < FIELD.width * FIELD.height; i++) data.set(FIELD.data.subarray(i * 3, i * 3 + 3), i * 4);
  expect(detectCells({ ...FIELD, data, channels: 4 }, BAL)).toEqual(detectCells(FIELD, BAL));
});

test('the same image gives the same cells, and a moved threshold reuses the score', () => {
  const score = prepareScore(FIELD, BAL);
  expect(detectInScore(score, BAL)).toEqual(detectCells(FIELD, BAL));
  const strict = { ...BAL, minScore: 1.3 };
  expect(detectInScore(score, strict)).toEqual(detectCells(FIELD, strict));
  expect(score.byteLength).toBeGreaterThanOrEqual(190 * 170 * 5);
});

test('a score is refused when it was prepared for something else', () => {
  const score = prepareScore(FIELD, BAL);
  for (const change of [
    { feature: 'a*' },
    { downscale: 2 },
    { preset: 'blood' },
    { nucleusDiameter: 40 },
  ] as const) {
    expect(() => detectInScore(score, { ...BAL, ...change })).toThrow(/prepare it again/);
  }
});

test('microns per pixel set the scale', () => {
  const auto = parseDetectionParameters({});
  expect(detectCells(FIELD, auto, 0.4)).toMatchObject({ scaleSource: 'microns_per_pixel', downscale: 1 });
  expect(detectCells(FIELD, auto, 0.1)).toMatchObject({ scaleSource: 'microns_per_pixel', downscale: 4 });
  expect(detectCells(FIELD, BAL, 0.1)).toMatchObject({ scaleSource: 'given', downscale: 1 });
  expect(() => detectCells(FIELD, auto, 0)).toThrow(/micronsPerPixel: 0; give a number above 0/);
});

test.each([
  [0, 5, 3, 0, /0 × 5 px; width and height must be whole numbers from 1/],
  [2.5, 2, 3, 15, /2.5 × 2 px/],
  [2, 2, 3, 11, /11 bytes where 2 × 2 × 3 are needed/],
  [2, 2, 1, 4, /1 channels; convert it to RGB/],
])(
  'an image of %d × %d × %d in %d bytes is refused with a remedy',
  (width, height, channels, bytes, message) => {
    const image = { data: new Uint8Array(bytes), width, height, channels: channels as 3 };
    expect(() => detectCells(image, BAL)).toThrow(RangeError);
    expect(() => detectCells(image, BAL)).toThrow(message);
  },
);

test.each([
  ['white', 255],
  ['black', 0],
  ['gray', 128],
])('a %s image of any shape has no cells', (_, value) => {
  for (const [width, height] of [
    [1, 1],
    [2, 1],
    [3, 3],
    [1, 400],
    [3000, 2],
    [64, 64],
  ]) {
    const image = {
      data: new Uint8Array(width * height * 3).fill(value),
      width,
      height,
      channels: 3 as const,
    };
    for (const parameters of [BAL, BLOOD, parseDetectionParameters({})]) {
      expect(detectCells(image, parameters).cells).toEqual([]);
    }
  }
});

test('no content makes it fail, and what it finds lies in the image', () => {
  const images = fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 }), fc.integer());
  fc.assert(
    fc.property(images, fc.constantFrom('bal', 'blood'), ([width, height, seed], preset) => {
      let state = seed | 1;
      const data = Uint8Array.from({ length: width * height * 3 }, () => {
        state = Math.imul(state, 48271);
        return state >>> 24;
      });
      const { cells } = detectCells(
        { data, width, height, channels: 3 },
        parseDetectionParameters({ preset, min_score: 0.7 }),
      );
      for (const cell of cells) {
        expect(cell.x).toBeGreaterThanOrEqual(0);
        expect(cell.y).toBeGreaterThanOrEqual(0);
        expect(cell.x + cell.width).toBeLessThanOrEqual(width + 1e-9);
        expect(cell.y + cell.height).toBeLessThanOrEqual(height + 1e-9);
        expect(cell.confidence).toBeGreaterThanOrEqual(0);
        expect(cell.confidence).toBeLessThanOrEqual(1);
      }
    }),
    { numRuns: 60 },
  );
});
