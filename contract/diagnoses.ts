import { z } from 'zod';
import {
  Done,
  DoneToMany,
  exportedListQuery,
  Id,
  IdParams,
  listOf,
  ManyIds,
  Named,
  PatientIdParams,
  Timestamp,
  Version,
} from './common.ts';
import { ADMINISTRATION, defineRoutes, READERS } from './route.ts';

const Comments = z.string().max(2000);
const Certainty = z.enum(['suggests', 'consistent_with', 'established']);

export const PatientAnnotation = z.object({
  id: Id,
  patient_id: Id,
  lavage_id: Id,
  reading_id: Id.nullable(),
  user: Named,
  adequacy: z.enum(['adequate', 'inadequate']),
  adequacy_reasons: z.string().nullable(),
  pattern: z.string().nullable(),
  diagnosis: z.array(
    z.object({ code: z.string(), name: z.string(), system: z.string(), certainty: Certainty }),
  ),
  comments: z.string().nullable(),
  version: Version,
  created_at: Timestamp,
  updated_at: Timestamp,
});

/** As administrators see it. */
export const AdministeredPatientAnnotation = PatientAnnotation.extend({
  patient: Named,
  hospital: Named,
});

const DiagnosisEntry = z.union([
  z.string().max(40),
  z.strictObject({ code: z.string().max(40), certainty: Certainty }),
]);

const PatientAnnotationFields = {
  adequacy: z.enum(['adequate', 'inadequate']),
  adequacy_reasons: Comments.nullish(),
  pattern: z.string().max(200).nullish(),
  diagnosis: z.array(DiagnosisEntry).max(20),
  comments: z.string().max(8000).nullish(),
};

export const diagnosisRoutes = defineRoutes({
  annotatePatient: {
    method: 'POST',
    path: '/annotate/patient',
    administeredAt: '/admin/patient-annotations',
    summary: "Record the adequacy and diagnosis of a patient's lavage",
    tag: 'Diagnosis',
    access: READERS,
    body: z.strictObject({ patient_id: Id, lavage_id: Id.optional(), ...PatientAnnotationFields }),
    response: PatientAnnotation,
    status: 201,
    idempotent: true,
    errors: ['not_found', 'ambiguous_lavage'],
  },
  listPatientAnnotations: {
    method: 'GET',
    path: '/patients/:patient_id/annotations',
    summary: "The diagnoses of a patient's lavages",
    tag: 'Diagnosis',
    access: READERS,
    params: PatientIdParams,
    response: listOf(PatientAnnotation),
    errors: ['not_found'],
  },
  updatePatientAnnotation: {
    method: 'PATCH',
    path: '/patient-annotations/:id',
    summary: 'Correct a diagnosis',
    tag: 'Diagnosis',
    access: READERS,
    params: IdParams,
    body: z.strictObject(PatientAnnotationFields).partial(),
    response: PatientAnnotation,
    versioned: true,
    errors: ['not_found', 'stale_version'],
  },
  listAllPatientAnnotations: {
    ...ADMINISTRATION,
    method: 'GET',
    path: '/admin/patient-annotations',
    summary: 'Diagnoses of all patients',
    csv: 'diagnosis',
    query: exportedListQuery({
      /** Of pattern and comments. */
      q: z.string().trim().max(160).optional(),
      adequacy: PatientAnnotation.shape.adequacy.optional(),
      /** Of the diagnosis. */
      code: z.string().max(40).optional(),
      hospital_id: Id.optional(),
      patient_id: Id.optional(),
      user_id: Id.optional(),
      from: Timestamp.optional(),
      to: Timestamp.optional(),
      sort: z.enum(['-created_at', 'created_at']).default('-created_at'),
    }),
    response: listOf(AdministeredPatientAnnotation),
  },
  updateAnyPatientAnnotation: {
    ...ADMINISTRATION,
    method: 'PATCH',
    path: '/admin/patient-annotations/:id',
    summary: "Correct anybody's diagnosis",
    params: IdParams,
    body: z.strictObject(PatientAnnotationFields).partial(),
    response: PatientAnnotation,
    versioned: true,
    errors: ['not_found', 'stale_version'],
  },
  deletePatientAnnotation: {
    ...ADMINISTRATION,
    method: 'DELETE',
    path: '/admin/patient-annotations/:id',
    summary: 'Remove a diagnosis from view; nothing is erased',
    params: IdParams,
    response: Done,
    versioned: true,
    errors: ['not_found', 'stale_version'],
  },
  deletePatientAnnotations: {
    ...ADMINISTRATION,
    method: 'POST',
    path: '/admin/patient-annotations/delete',
    summary: 'Remove diagnoses from view; nothing is erased',
    body: z.strictObject({ patient_annotation_ids: ManyIds }),
    response: DoneToMany,
  },
});
