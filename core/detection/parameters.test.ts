import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  DETECTION_ENGINES,
  describeParameters,
  parametersOf,
  parseDetectionParameters,
} from './parameters.ts';

test('fills in the defaults of the preset', () => {
  expect(parseDetectionParameters({})).toMatchObject({
    preset: 'bal',
    downscale: 'auto',
    nucleusDiameter: 20,
    feature: 'auto',
  });
  expect(parseDetectionParameters({ preset: 'blood' }).feature).toBe('saturation');
  expect(parseDetectionParameters({ preset: 'blood', feature: 'a*' }).feature).toBe('a*');
});

test('takes numbers and numeric strings', () => {
  expect(parseDetectionParameters({ min_area: '0.5', downscale: '2' })).toMatchObject({
    minArea: 0.5,
    downscale: 2,
  });
});

test.each([
  [{ nucleus_diameter: 7 }, 'nucleus_diameter: 7 is not allowed; use a number from 8 to 60'],
  [{ nucleus_diameter: 'wide' }, 'nucleus_diameter: "wide" is not allowed; use a number from 8 to 60'],
  [{ nucleus_diameter: '' }, 'nucleus_diameter: "" is not allowed'],
  [{ min_score: Number.NaN }, 'min_score'],
  [{ feature: 'hue' }, 'feature: "hue" is not allowed; use one of auto, chromatin, a*, saturation, od_green'],
  [{ downscale: 0.5 }, 'downscale: 0.5 is not allowed; use auto or a number from 1 to 8'],
  [{ otsu_classes: 2.5 }, 'otsu_classes: 2.5 is not allowed; use a whole number from 2 to 4'],
  [{ preset: 'urine' }, 'preset: "urine" is not allowed; use one of bal, blood'],
  [{ min_area: null }, 'min_area: null is not allowed'],
  [
    { sensitivity: 1 },
    'sensitivity: no such detection parameter of engine tree; known are preset, downscale',
  ],
  [{ circularity: 0.5 }, 'circularity: no such detection parameter of engine tree'],
  [{ toString: 1 }, 'toString: no such detection parameter'],
])('%j is refused, saying what is allowed', (input, message) => {
  const attempt = () => parseDetectionParameters(input);
  expect(attempt).toThrow(RangeError);
  expect(attempt).toThrow(message);
});

test('each engine takes its own parameters', () => {
  expect(parseDetectionParameters({ threshold: '90' }, 'opencv')).toMatchObject({
    threshold: 90,
    circularity: 0.3,
    minArea: 0.32,
  });
  expect(() => parseDetectionParameters({ min_score: 1 }, 'opencv')).toThrow('min_score');
  expect(() => parseDetectionParameters({ preset: 'blood' }, 'opencv')).toThrow('use engine tree');
});

test.each(DETECTION_ENGINES)(
  'every definition of %s accepts its own default and limits, and stays the same when described',
  (engine) => {
    const inputs = fc.record(
      Object.fromEntries(
        parametersOf(engine).map(({ name, min, max, choices, unit }) => {
          const takesBloodToo = name !== 'preset' || engine === 'tree';
          const words = fc.constantFrom(...(takesBloodToo ? (choices ?? ['']) : ['bal']));
          if (min === undefined || max === undefined) return [name, words];
          const numbers =
            unit === 'classes'
              ? fc.integer({ min, max })
              : fc.double({ min, max, noNaN: true, noDefaultInfinity: true });
          return [name, choices ? fc.oneof(words, numbers) : numbers];
        }),
      ),
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(inputs, (input) => {
        const parsed = parseDetectionParameters(input, engine);
        expect(describeParameters(parsed, engine)).toMatchObject(input);
        expect(parseDetectionParameters(describeParameters(parsed, engine), engine)).toEqual(parsed);
      }),
    );
  },
);
