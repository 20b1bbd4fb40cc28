import { expect, test } from 'vitest';
import { DEFAULT_LABORATORY_SETTINGS as DEFAULTS, type LaboratorySettings } from './laboratory-settings.ts';
import { settingsFaults } from './settings-faults.ts';

const [macrophage, lymphocyte, ...others] = DEFAULTS.cellTypes;
const [range] = DEFAULTS.referenceRanges;
const with_ = (changes: Partial<LaboratorySettings>) =>
  settingsFaults({ ...DEFAULTS, ...changes }).map(({ path }) => path.join('.'));

test('the settings that a laboratory starts with fit together', () => {
  expect(settingsFaults(DEFAULTS)).toEqual([]);
});

test.each<[string, Partial<LaboratorySettings>, string[]]>([
  [
    'two cell types with one key',
    { cellTypes: [macrophage, { ...lymphocyte, key: macrophage.key }, ...others] },
    ['cellTypes.1.key'],
  ],
  [
    'two without a key',
    { cellTypes: [{ ...macrophage, key: '' }, { ...lymphocyte, key: '' }, ...others] },
    [],
  ],
  [
    'immune cells outside the nucleated ones',
    { cellTypes: [{ ...macrophage, nucleated: false }, lymphocyte, ...others] },
    ['cellTypes.0.nucleated'],
  ],
  [
    'a range of no cell type',
    { referenceRanges: [{ ...range, cellType: 'X' }] },
    ['referenceRanges.0.cellType'],
  ],
  [
    'a range upside down',
    { referenceRanges: [{ ...range, lowerPercent: 90, upperPercent: 80 }] },
    ['referenceRanges.0.upperPercent'],
  ],
  [
    'two ranges for the same cells',
    { referenceRanges: [range, { ...range, upperPercent: 99 }] },
    ['referenceRanges.1.smokingStatus'],
  ],
  [
    'one range for everybody and one for smokers',
    { referenceRanges: [range, { ...range, smokingStatus: 'current' }] },
    [],
  ],
  [
    'two presets of one name',
    {
      detectionPresets: [
        { name: 'x', parameters: {} },
        { name: 'x', parameters: {} },
      ],
    },
    ['detectionPresets.1.name'],
  ],
  ['a diagnosis twice', { diagnoses: [DEFAULTS.diagnoses[0], DEFAULTS.diagnoses[0]] }, ['diagnoses.1.code']],
  ['a detection parameter that is none', { detection: { colour: 1 } }, ['detection']],
  ['one that another engine has', { detection: { engine: 'opencv', preset: 'blood' } }, ['detection']],
  ['an engine', { detection: { engine: 'model' } }, []],
  [
    'a preset out of range',
    { detectionPresets: [{ name: 'x', parameters: { downscale: -1 } }] },
    ['detectionPresets.0'],
  ],
])('%s', (_, changes, paths) => {
  expect(with_(changes)).toEqual(paths);
});

test('a cell type that detection names must stay, and rules count only what there is', () => {
  expect(with_({ cellTypes: [macrophage, ...others] })).toEqual(
    expect.arrayContaining(['cellTypes', 'referenceRanges.1.cellType', 'rules.0.conditions.0.cellType']),
  );
});
