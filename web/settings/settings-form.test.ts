import { describe, expect, test } from 'vitest';
import { caseConverter } from '../../contract/casing.ts';
import { Settings } from '../../contract/settings.ts';
import {
  DEFAULT_LABORATORY_SETTINGS as DEFAULTS,
  type LaboratorySettings,
} from '../../core/laboratory-settings.ts';
import { faultsBelow, faultsOf } from './form-faults.ts';
import { moved } from './rows.ts';
import { sectionOf } from './sections.ts';
import { changesBetween } from './settings-changes.ts';
import { asRow, changedKeys, fromForm, onTopOfTheirs, type SettingsForm, toForm } from './settings-form.ts';

const FULL: LaboratorySettings = {
  ...DEFAULTS,
  referenceRanges: [
    ...DEFAULTS.referenceRanges,
    { ...DEFAULTS.referenceRanges[0], smokingStatus: 'current' },
  ],
  detection: { engine: 'opencv', min_area: 0.4 },
  modelLabels: { LABEL_0: 'WBC-Macrophage' },
  detectionPresets: [{ name: 'Pale', parameters: { threshold_start: 2 } }],
};
const form = toForm(FULL);
const changed = (changes: Partial<SettingsForm>): SettingsForm => ({ ...form, ...changes });
const faults = (changes: Partial<SettingsForm>) => Object.fromEntries(faultsOf(changed(changes)));
const firstOf = <T>(rows: readonly T[], change: Partial<T>) => rows.with(0, { ...rows[0], ...change });

describe('settings as they are typed', () => {
  test('are what they were as long as nothing is typed, and fit', () => {
    expect(fromForm(form)).toEqual(FULL);
    expect(faultsOf(form).size).toBe(0);
    const bare = fromForm(toForm(DEFAULTS));
    expect(bare).toEqual({ ...DEFAULTS, modelLabels: {}, detectionPresets: [] });
    expect(changedKeys(toForm(DEFAULTS), toForm(DEFAULTS))).toEqual([]);
    expect(Settings.safeParse(caseConverter(Settings, 'snake')(bare)).success).toBe(true);
  });

  test('take a comma as a point, blanks for nothing, and an empty limit for none', () => {
    const typed = fromForm(
      changed({
        adequacy: { epithelialMaxPercent: ' 4,5 ', macrophagesPerMm2Min: '' },
        cellTypes: firstOf(form.cellTypes, { name: ' Macrophage ' }),
      }),
    );
    expect(typed.adequacy).toEqual({ epithelialMaxPercent: 4.5, macrophagesPerMm2Min: null });
    expect(typed.cellTypes[0].name).toBe('Macrophage');
  });

  test('keep the parameters of another engine while one looks around, and save only those of the chosen one', () => {
    const detection = { engine: 'tree', parameters: { min_area: 0.4, circularity: 0.5, min_score: 1 } };
    expect(fromForm(changed({ detection })).detection).toEqual({ min_area: 0.4, min_score: 1 });
    const model = { ...detection, engine: 'model' };
    expect(fromForm(changed({ detection: model })).detection).toEqual({ engine: 'model' });
  });

  test('are changed where they differ, whatever the order of their parameters', () => {
    const detection = { engine: 'opencv', parameters: { circularity: 0.5, min_area: 0.4 } };
    const other = { engine: 'opencv', parameters: { min_area: 0.4, circularity: 0.5 } };
    expect(changedKeys(changed({ detection }), changed({ detection: other }))).toEqual([]);
    expect(changedKeys(form, changed({ locale: 'de-DE', cellTypes: moved(form.cellTypes, 0, 1) }))).toEqual([
      'locale',
      'cellTypes',
    ]);
  });

  test('that somebody else saved meanwhile are taken where nothing was typed', () => {
    const theirs = changed({ locale: 'fr-FR', countTarget: '500' });
    const mine = changed({ countTarget: '300', twoEdgeRule: false });
    expect(onTopOfTheirs(form, mine, theirs)).toMatchObject({
      locale: 'fr-FR',
      countTarget: '300',
      twoEdgeRule: false,
    });
  });
});

describe('faults', () => {
  const [macrophage, ...others] = form.cellTypes;
  const rule = form.rules[0];
  const condition = rule.conditions[0];
  test.each<[string, Partial<SettingsForm>, Record<string, unknown>]>([
    ['a count target out of range', { countTarget: '50' }, { countTarget: 'Not below 200.' }],
    ['one that is no whole number', { countTarget: '400.5' }, { countTarget: 'A whole number, please.' }],
    ['one that is no number', { countTarget: 'many' }, { countTarget: 'A number, please.' }],
    ['a language', { locale: 'English' }, { locale: 'Give a language such as en-GB.' }],
    [
      'a key that is taken',
      { cellTypes: [macrophage, { ...others[0], key: '1' }, ...others.slice(1)] },
      { 'cellTypes.1.key': 'Is there already.' },
    ],
    [
      'a name that lacks',
      { cellTypes: firstOf(form.cellTypes, { name: ' ' }) },
      { 'cellTypes.0.name': 'Fill this in.' },
    ],
    [
      'a code that is taken',
      { cellTypes: [...form.cellTypes, asRow({ ...macrophage, key: '' })] },
      { [`cellTypes.${form.cellTypes.length}.code`]: 'Is there already.' },
    ],
    [
      'a range without its source',
      { referenceRanges: firstOf(form.referenceRanges, { source: '' }) },
      { 'referenceRanges.0.source': 'Fill this in.' },
    ],
    [
      'a range beyond everything',
      { referenceRanges: firstOf(form.referenceRanges, { lowerPercent: '120' }) },
      { 'referenceRanges.0.lowerPercent': 'Not above 100.' },
    ],
    [
      'a range upside down',
      { referenceRanges: firstOf(form.referenceRanges, { upperPercent: '80' }) },
      { 'referenceRanges.0.upperPercent': 'Must be above the lower limit.' },
    ],
    [
      'a rule without conditions',
      { rules: [{ ...rule, conditions: [] }] },
      { 'rules.0.conditions': 'At least one is needed.' },
    ],
    [
      'a condition without a number',
      { rules: [{ ...rule, conditions: [{ ...condition, number: '' }] }] },
      { 'rules.0.conditions.0.abovePercent': 'A number, please.' },
    ],
    [
      'a condition on no type',
      { rules: [{ ...rule, conditions: [{ ...condition, cellType: 'X' }] }] },
      { 'rules.0.conditions.0.cellType': 'Is none of the cell types.' },
    ],
    [
      'a label twice',
      { modelLabels: [...form.modelLabels, asRow({ label: ' LABEL_0', cellType: 'RBC' })] },
      { 'modelLabels.1.label': 'Is there already.' },
    ],
    [
      'a label of no type',
      { modelLabels: firstOf(form.modelLabels, { cellType: 'X' }) },
      { 'modelLabels.0.cellType': 'Is none of the cell types.' },
    ],
    [
      'a parameter out of range',
      { detection: { engine: 'opencv', parameters: { circularity: 7 } } },
      { detection: expect.stringMatching(/^circularity: 7 is not allowed/) },
    ],
  ])('%s, at its place', (_, changes, expected) => {
    expect(faults(changes)).toEqual(expected);
  });

  test('of a new row point at what lacks and at nothing else', () => {
    const empty = { code: '', name: '', color: '#5b6b75', key: '', immune: true, nucleated: true };
    const at = form.cellTypes.length;
    expect(faults({ cellTypes: [...form.cellTypes, asRow(empty)] })).toEqual({
      [`cellTypes.${at}.code`]: 'Fill this in.',
      [`cellTypes.${at}.name`]: 'Fill this in.',
    });
  });

  test('belong to a section of the page, and to the row that they are in', () => {
    const found = faultsOf(changed({ cellTypes: firstOf(form.cellTypes, { name: '', key: '22' }) }));
    expect(faultsBelow(found, 'cellTypes.0')).toHaveLength(2);
    expect(faultsBelow(found, 'cellTypes.01')).toEqual([]);
    expect(sectionOf('cellTypes.0.name').name).toBe('cell-types');
    expect(sectionOf('adequacy.epithelialMaxPercent').name).toBe('counting');
  });
});

describe('what a save changes', () => {
  const changes = (after: Partial<SettingsForm>) =>
    changesBetween(FULL, fromForm(changed(after))).map(({ section, changes: texts }) => [section, texts]);

  test('is said in words, section by section', () => {
    const rule = form.rules[0];
    expect(
      changes({
        countTarget: '500',
        cellTypes: firstOf(form.cellTypes, { key: 'm', nucleated: true }),
        rules: firstOf(form.rules, { conditions: [{ ...rule.conditions[0], number: '30' }] }),
        detection: { engine: 'opencv', parameters: { min_area: 0.5 } },
        modelLabels: [],
      }),
    ).toEqual([
      ['counting', ['Count target: 400 → 500']],
      ['cell-types', ['Macrophage (WBC-Macrophage): key: 1 → m']],
      ['rules', ['lymphocytosis: when: Lymphocyte above 25 % → Lymphocyte above 30 %']],
      ['detection', ['Smallest nucleus: 0.4 → 0.5']],
      ['model', ['LABEL_0: removed']],
    ]);
  });

  test('names rows that came, went and moved', () => {
    const [sarcoidosis, ...diagnoses] = form.diagnoses;
    const foam = asRow({ ...form.cellTypes[0], code: 'Foam', name: 'Foam cell', key: '' });
    expect(
      changes({
        cellTypes: moved([...form.cellTypes, foam], 0, 1),
        diagnoses,
        detectionPresets: firstOf(form.detectionPresets, { parameters: {} }),
      }),
    ).toEqual([
      ['cell-types', ['Foam cell (Foam): added', 'Another order']],
      ['diagnoses', [`${sarcoidosis.name} (${sarcoidosis.code}): removed`]],
      ['detection', ['Preset Pale: Palest nucleus: 2 → default']],
    ]);
    expect(changes({})).toEqual([]);
  });
});
