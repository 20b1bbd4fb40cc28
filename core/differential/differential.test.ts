import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_CELL_TYPES } from '../cell-types.ts';
import { DEFAULT_LABORATORY_SETTINGS as DEFAULTS, type LaboratorySettings } from '../laboratory-settings.ts';
import { differentialOf, type LavageFacts } from './differential.ts';
import { fieldWith } from './field-fixture.ts';

const FACTS: LavageFacts = {
  smokingStatus: null,
  measurements: { cd4Cd8: null, siderophagePercent: null },
};

const differential = (
  cells: Record<string, number>,
  facts = FACTS,
  settings: LaboratorySettings = DEFAULTS,
) => differentialOf([fieldWith(cells)], facts, settings);

const rowOf = (result: ReturnType<typeof differential>, code: string) =>
  result.rows.find(({ cellType }) => cellType === code)!;

describe('differentialOf', () => {
  it('uses both denominators, each for its own types', () => {
    const result = differential({
      'WBC-Macrophage': 150,
      'WBC-Lymphocyte': 50,
      'Epithelial-Squamous': 50,
      RBC: 900,
      Unclassified: 7,
    });
    expect(result).toMatchObject({
      immuneCount: 200,
      nucleatedCount: 250,
      unclassifiedCount: 7,
      countTarget: 400,
      cellsStillNeeded: 200,
    });
    expect(rowOf(result, 'WBC-Lymphocyte')).toMatchObject({ percentImmune: 25, percentNucleated: 20 });
    expect(rowOf(result, 'WBC-Lymphocyte').intervalImmune!.lowerPercent).toBeCloseTo(19.5, 1);
    expect(rowOf(result, 'Epithelial-Squamous')).toMatchObject({ percentImmune: null, percentNucleated: 20 });
    expect(rowOf(result, 'RBC')).toMatchObject({ count: 900, percentImmune: null, percentNucleated: null });
  });

  it('answers an empty count with nulls, flags nothing', () => {
    const result = differential({});
    expect(result.cellsStillNeeded).toBe(400);
    for (const row of result.rows) {
      expect(row).toMatchObject({ percentImmune: null, intervalImmune: null, flag: null, uncertain: false });
    }
  });

  it('flags upwards only by default, downwards where the laboratory asks', () => {
    const low = { 'WBC-Macrophage': 60, 'WBC-Lymphocyte': 340 };
    expect(rowOf(differential(low), 'WBC-Lymphocyte').flag).toBe('high');
    expect(rowOf(differential(low), 'WBC-Macrophage')).toMatchObject({ flag: null, uncertain: false });
    const flagLow = DEFAULTS.referenceRanges.map((range) => ({ ...range, flagLow: true }));
    const asked = differential(low, FACTS, { ...DEFAULTS, referenceRanges: flagLow });
    expect(rowOf(asked, 'WBC-Macrophage').flag).toBe('low');
  });

  it('does not flag a share exactly on its threshold, and calls it uncertain and out of reach', () => {
    const row = rowOf(differential({ 'WBC-Macrophage': 340, 'WBC-Lymphocyte': 60 }), 'WBC-Lymphocyte');
    expect(row).toMatchObject({ percentImmune: 15, flag: null, uncertain: true, cellsToSettle: null });
  });

  it('says how many cells would settle a flag that the counting error leaves open', () => {
    const row = rowOf(differential({ 'WBC-Macrophage': 350, 'WBC-Lymphocyte': 50 }), 'WBC-Lymphocyte');
    expect(row).toMatchObject({ flag: null, uncertain: true, cellsToSettle: 384 });
  });

  it('prefers the reference of the smoking status', () => {
    const settings: LaboratorySettings = {
      ...DEFAULTS,
      referenceRanges: [
        ...DEFAULTS.referenceRanges,
        {
          cellType: 'WBC-Lymphocyte',
          smokingStatus: 'current',
          lowerPercent: null,
          upperPercent: 7,
          flagLow: false,
          source: 'a laboratory',
        },
      ],
    };
    const cells = { 'WBC-Macrophage': 900, 'WBC-Lymphocyte': 100 };
    const smoker = differential(cells, { ...FACTS, smokingStatus: 'current' }, settings);
    expect(rowOf(smoker, 'WBC-Lymphocyte')).toMatchObject({
      flag: 'high',
      reference: { upper: 7, source: 'a laboratory' },
    });
    const unknown = differential(cells, FACTS, settings);
    expect(rowOf(unknown, 'WBC-Lymphocyte')).toMatchObject({ flag: null, reference: { upper: 15 } });
  });

  it('shows the spread between fields with at least 20 immune cells', () => {
    const fields = [
      fieldWith({ 'WBC-Macrophage': 18, 'WBC-Lymphocyte': 2 }),
      fieldWith({ 'WBC-Macrophage': 30, 'WBC-Lymphocyte': 10 }),
      fieldWith({ 'WBC-Lymphocyte': 19 }),
    ];
    const spread = (of: typeof fields) =>
      rowOf(differentialOf(of, FACTS, DEFAULTS), 'WBC-Lymphocyte').spreadBetweenFields;
    expect(spread(fields)).toEqual({ lowestPercent: 10, highestPercent: 25, fields: 2 });
    expect(spread(fields.slice(1))).toBeNull();
  });

  it('counts the fields by state, without slides that do not count', () => {
    const fields = [
      fieldWith({}, { state: 'complete' }),
      fieldWith({}, { state: 'excluded' }),
      fieldWith({}),
      fieldWith({}, { countsInDifferential: false }),
    ];
    expect(differentialOf(fields, FACTS, DEFAULTS).fields).toEqual({
      total: 3,
      complete: 1,
      excluded: 1,
      unread: 1,
    });
  });

  it('keeps shares, intervals and flags consistent for any count', () => {
    const anyCells = fc.dictionary(
      fc.constantFrom(...DEFAULT_CELL_TYPES.map(({ code }) => code)),
      fc.integer({ min: 0, max: 300 }),
    );
    fc.assert(
      fc.property(anyCells, (cells) => {
        const result = differential(cells);
        const sum = (key: 'percentImmune' | 'percentNucleated') =>
          result.rows.reduce((total, row) => total + (row[key] ?? 0), 0);
        if (result.immuneCount > 0) expect(sum('percentImmune')).toBeCloseTo(100, 9);
        if (result.nucleatedCount > 0) expect(sum('percentNucleated')).toBeCloseTo(100, 9);
        for (const row of result.rows) {
          if (row.flag === 'high') expect(row.percentImmune).toBeGreaterThan(row.reference!.upper!);
          if (row.cellsToSettle !== null) expect(row.uncertain).toBe(true);
          if (row.intervalImmune) {
            expect(row.percentImmune).toBeGreaterThanOrEqual(row.intervalImmune.lowerPercent);
            expect(row.percentImmune).toBeLessThanOrEqual(row.intervalImmune.upperPercent);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
