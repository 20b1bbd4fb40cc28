import { describe, expect, it } from 'vitest';
import { DEFAULT_CELL_TYPES } from '../../core/cell-types.ts';
import { differentialOf } from '../../core/differential/differential.ts';
import { DEFAULT_LABORATORY_SETTINGS } from '../../core/laboratory-settings.ts';
import { rowsByDenominator, shareOf } from './differential.ts';
import { createShareFormat } from './share-format.ts';
import { SCALE_TICKS, scalePosition } from './share-scale.ts';

describe('the rows of a denominator', () => {
  const { rows } = differentialOf(
    [],
    { smokingStatus: null, measurements: { cd4Cd8: null, siderophagePercent: null } },
    DEFAULT_LABORATORY_SETTINGS,
  );
  const codesOf = (list: readonly { cellType: string }[]) => list.map((row) => row.cellType);

  it('are the types that the laboratory counts in it, also while nothing was counted', () => {
    for (const denominator of ['immune', 'nucleated'] as const) {
      const { counted, apart } = rowsByDenominator(rows, DEFAULT_CELL_TYPES, denominator);
      const inside = DEFAULT_CELL_TYPES.filter((type) => type[denominator]).map((type) => type.code);
      expect(new Set(codesOf(counted))).toEqual(new Set(inside));
      expect(counted.length + apart.length).toBe(rows.length);
      expect(codesOf(apart)).toContain('RBC');
    }
  });

  it('have no share while nothing was counted, rather than zero', () => {
    expect(shareOf(rows[0], 'immune')).toEqual({ percent: null, interval: null });
  });
});

describe('the scale of shares', () => {
  it('runs from 0 to 1 in order and gives small thresholds room', () => {
    const places = SCALE_TICKS.map(scalePosition);
    expect(places[0]).toBe(0);
    expect(places.at(-1)).toBe(1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(scalePosition(1)).toBeCloseTo(0.1);
  });

  it('keeps what lies outside at its ends', () => {
    expect(scalePosition(-3)).toBe(0);
    expect(scalePosition(120)).toBe(1);
  });
});

describe('shares in words', () => {
  const english = createShareFormat('en-GB');

  it('carry one decimal, references as the laboratory wrote them', () => {
    expect(english.percent(23.06)).toBe('23.1\u202f%');
    expect(english.range(17.94, 29.2)).toBe('17.9–29.2');
    expect(english.range(1.86, 1.94)).toBe('1.9');
    expect(english.reference(null, 0.5)).toBe('≤\u202f0.5');
    expect(english.reference(85, null)).toBe('≥\u202f85');
    expect(english.reference(3, 15)).toBe('3–15');
  });

  it('follow the locale', () => {
    expect(createShareFormat('de-DE').range(1.4, 6.4)).toBe('1,4–6,4');
    expect(createShareFormat('de-DE').count(1234)).toBe('1.234');
  });
});
