// OpenCV as judge of core's own primitives, on random and on drawn images.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { packAbove } from '../../core/detection/bit-pack.ts';
import { blurBinomial5 } from '../../core/detection/blur.ts';
import { type Components, connectedComponents } from '../../core/detection/connected-components.ts';
import { componentMoments } from '../../core/detection/ellipse.ts';
import { histogramOf, otsuThresholds } from '../../core/detection/otsu.ts';
import { levelOutline, outlineArea, pixelOutline } from '../../core/detection/outline.ts';
import { DISTANCE_PER_PX, distanceInside } from '../../core/detection/patch-shape.ts';
import { resample } from '../../core/detection/resample.ts';
import { STEPS_PER_SCORE_UNIT, scoreStain } from '../../core/detection/stain.ts';
import { loadOpencv, type Mat, type OpenCv } from './load-opencv.ts';
import { grayMat, type Own, withMats } from './mats.ts';

interface Gray {
  values: Uint8Array;
  width: number;
  height: number;
}

let cv: OpenCv;
beforeAll(async () => {
  cv = await loadOpencv();
});

/** Numbers that look random and are the same for the same seed (mulberry32). */
function randomBytes(seed: number, length: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return t >>> 24;
  });
}

const noise = fc
  .record({
    width: fc.integer({ min: 1, max: 50 }),
    height: fc.integer({ min: 1, max: 50 }),
    seed: fc.integer(),
  })
  .map(({ width, height, seed }) => ({ width, height, values: randomBytes(seed, width * height) }));
/** Noise smoothed to blobs of some pixels, so that components have shapes and holes. */
const blobs = noise.map(({ values, width, height }) => {
  const spread = blurBinomial5(blurBinomial5(values, width, height), width, height);
  return {
    width,
    height,
    values: spread.map((value) => Math.max(0, Math.min(255, 128 + (value - 128) * 5))),
  };
});
const images = fc.oneof(noise, blobs);
const runs = { numRuns: 150 };

function withImage<Result>({ values, width, height }: Gray, work: (image: Mat, own: Own) => Result): Result {
  return withMats(cv, (own) => work(own(grayMat(cv, values, width, height)), own));
}

test("Otsu's threshold is the same", () => {
  const opencvOtsu = (image: Gray) =>
    withImage(image, (mat, own) =>
      cv.threshold(mat, own(new cv.Mat()), 0, 255, cv.THRESH_BINARY + cv.THRESH_OTSU),
    );
  fc.assert(
    fc.property(images, (image) => {
      expect(otsuThresholds(histogramOf(image.values), 2)).toEqual([opencvOtsu(image)]);
    }),
    runs,
  );
});

test('the binomial blur is that of OpenCV (5×5, 1 4 6 4 1, edges replicated) within 1 grey level', () => {
  fc.assert(
    fc.property(images, (image) => {
      const ours = blurBinomial5(image.values, image.width, image.height);
      const theirs = withImage(image, (mat, own) => {
        const blurred = own(new cv.Mat());
        cv.GaussianBlur(mat, blurred, new cv.Size(5, 5), 0, 0, cv.BORDER_REPLICATE);
        return blurred.data.slice();
      });
      expect(greatestDifference(ours, theirs)).toBeLessThanOrEqual(1);
    }),
    runs,
  );
});

test('shrinking averages the area as OpenCV does, within 1 grey level', () => {
  fc.assert(
    fc.property(noise, fc.constantFrom(2, 3, 4), (image, factor) => {
      const width = Math.ceil(image.width / factor) * factor;
      const height = Math.ceil(image.height / factor) * factor;
      const data = randomBytes(image.width * 97 + image.height, width * height * 3);
      const theirs = withMats(cv, (own) => {
        const full = own(new cv.Mat(height, width, cv.CV_8UC3));
        full.data.set(data);
        const small = own(new cv.Mat());
        cv.resize(full, small, new cv.Size(width / factor, height / factor), 0, 0, cv.INTER_AREA);
        return small.data.slice();
      });
      const ours = resample({ data, width, height, channels: 3 }, factor);
      expect(greatestDifference(ours.rgb, theirs)).toBeLessThanOrEqual(1);
    }),
    { numRuns: 40 },
  );
});

test('CIELAB a* is that of OpenCV within 1.25 units on all but nearly black pixels', () => {
  const width = 64;
  const rgb = randomBytes(5, width * width * 3).map((value) => Math.max(40, value));
  // The grey that backgrounds are normalised to: nothing is changed before the conversion.
  const ours = scoreStain({ rgb, width, height: width }, 'a*', [240, 240, 240]);
  const theirs = withMats(cv, (own) => {
    const image = own(new cv.Mat(width, width, cv.CV_8UC3));
    image.data.set(rgb);
    cv.cvtColor(image, image, cv.COLOR_RGB2Lab);
    return image.data.filter((_, i) => i % 3 === 1).map((value) => Math.max(128, value) - 128);
  });
  const most = 255 / STEPS_PER_SCORE_UNIT;
  const differences = Array.from(ours, (steps, i) =>
    Math.abs(steps / STEPS_PER_SCORE_UNIT - Math.min(most, theirs[i])),
  );
  // OpenCV rounds to whole units.
  expect(Math.max(...differences)).toBeLessThanOrEqual(1.25);
});

describe('distances inside masks, by chamfer steps, against exact ones', () => {
  /** Blobs with nothing on the border. */
  const masks = fc
    .tuple(blobs, fc.integer({ min: 60, max: 160 }))
    .map(([{ values, width, height }, level]) => ({
      width,
      height,
      values: values.map((value, i) => {
        const [x, y] = [i % width, Math.floor(i / width)];
        return value > level && x > 0 && y > 0 && x < width - 1 && y < height - 1 ? 255 : 0;
      }),
    }));
  const discs = fc
    .record({ radius: fc.integer({ min: 1, max: 24 }), shift: fc.double({ min: 0, max: 1, noNaN: true }) })
    .map(({ radius, shift }) => ({
      width: 52,
      height: 52,
      values: Uint8Array.from({ length: 52 * 52 }, (_, i) =>
        Math.hypot((i % 52) - 25 - shift, Math.floor(i / 52) - 25) < radius ? 255 : 0,
      ),
    }));

  /** Least and greatest ratio to the exact distance, found by looking at every pixel outside. */
  function ratios({ values, width }: Gray, distances: ArrayLike<number>): { least: number; most: number } {
    const outside = [...values.keys()].filter((i) => values[i] === 0);
    const found = { least: 1, most: 1 };
    for (let at = 0; at < values.length; at++) {
      if (values[at] === 0) continue;
      let square = Number.POSITIVE_INFINITY;
      for (const i of outside) {
        const across = (i % width) - (at % width);
        const down = Math.floor(i / width) - Math.floor(at / width);
        square = Math.min(square, across * across + down * down);
      }
      const ratio = distances[at] / Math.sqrt(square);
      found.least = Math.min(found.least, ratio);
      found.most = Math.max(found.most, ratio);
    }
    return found;
  }

  test("OpenCV's 5×5 transform, which parts touching nuclei, is right within 2 %", () => {
    fc.assert(
      fc.property(fc.oneof(masks, discs), (mask) => {
        const theirs = withImage(mask, (mat, own) => {
          const distance = own(new cv.Mat());
          cv.distanceTransform(mat, distance, cv.DIST_L2, 5);
          return distance.data32F.slice();
        });
        const { least, most } = ratios(mask, theirs);
        expect(least).toBeGreaterThan(0.98);
        expect(most).toBeLessThan(1.02);
      }),
      { numRuns: 40 },
    );
  });

  test('ours, which features use, is at most 1.1 % too short and 7.8 % too long', () => {
    fc.assert(
      fc.property(fc.oneof(masks, discs), (mask) => {
        const inside = Int32Array.from([...mask.values.keys()].filter((i) => mask.values[i] > 0));
        const ours = distanceInside(inside, mask.width, mask.values.length);
        const { least, most } = ratios(
          mask,
          Array.from(ours, (steps) => steps / DISTANCE_PER_PX),
        );
        expect(least).toBeGreaterThan(0.989);
        expect(most).toBeLessThan(1.078);
      }),
      { numRuns: 40 },
    );
  });
});

describe('connected components, 8 neighbours', () => {
  const thresholded = fc.tuple(images, fc.integer({ min: 0, max: 255 }));

  test('are the same up to their numbers, with the same areas, centroids and second moments', () => {
    fc.assert(
      fc.property(thresholded, ([image, threshold]) => {
        const components = connectedComponents(packAbove(image.values, image.width, image.height, threshold));
        withImage(image, (mat, own) => {
          cv.threshold(mat, mat, threshold, 255, cv.THRESH_BINARY);
          const [labels, stats, centroids] = [own(new cv.Mat()), own(new cv.Mat()), own(new cv.Mat())];
          const count = cv.connectedComponentsWithStats(mat, labels, stats, centroids, 8, cv.CV_32S);
          expect(components.componentCount).toBe(count - 1);
          const labelOf = matchLabels(components, labels.data32S, image.width);
          const ours = labelOf.map((_, component) => componentMoments(components, component));
          expect(ours.map(({ area }) => area)).toEqual(
            labelOf.map((label) => stats.intAt(label, cv.CC_STAT_AREA)),
          );
          const shifts = labelOf.map((label, component) =>
            Math.hypot(
              ours[component].x - centroids.doubleAt(label, 0),
              ours[component].y - centroids.doubleAt(label, 1),
            ),
          );
          expect(Math.max(0, ...shifts)).toBeLessThan(1e-9);
          if (labelOf.length > 0) expectSameSpread(ours[0], labels, labelOf[0], own);
        });
      }),
      { numRuns: 60 },
    );
  });

  test('their pixel outlines enclose what the filled contours cover, and the sub-pixel ones nearly so', () => {
    fc.assert(
      fc.property(blobs, fc.integer({ min: 90, max: 160 }), (image, threshold) => {
        const { values, width, height } = image;
        const components = connectedComponents(packAbove(values, width, height, threshold));
        for (let component = 0; component < Math.min(6, components.componentCount); component++) {
          const ofComponent = runsOf(components, component);
          const { covered, enclosed, perimeter } = contourOf(ofComponent, image);
          expect(outlineArea(pixelOutline(ofComponent))).toBe(covered);
          const level = outlineArea(levelOutline(ofComponent, values, width, height, threshold));
          // OpenCV's contour runs through the border pixels' centres; the level lies up to a pixel outside.
          expect(level).toBeGreaterThanOrEqual(enclosed);
          expect(level).toBeLessThanOrEqual(enclosed + perimeter + Math.PI);
        }
      }),
      { numRuns: 40 },
    );
  });

  /** Which of OpenCV's labels each component is; every pixel must agree. */
  function matchLabels(components: Components, labels: Int32Array, width: number): number[] {
    const labelOf: number[] = [];
    const renamed = new Int32Array(labels.length);
    for (let i = 0; i < components.runCount; i++) {
      const line = components.runRow[i] * width;
      const component = components.runComponent[i];
      labelOf[component] ??= labels[line + components.runStart[i]];
      renamed.fill(labelOf[component], line + components.runStart[i], line + components.runEnd[i]);
    }
    expect(new Set(labelOf).size).toBe(labelOf.length);
    expect(Buffer.compare(Buffer.from(renamed.buffer), Buffer.from(labels.slice().buffer))).toBe(0);
    return labelOf;
  }

  function expectSameSpread(ours: ReturnType<typeof componentMoments>, labels: Mat, label: number, own: Own) {
    const one = own(new cv.Mat());
    const bound = own(new cv.Mat(labels.rows, labels.cols, cv.CV_32SC1, new cv.Scalar(label)));
    cv.compare(labels, bound, one, cv.CMP_EQ);
    const theirs = cv.moments(one, true);
    // Ours counts a pixel as a unit square, theirs as a point.
    expect(ours.xx).toBeCloseTo(theirs.mu20 / theirs.m00 + 1 / 12, 6);
    expect(ours.yy).toBeCloseTo(theirs.mu02 / theirs.m00 + 1 / 12, 6);
    expect(ours.xy).toBeCloseTo(theirs.mu11 / theirs.m00, 6);
  }

  function runsOf(components: Components, component: number): Int32Array {
    const runs: number[] = [];
    for (let i = components.firstRun[component]; i >= 0; i = components.nextRun[i]) {
      runs.push(components.runRow[i], components.runStart[i], components.runEnd[i]);
    }
    return Int32Array.from(runs);
  }

  function contourOf(runs: Int32Array, { width, height }: Gray) {
    return withMats(cv, (own) => {
      const pixels = new Uint8Array(width * height);
      for (let i = 0; i < runs.length; i += 3) {
        pixels.fill(255, runs[i] * width + runs[i + 1], runs[i] * width + runs[i + 2]);
      }
      const mask = own(grayMat(cv, pixels, width, height));
      const contours = own(new cv.MatVector());
      cv.findContours(mask, contours, own(new cv.Mat()), cv.RETR_EXTERNAL, cv.CHAIN_APPROX_NONE);
      expect(contours.size()).toBe(1);
      cv.drawContours(mask, contours, 0, new cv.Scalar(255), cv.FILLED);
      const contour = own(contours.get(0));
      return {
        covered: cv.countNonZero(mask),
        enclosed: cv.contourArea(contour),
        perimeter: cv.arcLength(contour, true),
      };
    });
  }
});

function greatestDifference(a: Uint8Array, b: Uint8Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}
