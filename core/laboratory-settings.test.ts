import { describe, expect, it } from 'vitest';
import { DEFAULT_LABORATORY_SETTINGS as DEFAULTS } from './laboratory-settings.ts';

const unique = (values: readonly string[]) => new Set(values).size === values.length;
const codes = DEFAULTS.cellTypes.map(({ code }) => code);

describe('default laboratory settings', () => {
  it('names each cell type, key, diagnosis and rule once', () => {
    expect(unique(codes)).toBe(true);
    expect(unique(DEFAULTS.cellTypes.map(({ key }) => key))).toBe(true);
    expect(unique(DEFAULTS.cellTypes.map(({ color }) => color))).toBe(true);
    expect(unique(DEFAULTS.diagnoses.map(({ code }) => code))).toBe(true);
    expect(unique(DEFAULTS.rules.map(({ code }) => code))).toBe(true);
  });

  it('refers only to cell types that exist', () => {
    for (const { cellType } of DEFAULTS.referenceRanges) expect(codes).toContain(cellType);
    for (const { conditions } of DEFAULTS.rules) {
      for (const condition of conditions)
        if ('cellType' in condition) expect(codes).toContain(condition.cellType);
    }
  });

  it('counts every immune cell as nucleated', () => {
    for (const type of DEFAULTS.cellTypes) if (type.immune) expect(type.nucleated).toBe(true);
  });

  it('gives every number its source', () => {
    for (const { source } of [...DEFAULTS.referenceRanges, ...DEFAULTS.rules]) expect(source).not.toBe('');
  });
});
