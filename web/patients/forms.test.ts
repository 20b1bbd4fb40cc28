import { expect, test } from 'vitest';
import type { Lavage, PatientRow } from '../api/queries.ts';
import { fromLavageForm, parseMeasurement, toLavageForm } from './lavage-form.ts';
import { ageOn, fromPatientForm, toPatientForm } from './patient-form.ts';

test('age in completed years, on the birthday itself and the day before', () => {
  expect(ageOn('1960-05-05', new Date(2026, 4, 5))).toBe(66);
  expect(ageOn('1960-05-05', new Date(2026, 4, 4))).toBe(65);
  expect(ageOn('2026-05-05', new Date(2026, 4, 5))).toBe(0);
  expect(ageOn('2030-01-01', new Date(2026, 4, 5))).toBeUndefined();
  expect(ageOn('', new Date(2026, 4, 5))).toBeUndefined();
});

test('measurements with point, comma or exponent; nothing is null, words are no number', () => {
  expect(parseMeasurement(' 2,5 ')).toBe(2.5);
  expect(parseMeasurement('0.25')).toBe(0.25);
  expect(parseMeasurement('2.4e5')).toBe(240_000);
  expect(parseMeasurement('')).toBeNull();
  for (const text of ['twelve', '-3', '1.2.3', 'Infinity', '0x10']) expect(parseMeasurement(text)).toBeNaN();
});

test('a lavage survives its form, and emptied fields become unknown', () => {
  const lavage = {
    collectedAt: '2026-11-12T17:30:00.000Z',
    receivedAt: null,
    site: 'Lingula',
    instilledMl: 150,
    recoveredMl: 62.5,
    cellsPerMl: null,
    viabilityPercent: 0,
    cd4Cd8: null,
    smokingStatus: 'never',
    request: { accessionNumber: 'BAL-1', requester: null, question: null },
  } as Lavage;
  const form = toLavageForm(lavage);
  expect(fromLavageForm(form)).toEqual(lavage);
  expect(fromLavageForm({ ...form, instilledMl: '', site: '', collectedAt: '' })).toMatchObject({
    instilledMl: null,
    site: null,
    collectedAt: null,
  });
});

test('a patient survives its form, and an emptied day of birth or sex becomes unknown', () => {
  const patient = {
    name: 'Marta Novák',
    age: 44,
    gender: 'female',
    contact: '',
    dateOfBirth: '1982-01-31',
    sex: 'female',
    identifiers: [{ type: 'MRN', value: '4711', issuer: 'Lakeside' }],
  } as unknown as PatientRow;
  const form = toPatientForm(patient);
  expect(fromPatientForm(form)).toEqual(patient);
  expect(fromPatientForm({ ...form, dateOfBirth: '', sex: '' })).toEqual({
    ...patient,
    dateOfBirth: null,
    sex: null,
  });
});
