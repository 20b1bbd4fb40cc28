import { expect, test } from 'vitest';
import { DETECTION_PARAMETERS } from '../../core/detection/parameters.ts';
import type { Parameter } from '../detection/parameter-values.ts';
import { chosenParameters } from './chosen-parameters.ts';

/** As the server describes them. */
const described: Parameter[] = DETECTION_PARAMETERS.map(
  ({ min = null, max = null, step = null, choices, engines, presets = null, ...parameter }) => ({
    ...parameter,
    min,
    max,
    step,
    choices: choices ? [...choices] : null,
    engines: [...engines],
    presets,
  }),
);

test('keep only what differs from what holds anyway: the default, or the laboratory for a preset', () => {
  const laboratory = { engine: 'tree', base: {}, parameters: { min_area: 0.4 } };
  expect(chosenParameters(described, laboratory, 'max_area', 4)).toEqual({ min_area: 0.4, max_area: 4 });
  expect(chosenParameters(described, laboratory, 'min_area', 0.32)).toEqual({});
  const preset = { engine: 'tree', base: { min_area: 0.4 }, parameters: {} };
  expect(chosenParameters(described, preset, 'min_area', 0.32)).toEqual({ min_area: 0.32 });
  expect(chosenParameters(described, preset, 'min_area', 0.4)).toEqual({});
});

test('of one specimen go when another is chosen', () => {
  const chosen = { engine: 'tree', base: {}, parameters: { min_area: 0.4 } };
  const blood = chosenParameters(described, chosen, 'preset', 'blood');
  expect(blood).toEqual({ preset: 'blood' });
  expect(chosenParameters(described, { ...chosen, parameters: blood }, 'preset', 'bal')).toEqual({});
  expect(chosenParameters(described, { ...chosen, parameters: blood }, 'feature', 'saturation')).toEqual(
    blood,
  );
});
