import { z } from 'zod';
import { Id, IdParams, listOf, PatientIdParams, Text, Timestamp, Version } from './common.ts';
import { ALL_ROLES, defineRoutes, UPLOADERS } from './route.ts';

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

export const lavageRoutes = defineRoutes({
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
