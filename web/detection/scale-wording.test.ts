import { expect, test } from 'vitest';
import { scaleText } from './scale-wording.ts';

test('says the scale of a run and where it came from, and nothing of runs that did not store it', () => {
  expect(scaleText({ downscale: 2.8284, scaleSource: 'estimated' })).toBe(
    'Scale: 2.8 image px per working px, estimated from the cells',
  );
  expect(scaleText({ downscale: 1, scaleSource: 'given' })).toMatch(/1.0 .* as given$/);
  expect(scaleText({ downscale: null, scaleSource: null })).toBe('');
});
