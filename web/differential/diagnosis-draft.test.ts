import { expect, it } from 'vitest';
import { api } from '../../contract/api.ts';
import { caseConverter } from '../../contract/casing.ts';
import type { Diagnosis } from '../api/queries.ts';
import { diagnosisBodyOf, draftOf, withDiagnosis } from './diagnosis-draft.ts';

const saved: Diagnosis = {
  id: '01a20680-0ed7-7232-8249-770a67bcc63e',
  patientId: '01a20680-0ed7-7232-8249-770a67bcc63e',
  lavageId: '01a20680-0ed7-7232-8249-770a67bcc63e',
  readingId: null,
  user: { id: '01a20680-0ed7-7232-8249-770a67bcc63e', name: 'Dr Lena Fischer' },
  adequacy: 'adequate',
  adequacyReasons: null,
  pattern: 'lymphocytic alveolitis',
  diagnosis: [{ code: 'D86.0', name: 'Sarcoidosis of lung', system: 'ICD-10-CM', certainty: 'established' }],
  comments: 'line one\nline two',
  version: 3,
  createdAt: '2026-11-23T03:00:00.000Z',
  updatedAt: '2026-11-23T03:00:00.000Z',
};

it('goes from the saved row to the form and back into a body that the contract takes', () => {
  const body = diagnosisBodyOf(draftOf(saved));
  const parsed = api.updatePatientAnnotation.body.parse(
    caseConverter(api.updatePatientAnnotation.body, 'snake')(body),
  );
  expect(parsed).toEqual({
    adequacy: 'adequate',
    adequacy_reasons: null,
    pattern: 'lymphocytic alveolitis',
    diagnosis: [{ code: 'D86.0', certainty: 'established' }],
    comments: 'line one\nline two',
  });
});

it('clears what was emptied, and refuses to guess the adequacy', () => {
  expect(diagnosisBodyOf({ ...draftOf(saved), pattern: '  ' }).pattern).toBeNull();
  expect(() => diagnosisBodyOf(draftOf(null))).toThrow(RangeError);
});

it('adds a diagnosis once, at the weakest certainty', () => {
  const once = withDiagnosis(draftOf(saved).diagnosis, {
    code: 'J67.9',
    name: 'Hypersensitivity pneumonitis',
  });
  expect(once.map(({ code, certainty }) => [code, certainty])).toEqual([
    ['D86.0', 'established'],
    ['J67.9', 'suggests'],
  ]);
  expect(withDiagnosis(once, { code: 'D86.0', name: 'Sarcoidosis of lung' })).toBe(once);
});
