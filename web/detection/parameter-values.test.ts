import { describe, expect, it } from 'vitest';
import { DETECTION_PARAMETERS } from '../../core/detection/parameters.ts';
import { groupParameters, type Parameter, sameValues, withDefaults, withValue } from './parameter-values.ts';

/** As the server describes them. */
const parameters: Parameter[] = DETECTION_PARAMETERS.map(
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
const namesShown = (specimen: string) =>
  groupParameters(parameters, { preset: specimen }).flatMap((group) =>
    group.parameters.map(({ name }) => name),
  );

describe('detection parameters in the panel', () => {
  it('stand in groups, each once, and a new one last', () => {
    const invented = { ...parameters[0], name: 'invented_lately' };
    const groups = groupParameters([...parameters, invented], { preset: 'bal' });
    expect(groups.map(({ title }) => title)).toEqual(['Size', 'Threshold', 'Shape', 'Advanced']);
    expect(groups[3].parameters.map(({ name }) => name)).toContain('invented_lately');
    const names = groups.flatMap((group) => group.parameters.map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
  });

  it('are those of the specimen and of the engine that runs in the browser', () => {
    expect(namesShown('bal')).toContain('min_area');
    expect(namesShown('bal')).not.toContain('rbc_diameter');
    expect(namesShown('blood')).toContain('rbc_diameter');
    expect(namesShown('blood')).not.toContain('min_area');
    expect(namesShown('bal')).not.toContain('circularity');
  });

  it("start from the run's, then the laboratory's, then the engine's", () => {
    const values = withDefaults(parameters, { min_area: 0.5, max_area: 4 }, { min_area: 0.7, retired: 1 });
    expect([values.min_area, values.max_area, values.nucleus_diameter]).toEqual([0.7, 4, 20]);
    expect(values).not.toHaveProperty('retired');
  });

  it('follow the specimen, whose defaults differ', () => {
    const values = withDefaults(parameters, {}, { min_area: 0.7 });
    const blood = withValue(parameters, {}, { values, name: 'preset', value: 'blood' });
    expect([blood.preset, blood.feature, blood.min_area]).toEqual(['blood', 'saturation', 0.32]);
    expect(withValue(parameters, {}, { values, name: 'min_area', value: 0.8 })).toEqual({
      ...values,
      min_area: 0.8,
    });
  });

  it('are the same when every value is', () => {
    expect(sameValues({ a: 1, b: 'auto' }, { b: 'auto', a: 1 })).toBe(true);
    expect(sameValues({ a: 1 }, { a: 2 })).toBe(false);
    expect(sameValues({ a: 1 }, { a: 1, b: 2 })).toBe(false);
  });
});
