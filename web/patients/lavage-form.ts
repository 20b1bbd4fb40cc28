import type { Api } from '../../contract/api.ts';
import type { CallInput } from '../../contract/route.ts';
import type { Lavage } from '../api/queries.ts';

type NewLavage = CallInput<Api['createLavage']>['body'];

/** The measurements that are plain numbers, with their limits. */
export const NUMBER_FIELDS = [
  { name: 'instilledMl', label: 'Instilled (ml)', max: 2000 },
  { name: 'recoveredMl', label: 'Recovered (ml)', max: 2000 },
  { name: 'cellsPerMl', label: 'Cells per ml', max: 1e9 },
  { name: 'viabilityPercent', label: 'Viability (%)', max: 100 },
  { name: 'cd4Cd8', label: 'CD4/CD8 ratio', max: 100 },
] as const;

type NumberField = (typeof NUMBER_FIELDS)[number]['name'];

/** The lavage as the form holds it: text, where an empty field means "not measured". */
export type LavageForm = Record<NumberField, string> & {
  collectedAt: string;
  receivedAt: string;
  site: string;
  smokingStatus: NonNullable<Lavage['smokingStatus']>;
  accessionNumber: string;
  requester: string;
  question: string;
};

export function toLavageForm(lavage: Lavage | undefined): LavageForm {
  const numberText = (name: NumberField) => lavage?.[name]?.toString() ?? '';
  return {
    collectedAt: toLocalMinute(lavage?.collectedAt),
    receivedAt: toLocalMinute(lavage?.receivedAt),
    site: lavage?.site ?? '',
    instilledMl: numberText('instilledMl'),
    recoveredMl: numberText('recoveredMl'),
    cellsPerMl: numberText('cellsPerMl'),
    viabilityPercent: numberText('viabilityPercent'),
    cd4Cd8: numberText('cd4Cd8'),
    smokingStatus: lavage?.smokingStatus ?? 'unknown',
    accessionNumber: lavage?.request.accessionNumber ?? '',
    requester: lavage?.request.requester ?? '',
    question: lavage?.request.question ?? '',
  };
}

export function fromLavageForm(form: LavageForm): NewLavage {
  return {
    collectedAt: fromLocalMinute(form.collectedAt),
    receivedAt: fromLocalMinute(form.receivedAt),
    site: form.site || null,
    instilledMl: parseMeasurement(form.instilledMl),
    recoveredMl: parseMeasurement(form.recoveredMl),
    cellsPerMl: parseMeasurement(form.cellsPerMl),
    viabilityPercent: parseMeasurement(form.viabilityPercent),
    cd4Cd8: parseMeasurement(form.cd4Cd8),
    smokingStatus: form.smokingStatus,
    request: {
      accessionNumber: form.accessionNumber || null,
      requester: form.requester || null,
      question: form.question || null,
    },
  };
}

/** A number as people type it, with a decimal point or comma; null for nothing, NaN for anything else. */
export function parseMeasurement(text: string): number | null {
  const trimmed = text.trim().replace(',', '.');
  if (trimmed === '') return null;
  return /^\d+(\.\d+)?(e\d+)?$/i.test(trimmed) ? Number(trimmed) : Number.NaN;
}

/** "2026-11-23T14:05" in the browser's time zone, as `datetime-local` fields speak. */
export function toLocalMinute(iso: string | null | undefined): string {
  if (!iso) return '';
  const date = new Date(iso);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function fromLocalMinute(text: string): string | null {
  return text ? new Date(text).toISOString() : null;
}
