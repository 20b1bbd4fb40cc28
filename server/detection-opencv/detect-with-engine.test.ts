import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { prepareScore } from '../../core/detection/detect-cells.ts';
import type { RgbImage } from '../../core/detection/image.ts';
import { createKernels } from '../../core/detection/kernels/create-kernels.ts';
import { parseDetectionParameters } from '../../core/detection/parameters.ts';
import { CYTOPLASM, type Disc, drawDiscs } from '../../core/detection/test-images.ts';
import { synthesizeField } from '../../core/synthesis/synthesize-field.ts';
import { detectInScoreWithEngine, detectWithEngine } from './detect-with-engine.ts';
import { loadOpencv } from './load-opencv.ts';
import { withMats } from './mats.ts';

const kernels = createKernels();

const nucleus = (x: number, y: number, radius = 10): Disc => ({ x, y, radius });

/** A slide with pale cytoplasm somewhere, so that nuclei are not all that is stained. */
function draw(...discs: Disc[]): RgbImage {
  return drawDiscs(200, 150, [{ x: 150, y: 110, radius: 30, color: CYTOPLASM }, ...discs]);
}

async function detect(image: RgbImage, parameters: Record<string, number | string> = {}) {
  const parsed = parseDetectionParameters({ downscale: 1, ...parameters }, 'opencv');
  return (await detectWithEngine('opencv', image, parsed, undefined, kernels)).cells;
}

const loaded = () =>
  Object.keys(createRequire(import.meta.url).cache).some((file) => /opencv\.js$/.test(file));

test('OpenCV is loaded when it is asked for, and not before', async () => {
  const image = draw(nucleus(50, 50));
  await detectWithEngine('tree', image, parseDetectionParameters({ downscale: 1 }), undefined, kernels);
  expect(loaded()).toBe(false);
  await detect(image);
  expect(loaded()).toBe(true);
});

test('finds a nucleus where it is, with its outline, area and cell', async () => {
  const image = draw({ x: 60, y: 60, radius: 18, color: CYTOPLASM }, nucleus(62, 58));
  const [cell, ...others] = await detect(image);
  expect(others).toEqual([]);
  expect(Math.hypot(cell.nucleus.x - 62, cell.nucleus.y - 58)).toBeLessThan(0.5);
  expect(cell.nucleus.areaPx).toBeGreaterThan(0.85 * Math.PI * 100);
  expect(cell.nucleus.areaPx).toBeLessThan(1.15 * Math.PI * 100);
  expect(Math.abs(cell.width - 36)).toBeLessThan(6);
  expect(Math.abs(cell.x - 42)).toBeLessThan(4);
});

test('parts two that touch, and cuts none in two at the border', async () => {
  const touching = await detect(draw(nucleus(60, 60), nucleus(78, 60)));
  expect(touching.map(({ nucleus: { x, y } }) => [Math.round(x / 2) * 2, Math.round(y)])).toEqual([
    [60, 60],
    [78, 60],
  ]);
  const atBorder = await detect(draw(nucleus(1, 70), nucleus(100, 149), nucleus(198, 3)));
  expect(atBorder).toHaveLength(3);
  const left = atBorder.find(({ x }) => x < 50)!;
  expect(left.x).toBe(0);
});

test('keeps what the parameters allow', async () => {
  const image = draw(nucleus(40, 40), nucleus(90, 40, 5), nucleus(140, 40, 16));
  const bar = draw(...Array.from({ length: 30 }, (_, i) => nucleus(40 + i, 40, 5)));
  const counts = [
    await detect(image, { min_area: 0.15, max_area: 3.5 }),
    await detect(image, { min_area: 0.5, max_area: 3.5 }),
    await detect(image, { min_area: 0.15, max_area: 1.5 }),
    await detect(image, { threshold: 255 }),
    await detect(bar, { circularity: 0.9 }),
    await detect(bar, { circularity: 0.4 }),
  ].map(({ length }) => length);
  expect(counts).toEqual([3, 2, 2, 0, 0, 1]);
});

test('an empty slide and a single pixel have no cells', async () => {
  expect(await detect(drawDiscs(120, 80, []))).toEqual([]);
  expect(await detect(drawDiscs(1, 1, [nucleus(0, 0)]))).toEqual([]);
});

test('200 detections leave no memory behind', async () => {
  const { image } = synthesizeField({ seed: 4, width: 200, height: 160, counts: { 'WBC-Macrophage': 5 } });
  const parameters = parseDetectionParameters({ downscale: 1 }, 'opencv');
  const score = prepareScore(image, parameters);
  const cv = await loadOpencv();
  await detectInScoreWithEngine('opencv', score, parameters, kernels);
  const before = [heapBytes(), addressOfNext(1), addressOfNext(5_000_000)];
  for (let i = 0; i < 200; i++) await detectInScoreWithEngine('opencv', score, parameters, kernels);
  expect([heapBytes(), addressOfNext(1), addressOfNext(5_000_000)]).toEqual(before);

  function heapBytes(): number {
    return withMats(cv, (own) => own(new cv.Mat(1, 1, cv.CV_8UC1)).data.buffer.byteLength);
  }

  /** Where the allocator puts a block now: elsewhere, once others stayed in its place. */
  function addressOfNext(bytes: number): number {
    return withMats(cv, (own) => own(new cv.Mat(1, bytes, cv.CV_8UC1)).data.byteOffset);
  }
});

test("OpenCV's complaints are readable, and what was allocated before is freed", async () => {
  const cv = await loadOpencv();
  let freed = 0;
  const work = () =>
    withMats(cv, (own) => {
      own({ delete: () => freed++ });
      cv.cvtColor(own(new cv.Mat(2, 2, cv.CV_8UC1)), own(new cv.Mat()), cv.COLOR_RGB2Lab);
    });
  expect(work).toThrow(/OpenCV: .*Invalid number of channels/s);
  expect(freed).toBe(1);
});
