import { z } from 'zod';
import {
  Day,
  Done,
  Id,
  IdParams,
  listOf,
  listQuery,
  PatientIdParams,
  Text,
  Timestamp,
  Version,
} from './common.ts';
import { ALL_ROLES, defineRoutes, UPLOADERS } from './route.ts';

const Identifier = z.strictObject({ value: Text(64), type: Text(32), issuer: Text(120) });

export const PatientFields = {
  name: Text(160),
  age: z.number().int().min(0).max(130),
  gender: z.enum(['female', 'male', 'other', 'unknown']),
  contact: z.string().trim().max(200),
};

export const NewPatient = z.strictObject({
  ...PatientFields,
  contact: PatientFields.contact.default(''),
  date_of_birth: Day.optional(),
  sex: z.enum(['female', 'male', 'intersex', 'unknown']).optional(),
  identifiers: z.array(Identifier).max(20).optional(),
});

export const Patient = z.object({
  id: Id,
  ...PatientFields,
  date_of_birth: Day.nullable(),
  sex: z.enum(['female', 'male', 'intersex', 'unknown']).nullable(),
  identifiers: z.array(Identifier),
  hospital: z.object({ id: Id, name: z.string() }),
  version: Version,
  created_at: Timestamp,
});

export const PatientRow = Patient.extend({
  sample_count: z.number().int(),
  samples_by_status: z.object({
    pending: z.number().int(),
    processing: z.number().int(),
    completed: z.number().int(),
    failed: z.number().int(),
  }),
  last_sample_at: Timestamp.nullable(),
  /** What the pathologists have said of the patient's lavages so far. */
  diagnosis_status: z.enum(['none', 'reading', 'diagnosed']),
});

const SmokingStatus = z.enum(['never', 'former', 'current', 'unknown']);

const LavageMeasurements = {
  collected_at: Timestamp.nullish(),
  received_at: Timestamp.nullish(),
  site: z.string().trim().max(160).nullish(),
  instilled_ml: z.number().min(0).max(2000).nullish(),
  recovered_ml: z.number().min(0).max(2000).nullish(),
  cells_per_ml: z.number().min(0).max(1e9).nullish(),
  viability_percent: z.number().min(0).max(100).nullish(),
  cd4_cd8: z.number().min(0).max(100).nullish(),
  smoking_status: SmokingStatus.nullish(),
};

const Request = z.strictObject({
  accession_number: z.string().trim().max(64).nullish(),
  requester: z.string().trim().max(160).nullish(),
  question: z.string().trim().max(2000).nullish(),
});

export const Lavage = z.object({
  id: Id,
  patient_id: Id,
  collected_at: Timestamp.nullable(),
  received_at: Timestamp.nullable(),
  site: z.string().nullable(),
  instilled_ml: z.number().nullable(),
  recovered_ml: z.number().nullable(),
  cells_per_ml: z.number().nullable(),
  viability_percent: z.number().nullable(),
  cd4_cd8: z.number().nullable(),
  smoking_status: SmokingStatus.nullable(),
  request: z.object({
    accession_number: z.string().nullable(),
    requester: z.string().nullable(),
    question: z.string().nullable(),
  }),
  sample_count: z.number().int(),
  version: Version,
  created_at: Timestamp,
});

export const Slide = z.object({
  id: Id,
  lavage_id: Id,
  label: z.string(),
  stain: z.string(),
  preparation: z.string(),
  counts_in_differential: z.boolean(),
  version: Version,
});

const SlideFields = {
  label: Text(120),
  stain: z.string().trim().max(80).optional(),
  preparation: z.string().trim().max(80).optional(),
  counts_in_differential: z.boolean().optional(),
};

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
      sort: z.enum(['-created_at', 'created_at', 'name', '-name', '-last_sample_at']).default('-created_at'),
      diagnosis_status: z.enum(['none', 'reading', 'diagnosed']).optional(),
    }),
    response: listOf(PatientRow),
  },
  createPatient: {
    method: 'POST',
    path: '/patients',
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
    summary: 'Correct a patient',
    tag,
    access: UPLOADERS,
    params: PatientIdParams,
    body: NewPatient.partial(),
    response: Patient,
    versioned: true,
    errors: ['not_found', 'stale_version', 'conflict'],
  },
  deletePatient: {
    method: 'DELETE',
    path: '/patients/:patient_id',
    summary: 'Remove a patient from view; nothing is erased',
    tag,
    access: UPLOADERS,
    params: PatientIdParams,
    response: Done,
    errors: ['not_found'],
  },
  listLavages: {
    method: 'GET',
    path: '/patients/:patient_id/lavages',
    summary: "A patient's lavages",
    tag,
    access: ALL_ROLES,
    params: PatientIdParams,
    response: listOf(Lavage),
    errors: ['not_found'],
  },
  createLavage: {
    method: 'POST',
    path: '/patients/:patient_id/lavages',
    summary: 'Add a lavage',
    tag,
    access: UPLOADERS,
    params: PatientIdParams,
    body: z.strictObject({ ...LavageMeasurements, request: Request.optional() }),
    response: Lavage,
    status: 201,
    idempotent: true,
    errors: ['not_found'],
  },
  updateLavage: {
    method: 'PATCH',
    path: '/lavages/:id',
    summary: 'Correct a lavage',
    tag,
    access: UPLOADERS,
    params: IdParams,
    body: z.strictObject({ ...LavageMeasurements, request: Request.optional() }),
    response: Lavage,
    versioned: true,
    errors: ['not_found', 'stale_version'],
  },
  listSlides: {
    method: 'GET',
    path: '/lavages/:id/slides',
    summary: "A lavage's slides",
    tag,
    access: ALL_ROLES,
    params: IdParams,
    response: listOf(Slide),
    errors: ['not_found'],
  },
  createSlide: {
    method: 'POST',
    path: '/lavages/:id/slides',
    summary: 'Add a slide',
    tag,
    access: UPLOADERS,
    params: IdParams,
    body: z.strictObject(SlideFields),
    response: Slide,
    status: 201,
    idempotent: true,
    errors: ['not_found'],
  },
  updateSlide: {
    method: 'PATCH',
    path: '/slides/:id',
    summary: 'Correct a slide',
    tag,
    access: UPLOADERS,
    params: IdParams,
    body: z.strictObject(SlideFields).partial(),
    response: Slide,
    versioned: true,
    errors: ['not_found', 'stale_version'],
  },
});
