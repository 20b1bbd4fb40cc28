import type { Api } from '../../contract/api.ts';
import type { CallInput } from '../../contract/route.ts';
import type { PatientRow } from '../api/queries.ts';

type NewPatient = CallInput<Api['createPatient']>['body'];
type Identifier = PatientRow['identifiers'][number];

/** The patient as the form holds it: text, where an empty field means "not known". */
export interface PatientForm {
  name: string;
  age: string;
  gender: PatientRow['gender'];
  contact: string;
  dateOfBirth: string;
  sex: NonNullable<PatientRow['sex']> | '';
  identifiers: Identifier[];
  /** Chosen by administrators for a new patient; empty for the own one. */
  hospitalId: string;
}

export const EMPTY_PATIENT: PatientForm = {
  name: '',
  age: '',
  gender: 'unknown',
  contact: '',
  dateOfBirth: '',
  sex: '',
  identifiers: [],
  hospitalId: '',
};

export function toPatientForm(patient: PatientRow): PatientForm {
  const { name, age, gender, contact, dateOfBirth, sex, identifiers } = patient;
  return {
    name,
    age: String(age),
    gender,
    contact,
    dateOfBirth: dateOfBirth ?? '',
    sex: sex ?? '',
    identifiers,
    hospitalId: '',
  };
}

export function fromPatientForm(form: PatientForm): NewPatient {
  return {
    name: form.name,
    age: Number(form.age),
    gender: form.gender,
    contact: form.contact,
    dateOfBirth: form.dateOfBirth || null,
    sex: form.sex || null,
    identifiers: form.identifiers,
  };
}

/** Completed years between a day of birth (YYYY-MM-DD) and today; undefined unless that is an age. */
export function ageOn(dateOfBirth: string, today: Date): number | undefined {
  const [year, month, day] = dateOfBirth.split('-').map(Number);
  if (!year || !month || !day) return undefined;
  const hadBirthday =
    today.getMonth() + 1 > month || (today.getMonth() + 1 === month && today.getDate() >= day);
  const age = today.getFullYear() - year - (hadBirthday ? 0 : 1);
  return age >= 0 && age <= 130 ? age : undefined;
}
