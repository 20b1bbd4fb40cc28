import { z } from 'zod';
import { DetectionEngine, Parameters, ScaleSource } from './cells.ts';
import {
  Done,
  DoneToMany,
  exportedListQuery,
  Id,
  IdParams,
  JobIdParams,
  listOf,
  listQuery,
  ManyIds,
  Named,
  PatientIdParams,
  Timestamp,
} from './common.ts';
import { ERROR_CODES } from './errors.ts';
import { PatientFields } from './patients.ts';
import { ADMINISTRATION, ALL_ROLES, defineRoutes, READERS, UPLOADERS } from './route.ts';

export const InferenceStatus = z.enum(['pending', 'processing', 'completed', 'failed']);
/** `file_name`: lavage by lavage, as people order names, so field_2 before field_10. */
const SampleSort = z.enum(['-created_at', 'created_at', 'file_name']);
/** What a reading says of this field: the caller's own; without one, for all but annotators, the primary one. */
export const ReviewStatus = z.enum(['unread', 'partly', 'complete', 'excluded']);

export const SampleRow = z.object({
  job_id: Id,
  patient: Named,
  lavage_id: Id,
  slide_id: Id,
  uploader: Named,
  original_filename: z.string(),
  width: z.number().int(),
  height: z.number().int(),
  format: z.string(),
  size_bytes: z.number().int(),
  inference_status: InferenceStatus,
  /** Why it failed, in a sentence. */
  error: z.string().nullable(),
  attempts: z.number().int(),
  cell_count: z.number().int().nullable(),
  review_status: ReviewStatus,
  /** Signed, for at most five minutes; null until the image was processed. */
  thumbnail_url: z.string().nullable(),
  created_at: Timestamp,
  completed_at: Timestamp.nullable(),
});

export const DetectionRun = z.object({
  run_id: Id,
  engine: z.string(),
  version: z.string(),
  /** Why `tree` found the cells although `model` should have; null otherwise. */
  fallback_reason: z.string().nullable(),
  parameters: z.record(z.string(), z.union([z.string(), z.number()])),
  decoder: z.string(),
  /** Image pixels per working pixel, and where that came from; null for runs of a remote model, and from before it was stored. */
  downscale: z.number().nullable(),
  scale_source: ScaleSource.nullable(),
  cell_count: z.number().int(),
  duration_ms: z.number().int(),
  created_at: Timestamp,
});

export const Sample = SampleRow.extend({
  s3_key: z.string(),
  sha256: z.string(),
  objective: z.string().nullable(),
  microns_per_pixel: z.number().nullable(),
  /** The original as uploaded; signed, for at most five minutes. */
  original_url: z.string(),
  /** What the viewer shows: an upright sRGB copy without metadata, of the original's size unless that is very large. */
  image_url: z.string().nullable(),
  /** Of an image too large to be shown at once, for viewers that speak Deep Zoom; null for all others. */
  tiles: z
    .object({
      /** Followed by /{level}/{column}/{row}; level 0 is the smallest, each next one twice as large. */
      url: z.string(),
      levels: z.number().int(),
      /** Without the border that a tile shares with its neighbours. */
      tile_px: z.number().int(),
      border_px: z.number().int(),
    })
    .nullable(),
  latest_run: DetectionRun.nullable(),
  history: z.array(
    z.object({ at: Timestamp, event: z.string(), by: z.string().nullable(), detail: z.string().nullable() }),
  ),
  /** Neighbours in the same lavage, by file name. */
  previous_job_id: Id.nullable(),
  next_job_id: Id.nullable(),
});

/** As administrators see it. */
export const AdministeredSample = SampleRow.extend({
  hospital: Named,
  objective: z.string().nullable(),
  microns_per_pixel: z.number().nullable(),
});

const tag = 'Samples';

export const UploadResult = z.object({
  samples: z.array(
    z.object({
      job_id: Id,
      original_filename: z.string(),
      s3_key: z.string(),
      sha256: z.string(),
      width: z.number().int(),
      height: z.number().int(),
      inference_status: InferenceStatus,
      /** The same bytes were uploaded for this patient before: this is the sample that exists. */
      duplicate: z.boolean(),
    }),
  ),
  rejected: z.array(
    z.object({ original_filename: z.string(), code: z.enum(ERROR_CODES), detail: z.string() }),
  ),
});

/** The text parts of an upload, beside its `file` parts. Numbers arrive as text. */
export const UploadFields = z.strictObject({
  patient_id: Id.optional(),
  name: PatientFields.name.optional(),
  age: z.coerce.number<string>().int().min(0).max(130).optional(),
  gender: PatientFields.gender.optional(),
  contact: PatientFields.contact.optional(),
  lavage_id: Id.optional(),
  slide_id: Id.optional(),
  objective: z.string().trim().max(40).optional(),
  microns_per_pixel: z.coerce.number<string>().positive().max(100).optional(),
});

const Reprocessing = z.strictObject({
  /** Those that differ from the laboratory's defaults; stored with the run. For annotators and administrators. */
  parameters: Parameters.optional(),
  /** The laboratory's when absent. For annotators and administrators. */
  engine: DetectionEngine.optional(),
});

export const sampleRoutes = defineRoutes({
  uploadImages: {
    method: 'POST',
    path: '/upload_img',
    administeredAt: '/admin/samples',
    summary: 'Upload one or many images of a patient',
    tag,
    access: UPLOADERS,
    consumes: 'multipart',
    response: UploadResult,
    status: 201,
    idempotent: true,
    errors: [
      'no_readable_file',
      'not_found',
      'ambiguous_lavage',
      'payload_too_large',
      'storage_full',
      'unavailable',
      'unsupported_media_type',
    ],
  },
  listSamples: {
    method: 'GET',
    path: '/samples',
    summary: 'Samples the caller may see',
    tag,
    access: ALL_ROLES,
    query: listQuery({
      inference_status: InferenceStatus.optional(),
      patient_id: Id.optional(),
      lavage_id: Id.optional(),
      review_status: ReviewStatus.optional(),
      from: Timestamp.optional(),
      to: Timestamp.optional(),
      sort: SampleSort.default('-created_at'),
    }),
    response: listOf(SampleRow),
  },
  listPatientSamples: {
    method: 'GET',
    path: '/patients/:patient_id/samples',
    aliases: ['/api/v1/patient/:patient_id/samples'],
    summary: "A patient's samples",
    tag,
    access: ALL_ROLES,
    params: PatientIdParams,
    query: listQuery({
      inference_status: InferenceStatus.optional(),
      sort: SampleSort.default('file_name'),
    }),
    response: listOf(SampleRow),
    errors: ['not_found'],
  },
  getSample: {
    method: 'GET',
    path: '/samples/:job_id',
    summary: 'Everything of one sample',
    tag,
    access: ALL_ROLES,
    params: JobIdParams,
    response: Sample,
    errors: ['not_found'],
  },
  deleteSample: {
    method: 'DELETE',
    path: '/samples/:job_id',
    administeredAt: '/admin/samples/:job_id',
    summary: 'Remove a sample from view; nothing is erased',
    tag,
    access: UPLOADERS,
    params: JobIdParams,
    response: Done,
    errors: ['not_found'],
  },
  reprocessSample: {
    method: 'POST',
    path: '/samples/:job_id/reprocess',
    summary: "Process a sample again, with the laboratory's detection parameters or others",
    tag,
    access: ALL_ROLES,
    params: JobIdParams,
    body: Reprocessing.nullish(),
    response: SampleRow,
    errors: ['not_found', 'conflict'],
  },
  reprocessLavage: {
    method: 'POST',
    path: '/lavages/:id/reprocess',
    summary:
      'Process all fields of a lavage again; those that wait or are being processed are left as they are',
    tag,
    access: READERS,
    params: IdParams,
    body: Reprocessing.nullish(),
    response: z.object({ queued: z.array(Id), busy: z.array(Id) }),
    errors: ['not_found'],
  },
  reprocessSamples: {
    ...ADMINISTRATION,
    method: 'POST',
    path: '/admin/samples/reprocess',
    summary:
      'Process up to 1,000 samples again, by id or by filter; events tell how far they are. With a filter, `next` is ' +
      'to be sent as `after` while it is not null',
    body: Reprocessing.extend({
      job_ids: z.array(Id).min(1).max(1000).optional(),
      filter: z
        .strictObject({
          inference_status: z.enum(['completed', 'failed']),
          patient_id: Id,
          lavage_id: Id,
          from: Timestamp,
          to: Timestamp,
        })
        .partial()
        .refine(
          (filter) => Object.values(filter).some((value) => value !== undefined),
          'name at least one condition',
        )
        .optional(),
      after: Id.optional(),
    })
      .refine(
        ({ job_ids: ids, filter }) => (ids === undefined) !== (filter === undefined),
        'give either job_ids or filter',
      )
      .meta({ examples: [{ filter: { inference_status: 'failed' }, engine: 'tree' }] }),
    response: z.object({
      queued: z.number().int(),
      /** Left as they are, with the reason. */
      refused: z.array(z.object({ job_id: Id, code: z.enum(ERROR_CODES), detail: z.string() })),
      next: Id.nullable(),
    }),
  },
  listAllSamples: {
    ...ADMINISTRATION,
    method: 'GET',
    path: '/admin/samples',
    summary: 'Samples of all hospitals',
    csv: 'sample',
    query: exportedListQuery({
      /** Of the file name. */
      q: z.string().trim().max(160).optional(),
      inference_status: InferenceStatus.optional(),
      review_status: ReviewStatus.optional(),
      hospital_id: Id.optional(),
      patient_id: Id.optional(),
      lavage_id: Id.optional(),
      uploader_id: Id.optional(),
      from: Timestamp.optional(),
      to: Timestamp.optional(),
      sort: SampleSort.default('-created_at'),
    }),
    response: listOf(AdministeredSample),
  },
  updateSample: {
    ...ADMINISTRATION,
    method: 'PATCH',
    path: '/admin/samples/:job_id',
    summary: 'Correct what was said of an image when it was uploaded',
    params: JobIdParams,
    body: z
      .strictObject({
        /** Another slide of the same lavage. */
        slide_id: Id,
        objective: z.string().trim().max(40).nullable(),
        microns_per_pixel: z.number().positive().max(100).nullable(),
      })
      .partial(),
    response: AdministeredSample,
    errors: ['not_found'],
  },
  deleteSamples: {
    ...ADMINISTRATION,
    method: 'POST',
    path: '/admin/samples/delete',
    summary: 'Remove samples from view; nothing is erased',
    body: z.strictObject({ job_ids: ManyIds }),
    response: DoneToMany,
  },
  getTile: {
    method: 'GET',
    path: '/samples/:job_id/tiles/:level/:column/:row',
    summary: 'A tile of a large image, as JPEG',
    tag,
    access: ALL_ROLES,
    params: JobIdParams.extend({
      level: z.coerce.number<string>().int().min(0).max(30),
      column: z.coerce.number<string>().int().min(0).max(1_000_000),
      row: z.coerce.number<string>().int().min(0).max(1_000_000),
    }),
    response: 'binary',
    errors: ['not_found', 'unavailable'],
  },
  /** What signed image URLs point at. */
  getObject: {
    method: 'GET',
    path: '/objects/:token',
    summary: 'The bytes of one stored image, by signed token',
    tag,
    access: 'public',
    params: z.object({ token: z.string().max(1000) }),
    response: 'binary',
    alsoAnswers: [206, 302],
    errors: ['not_found', 'unavailable'],
  },
});
