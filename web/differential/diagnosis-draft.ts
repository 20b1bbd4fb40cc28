import type { Api } from '../../contract/api.ts';
import type { CallInput, CallResult } from '../../contract/route.ts';
import type { Diagnosis } from '../api/queries.ts';
import type { Certainty } from '../ui/certainty-names.ts';

export type CatalogueEntry = CallResult<Api['laboratorySettings']>['diagnoses'][number];
type DiagnosisBody = CallInput<Api['updatePatientAnnotation']>['body'];

/** The form's values, as the reader edits them. */
export interface DiagnosisDraft {
  adequacy: 'adequate' | 'inadequate' | '';
  adequacyReasons: string;
  pattern: string;
  diagnosis: { code: string; name: string; certainty: Certainty }[];
  comments: string;
}

export function draftOf(saved: Diagnosis | null): DiagnosisDraft {
  return {
    adequacy: saved?.adequacy ?? '',
    adequacyReasons: saved?.adequacyReasons ?? '',
    pattern: saved?.pattern ?? '',
    diagnosis: (saved?.diagnosis ?? []).map(({ code, name, certainty }) => ({ code, name, certainty })),
    comments: saved?.comments ?? '',
  };
}

/** What is sent; empty texts are cleared fields. The form has made sure of the adequacy. */
export function diagnosisBodyOf(draft: DiagnosisDraft): Required<DiagnosisBody> {
  if (draft.adequacy === '') throw new RangeError('adequacy: choose adequate or inadequate before saving');
  const textOrNull = (text: string) => text.trim() || null;
  return {
    adequacy: draft.adequacy,
    adequacyReasons: textOrNull(draft.adequacyReasons),
    pattern: textOrNull(draft.pattern),
    diagnosis: draft.diagnosis.map(({ code, certainty }) => ({ code, certainty })),
    comments: textOrNull(draft.comments),
  };
}

/** Adds a diagnosis once, as the weakest statement: the reader raises it knowingly. */
export function withDiagnosis(
  chosen: DiagnosisDraft['diagnosis'],
  { code, name }: Pick<CatalogueEntry, 'code' | 'name'>,
): DiagnosisDraft['diagnosis'] {
  if (chosen.some((entry) => entry.code === code)) return chosen;
  return [...chosen, { code, name, certainty: 'suggests' }];
}
