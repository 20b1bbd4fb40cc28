import { z } from 'zod';
import {
  Day,
  Done,
  exportedListQuery,
  Id,
  listOf,
  listQuery,
  Named,
  PatientIdParams,
  SamplesByStatus,
  Text,
  Timestamp,
  Version,
} from './common.ts';
import { ADMINISTRATION, ALL_ROLES, defineRoutes, UPLOADERS } from './route.ts';

const Identifier = z.strictObject({ value: Text(64), type: Text(32), issuer: Text(120) });

export const PatientFields = {
  name: Text(160),
  age: z.number().int().min(0).max(130),
  gender: z.enum(['female', 'male', 'other', 'unknown']),
  contact: z.string().trim().max(200),
};

const Sex = z.enum(['female', 'male', 'intersex', 'unknown']);
const DiagnosisStatus = z.enum(['none', 'reading', 'diagnosed']);

const PatientDetails = {
  date_of_birth: Day.nullish(),
  sex: Sex.nullish(),
  identifiers: z.array(Identifier).max(20).optional(),
};

export const NewPatient = z.strictObject({
  ...PatientFields,
  contact: PatientFields.contact.default(''),
  ...PatientDetails,
});

/** Without the default of `contact`, which would empty it whenever something else is corrected. */
const PatientChanges = z.strictObject({ ...PatientFields, ...PatientDetails }).partial();

export const Patient = z.object({
  id: Id,
  ...PatientFields,
  date_of_birth: Day.nullable(),
  sex: Sex.nullable(),
  identifiers: z.array(Identifier),
  hospital: Named,
  version: Version,
  created_at: Timestamp,
});

export const PatientRow = Patient.extend({
  sample_count: z.number().int(),
  samples_by_status: SamplesByStatus,
  last_sample_at: Timestamp.nullable(),
  /** What the pathologists have said of the patient's lavages so far. */
  diagnosis_status: DiagnosisStatus,
  /** When the caller's emergency access to another hospital's patient ends; null for patients that are theirs to see. */
  emergency_until: Timestamp.nullable(),
});

const PatientSort = z.enum(['-created_at', 'created_at', 'name', '-name', '-last_sample_at']);

/** As administrators see it. */
export const AdministeredPatient = PatientRow.extend({ created_by: Named });

const tag = 'Patients and lavages';

export const patientRoutes = defineRoutes({
  listPatients: {
    method: 'GET',
    path: '/patients',
    summary: 'Patients the caller may see',
    tag,
    access: ALL_ROLES,
    query: listQuery({
      q: z.string().trim().max(160).optional(),
      sort: PatientSort.default('-created_at'),
      diagnosis_status: DiagnosisStatus.optional(),
    }),
    response: listOf(PatientRow),
  },
  createPatient: {
    method: 'POST',
    path: '/patients',
    administeredAt: '/admin/patients',
    summary: 'Create a patient',
    tag,
    access: UPLOADERS,
    body: NewPatient.extend({ hospital_id: Id.optional() }),
    response: Patient,
    status: 201,
    idempotent: true,
    errors: ['conflict'],
  },
  getPatient: {
    method: 'GET',
    path: '/patients/:patient_id',
    summary: 'One patient',
    tag,
    access: ALL_ROLES,
    params: PatientIdParams,
    response: PatientRow,
    errors: ['not_found'],
  },
  updatePatient: {
    method: 'PATCH',
    path: '/patients/:patient_id',
    administeredAt: '/admin/patients/:patient_id',
    summary: 'Correct a patient',
    tag,
    access: UPLOADERS,
    params: PatientIdParams,
    body: PatientChanges,
    response: Patient,
    versioned: true,
    errors: ['not_found', 'stale_version', 'conflict'],
  },
  deletePatient: {
    method: 'DELETE',
    path: '/patients/:patient_id',
    administeredAt: '/admin/patients/:patient_id',
    summary: 'Remove a patient from view; nothing is erased',
    tag,
    access: UPLOADERS,
    params: PatientIdParams,
    response: Done,
    errors: ['not_found'],
  },
  listAllPatients: {
    ...ADMINISTRATION,
    method: 'GET',
    path: '/admin/patients',
    summary: 'Patients of all hospitals',
    csv: 'patient',
    query: exportedListQuery({
      q: z.string().trim().max(160).optional(),
      hospital_id: Id.optional(),
      created_by: Id.optional(),
      diagnosis_status: DiagnosisStatus.optional(),
      from: Timestamp.optional(),
      to: Timestamp.optional(),
      sort: PatientSort.default('-created_at'),
    }),
    response: listOf(AdministeredPatient),
  },
});
