import type { SettingsForm } from './settings-form.ts';

/** What the address says: whose settings, and which part. */
export const LABORATORY = 'laboratory';
export const SECTION = 'section';

export type SectionName =
  | 'counting'
  | 'cell-types'
  | 'ranges'
  | 'rules'
  | 'diagnoses'
  | 'detection'
  | 'model';

/** The parts of the page, with what of the settings each shows. */
export const SECTIONS: readonly {
  name: SectionName;
  label: string;
  keys: readonly (keyof SettingsForm)[];
}[] = [
  {
    name: 'counting',
    label: 'Counting',
    keys: ['locale', 'countTarget', 'twoEdgeRule', 'adequacy'],
  },
  { name: 'cell-types', label: 'Cell types', keys: ['cellTypes'] },
  { name: 'ranges', label: 'Reference ranges', keys: ['referenceRanges'] },
  { name: 'rules', label: 'Rules', keys: ['rules'] },
  { name: 'diagnoses', label: 'Diagnoses', keys: ['diagnoses'] },
  { name: 'detection', label: 'Detection', keys: ['detection', 'detectionPresets'] },
  { name: 'model', label: 'Model labels', keys: ['modelLabels'] },
];

/** Where on the page a part of the settings is. */
export function sectionOf(path: string): (typeof SECTIONS)[number] {
  const [key] = path.split('.');
  return SECTIONS.find(({ keys }) => keys.some((one) => one === key)) ?? SECTIONS[0];
}
