import type { z } from 'zod';
import { camelKey, caseConverter } from '../../contract/casing.ts';
import { Settings } from '../../contract/settings.ts';
import { settingsFaults } from '../../core/settings-faults.ts';
import { capitalised } from '../ui/format.ts';
import { fromForm, type SettingsForm } from './settings-form.ts';

/** By the place in the form, such as `cellTypes.1.key`: what is wrong there, as a sentence. */
export type FormFaults = ReadonlyMap<string, string>;

const toWire = caseConverter(Settings, 'snake');

/** What does not fit in the form: each part by itself, then the parts together. */
export function faultsOf(form: SettingsForm): FormFaults {
  const settings = fromForm(form);
  const faults = new Map<string, string>();
  const add = (path: string, message: string) => {
    if (!faults.has(path)) faults.set(path, message);
  };
  const wire = toWire(settings);
  const { error } = Settings.safeParse(wire);
  for (const issue of error?.issues ?? []) {
    const path = issue.path.map((part) => (typeof part === 'string' ? camelKey(part) : part));
    // The keys of this record are labels, which the form has in rows.
    if (issue.path[0] === 'model_labels') continue;
    add(path.join('.'), isEmptyAt(wire, issue.path) ? EMPTY : sentenceOf(issue));
  }
  for (const { path, message } of settingsFaults(settings)) {
    const isEmpty = isEmptyAt(settings, path);
    add(path.join('.'), isEmpty ? EMPTY : asSentence(message));
  }
  for (const [path, message] of labelFaults(form)) add(path, message);
  return faults;
}

function labelFaults({ modelLabels, cellTypes }: SettingsForm): [string, string][] {
  return modelLabels.flatMap(({ label, cellType }, at): [string, string][] => {
    const faults: [string, string][] = [];
    const text = label.trim();
    if (text === '') faults.push([`modelLabels.${at}.label`, EMPTY]);
    else if (text.length > 100) faults.push([`modelLabels.${at}.label`, 'At most 100 characters.']);
    else if (modelLabels.slice(0, at).some((other) => other.label.trim() === text)) {
      faults.push([`modelLabels.${at}.label`, 'Is there already.']);
    }
    if (cellType === '') faults.push([`modelLabels.${at}.cellType`, EMPTY]);
    else if (!cellTypes.some(({ code }) => code === cellType)) {
      faults.push([`modelLabels.${at}.cellType`, 'Is none of the cell types.']);
    }
    return faults;
  });
}

const EMPTY = 'Fill this in.';

/** Whether nothing was typed there. */
function isEmptyAt(value: unknown, path: readonly PropertyKey[]): boolean {
  const [key, ...rest] = path;
  if (key === undefined) return value === '';
  return isEmptyAt((value as Record<PropertyKey, unknown> | undefined)?.[key], rest);
}

/** An issue of the contract in the words of the page. */
function sentenceOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'too_small':
      if (issue.origin === 'string') return EMPTY;
      if (issue.origin === 'array') return 'At least one is needed.';
      return `Not below ${issue.minimum}.`;
    case 'too_big':
      if (issue.origin === 'string') return `At most ${issue.maximum} characters.`;
      if (issue.origin === 'array') return `At most ${issue.maximum} of them.`;
      return `Not above ${issue.maximum}.`;
    case 'invalid_type':
      return issue.expected === 'int' ? 'A whole number, please.' : 'A number, please.';
    case 'invalid_format':
      return asSentence(`give ${issue.message}`);
    default:
      return asSentence(issue.message);
  }
}

/** A message that begins with the name of a parameter keeps it as it is written. */
function asSentence(message: string): string {
  const begun = /^\w+:/.test(message) ? message : capitalised(message);
  return begun.endsWith('.') ? begun : `${begun}.`;
}

/** The faults at or below a place. */
export function faultsBelow(faults: FormFaults, path: string): string[] {
  return [...faults].flatMap(([place, message]) =>
    place === path || place.startsWith(`${path}.`) ? message : [],
  );
}
