import type { LaboratorySettings, RuleCondition } from '../../core/laboratory-settings.ts';
import { wordFor } from '../detection/parameter-values.ts';
import { conditionText } from './rule-wording.ts';
import { type SectionName, sectionOf } from './sections.ts';

export interface SectionChanges {
  section: SectionName;
  label: string;
  /** One for each thing, in words. */
  changes: string[];
}

/** What a save would change, in words, by the sections of the page. */
export function changesBetween(before: LaboratorySettings, after: LaboratorySettings): SectionChanges[] {
  const found = new Map<SectionName, SectionChanges>();
  for (const [path, texts] of changesByKey(before, after)) {
    const { name, label } = sectionOf(path);
    const section = found.get(name) ?? { section: name, label, changes: [] };
    section.changes.push(...texts);
    if (section.changes.length > 0) found.set(name, section);
  }
  return [...found.values()];
}

function changesByKey(before: LaboratorySettings, after: LaboratorySettings): [string, string[]][] {
  const names = new Map([...before.cellTypes, ...after.cellTypes].map(({ code, name }) => [code, name]));
  const nameOf = (code: string) => names.get(code) ?? code;
  const conditions = (all: readonly RuleCondition[]) =>
    all.map((condition) => conditionText(condition, nameOf)).join(' and ');
  return [
    ['locale', field('Language', before.locale, after.locale)],
    ['countTarget', field('Count target', before.countTarget, after.countTarget)],
    ['twoEdgeRule', field('Two-edge rule', onOff(before.twoEdgeRule), onOff(after.twoEdgeRule))],
    [
      'adequacy',
      [
        ...field(
          'Most epithelial cells',
          percent(before.adequacy.epithelialMaxPercent),
          percent(after.adequacy.epithelialMaxPercent),
        ),
        ...field(
          'Fewest macrophages per mm²',
          orNone(before.adequacy.macrophagesPerMm2Min),
          orNone(after.adequacy.macrophagesPerMm2Min),
        ),
      ],
    ],
    [
      'cellTypes',
      listChanges(before.cellTypes, after.cellTypes, {
        key: ({ code }) => code,
        title: ({ code, name }) => `${name} (${code})`,
        fields: {
          name: ({ name }) => name,
          colour: ({ color }) => color,
          key: ({ key }) => orNone(key),
          'immune cell': ({ immune }) => yesNo(immune),
          nucleated: ({ nucleated }) => yesNo(nucleated),
        },
      }),
    ],
    [
      'referenceRanges',
      listChanges(before.referenceRanges, after.referenceRanges, {
        key: ({ cellType, smokingStatus }) => `${cellType} ${smokingStatus}`,
        title: ({ cellType, smokingStatus }) =>
          smokingStatus ? `${nameOf(cellType)}, smoking ${smokingStatus}` : nameOf(cellType),
        fields: {
          from: ({ lowerPercent }) => percent(lowerPercent),
          to: ({ upperPercent }) => percent(upperPercent),
          'low shares flagged': ({ flagLow }) => yesNo(flagLow),
          source: ({ source }) => source,
        },
      }),
    ],
    [
      'rules',
      listChanges(before.rules, after.rules, {
        key: ({ code }) => code,
        title: ({ code }) => code,
        fields: {
          when: (rule) => conditions(rule.conditions),
          'reads as': ({ readsAs }) => readsAs,
          source: ({ source }) => source,
        },
      }),
    ],
    [
      'diagnoses',
      listChanges(before.diagnoses, after.diagnoses, {
        key: ({ code }) => code,
        title: ({ code, name }) => `${name} (${code})`,
        fields: {
          name: ({ name }) => name,
          system: ({ system }) => system,
          version: ({ version }) => version,
        },
      }),
    ],
    ['detection', parameterChanges('', before.detection, after.detection)],
    [
      'detectionPresets',
      listChanges(before.detectionPresets ?? [], after.detectionPresets ?? [], {
        key: ({ name }) => name,
        title: ({ name }) => `Preset ${name}`,
        fields: {},
        further: (title, one, other) => parameterChanges(`${title}: `, one.parameters, other.parameters),
      }),
    ],
    [
      'modelLabels',
      listChanges(labelsOf(before), labelsOf(after), {
        key: ([label]) => label,
        title: ([label]) => label,
        fields: { 'cell type': ([, cellType]) => nameOf(cellType) },
      }),
    ],
  ];
}

interface ListWording<T> {
  /** What makes a row the same one before and after. */
  key: (row: T) => string;
  title: (row: T) => string;
  fields: Readonly<Record<string, (row: T) => string>>;
  further?: (title: string, before: T, after: T) => string[];
}

function listChanges<T>(before: readonly T[], after: readonly T[], wording: ListWording<T>): string[] {
  const { key, title, fields, further } = wording;
  const [old, now] = [
    new Map(before.map((row) => [key(row), row])),
    new Map(after.map((row) => [key(row), row])),
  ];
  const kept = [...now].filter(([one]) => old.has(one));
  const changed = kept.flatMap(([one, row]) => {
    const was = old.get(one) as T;
    return [
      ...Object.entries(fields).flatMap(([name, textOf]) =>
        field(`${title(was)}: ${name}`, textOf(was), textOf(row)),
      ),
      ...(further?.(title(row), was, row) ?? []),
    ];
  });
  const isReordered =
    kept.map(([one]) => one).join('\n') !== [...old.keys()].filter((one) => now.has(one)).join('\n');
  return [
    ...[...now].filter(([one]) => !old.has(one)).map(([, row]) => `${title(row)}: added`),
    ...[...old].filter(([one]) => !now.has(one)).map(([, row]) => `${title(row)}: removed`),
    ...changed,
    ...(isReordered ? ['Another order'] : []),
  ];
}

type Parameters = LaboratorySettings['detection'];

function parameterChanges(prefix: string, before: Parameters, after: Parameters): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) =>
    field(`${prefix}${wordFor(name)}`, before[name] ?? 'default', after[name] ?? 'default'),
  );
}

function field(name: string, before: string | number, after: string | number): string[] {
  return before === after ? [] : [`${name}: ${before} → ${after}`];
}

const labelsOf = ({ modelLabels = {} }: LaboratorySettings) => Object.entries(modelLabels);
const onOff = (isOn: boolean) => (isOn ? 'on' : 'off');
const yesNo = (isSo: boolean) => (isSo ? 'yes' : 'no');
const orNone = (value: string | number | null) => (value === null || value === '' ? 'none' : String(value));
const percent = (value: number | null) => (value === null ? 'none' : `${value} %`);
