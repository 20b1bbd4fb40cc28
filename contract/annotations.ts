import { z } from 'zod';
import {
  Box,
  CellCounts,
  Day,
  Done,
  DoneToMany,
  exportedListQuery,
  Id,
  IdParams,
  JobIdParams,
  listOf,
  ManyIds,
  Named,
  Timestamp,
  Version,
} from './common.ts';
import { Differential } from './differential.ts';
import { ADMINISTRATION, ALL_ROLES, defineRoutes, READERS } from './route.ts';

const CellTypeCode = z.string().trim().min(1).max(64);
const Comments = z.string().max(2000);

/**
 * Where a cell came from: drawn by the reader, a machine's cell that the reader looked at (accepted or changed),
 * or a machine's cell that the reader took away, which counts nowhere.
 */
export const AnnotationSource = z.enum(['manual', 'detection', 'rejection']);

export const Annotation = z.object({
  id: Id,
  sample_id: Id,
  reading_id: Id,
  run_id: Id.nullable(),
  cell_coordinates: Box,
  /** Outline that the reader drew. */
  geometry: z.array(z.number()).nullable(),
  cell_type: CellTypeCode,
  comments: z.string().nullable(),
  source: AnnotationSource,
  detection_index: z.number().int().nullable(),
  confidence: z.number().nullable(),
  version: Version,
  updated_at: Timestamp,
});

/** As administrators see it. */
export const AdministeredAnnotation = Annotation.omit({ geometry: true }).extend({
  reader: Named,
  reading_status: z.enum(['open', 'closed']),
  patient: Named,
  hospital: Named,
  original_filename: z.string(),
  created_at: Timestamp,
});

const AnnotationChange = z.strictObject({
  cell_coordinates: Box.optional(),
  cell_type: CellTypeCode.optional(),
  comments: Comments.nullish(),
});

/** Outline points x, y, …, px. */
const Geometry = z.array(z.number().min(-1e6).max(1e6)).min(6).max(4000);

/** A cell to save: with `id` and `version` it changes that annotation, else it makes a new one. */
const AnnotationToSave = z
  .strictObject({
    id: Id.optional(),
    version: Version.optional(),
    cell_coordinates: Box,
    geometry: Geometry.nullish(),
    cell_type: CellTypeCode,
    comments: Comments.nullish(),
    source: AnnotationSource.default('manual'),
    detection_index: z.number().int().min(0).nullish(),
  })
  .refine(({ id, version }) => (id === undefined) === (version === undefined), {
    message: 'give id and version together: the annotation you are changing, as you know it',
    path: ['version'],
  })
  .refine(
    ({ id, source, detection_index }) =>
      id !== undefined || (source === 'manual') === (typeof detection_index !== 'number'),
    {
      message: 'source detection or rejection says which detection: give its index; manual has none',
      path: ['detection_index'],
    },
  );

export const FieldState = z.enum(['unread', 'complete', 'excluded']);

export const Reading = z.object({
  id: Id,
  lavage_id: Id,
  reader: Named,
  purpose: z.enum(['primary', 'second', 'adjudication']),
  blinded: z.boolean(),
  status: z.enum(['open', 'closed']),
  fields: z.array(z.object({ sample_id: Id, state: FieldState, excluded_because: z.string().nullable() })),
  version: Version,
  created_at: Timestamp,
});

const tag = 'Readings';

export const annotationRoutes = defineRoutes({
  annotate: {
    method: 'POST',
    path: '/annotate',
    administeredAt: '/admin/sample-annotations',
    summary: "Save cells into the caller's reading, all or none",
    tag,
    access: READERS,
    body: z
      .strictObject({
        sample_id: Id,
        run_id: Id.optional(),
        annotations: z.array(AnnotationToSave).max(5000),
        removed: z.array(Id).max(5000).optional(),
      })
      .refine(
        (body) => body.annotations.length + (body.removed?.length ?? 0) > 0,
        'nothing to save: give annotations or removed',
      ),
    response: z.object({
      /** In the order of the request. */
      annotations: z.array(Annotation),
      /** The reader's counts in this sample. */
      counts: CellCounts,
      differential: Differential,
    }),
    idempotent: true,
    errors: ['not_found', 'stale_version', 'conflict'],
  },
  listAnnotations: {
    method: 'GET',
    path: '/samples/:job_id/annotations',
    summary: "The caller's annotations of a sample",
    tag,
    access: READERS,
    params: JobIdParams,
    query: z.strictObject({ reading_id: Id.optional() }),
    response: z.object({ reading_id: Id.nullable(), field_state: FieldState, items: z.array(Annotation) }),
    errors: ['not_found'],
  },
  updateAnnotation: {
    method: 'PATCH',
    path: '/annotations/:id',
    summary: 'Change one annotation',
    tag,
    access: READERS,
    params: IdParams,
    body: AnnotationChange,
    response: Annotation,
    versioned: true,
    errors: ['not_found', 'stale_version', 'conflict'],
  },
  deleteAnnotation: {
    method: 'DELETE',
    path: '/annotations/:id',
    summary: 'Remove one annotation',
    tag,
    access: READERS,
    params: IdParams,
    response: Done,
    errors: ['not_found', 'conflict'],
  },
  listAllAnnotations: {
    ...ADMINISTRATION,
    method: 'GET',
    path: '/admin/sample-annotations',
    summary: 'Annotated cells of all readers',
    csv: 'annotation',
    query: exportedListQuery({
      /** Of the comments. */
      q: z.string().trim().max(160).optional(),
      cell_type: CellTypeCode.optional(),
      source: AnnotationSource.optional(),
      hospital_id: Id.optional(),
      patient_id: Id.optional(),
      sample_id: Id.optional(),
      user_id: Id.optional(),
      from: Timestamp.optional(),
      to: Timestamp.optional(),
      sort: z.enum(['-created_at', 'created_at']).default('-created_at'),
    }),
    response: listOf(AdministeredAnnotation),
  },
  updateAnyAnnotation: {
    ...ADMINISTRATION,
    method: 'PATCH',
    path: '/admin/sample-annotations/:id',
    summary: "Change one annotation in anybody's open reading",
    params: IdParams,
    body: AnnotationChange,
    response: Annotation,
    versioned: true,
    errors: ['not_found', 'stale_version', 'conflict'],
  },
  deleteAnyAnnotation: {
    ...ADMINISTRATION,
    method: 'DELETE',
    path: '/admin/sample-annotations/:id',
    summary: "Remove one annotation from anybody's open reading",
    params: IdParams,
    response: Done,
    versioned: true,
    errors: ['not_found', 'stale_version', 'conflict'],
  },
  deleteAnnotations: {
    ...ADMINISTRATION,
    method: 'POST',
    path: '/admin/sample-annotations/delete',
    summary: "Remove annotations from anybody's open readings",
    body: z.strictObject({ annotation_ids: ManyIds }),
    response: DoneToMany,
  },
  relabelAnnotations: {
    ...ADMINISTRATION,
    method: 'POST',
    path: '/admin/sample-annotations/relabel',
    summary: "Give annotations in anybody's open readings another cell type",
    body: z.strictObject({ annotation_ids: ManyIds, cell_type: CellTypeCode }),
    response: DoneToMany,
  },
  listReadings: {
    method: 'GET',
    path: '/lavages/:id/readings',
    summary: 'The readings of a lavage that the caller may see',
    tag,
    access: READERS,
    params: IdParams,
    response: listOf(Reading),
    errors: ['not_found'],
  },
  createReading: {
    method: 'POST',
    path: '/lavages/:id/readings',
    summary: "Open the caller's reading of a lavage",
    tag,
    access: READERS,
    params: IdParams,
    body: z.strictObject({
      purpose: z.enum(['primary', 'second', 'adjudication']).optional(),
      blinded: z.boolean().optional(),
    }),
    response: Reading,
    status: 201,
    idempotent: true,
    errors: ['not_found', 'conflict'],
  },
  updateReading: {
    method: 'PATCH',
    path: '/readings/:id',
    summary: 'Mark fields unread, complete or excluded; close or reopen the reading',
    tag,
    access: READERS,
    params: IdParams,
    body: z.strictObject({
      status: z.enum(['open', 'closed']).optional(),
      fields: z
        .array(
          z
            .strictObject({
              sample_id: Id,
              state: FieldState,
              excluded_because: z.string().trim().min(1).max(2000).nullish(),
              /** The run that the reader looked at, whose unmarked cells count once complete; default: the latest. */
              run_id: Id.optional(),
            })
            .refine(({ state, excluded_because }) => state !== 'excluded' || excluded_because, {
              message: 'say why the field is excluded',
              path: ['excluded_because'],
            }),
        )
        .max(1000)
        .optional(),
    }),
    response: z.object({ reading: Reading, differential: Differential }),
    versioned: true,
    errors: ['not_found', 'conflict', 'stale_version'],
  },
  laboratorySettings: {
    method: 'GET',
    path: '/laboratory-settings',
    summary: 'Cell types, diagnosis catalogue and limits of a laboratory, as readings use them',
    tag,
    access: ALL_ROLES,
    query: z.strictObject({ lavage_id: Id.optional() }),
    response: z.object({
      version: z.number().int(),
      laboratory: z.string(),
      locale: z.string(),
      count_target: z.number().int(),
      /** Cells that touch the right or bottom edge of an image are left out of the count. */
      two_edge_rule: z.boolean(),
      cell_types: z.array(
        z.object({
          code: z.string(),
          name: z.string(),
          color: z.string(),
          key: z.string(),
          immune: z.boolean(),
          nucleated: z.boolean(),
        }),
      ),
      diagnoses: z.array(
        z.object({ code: z.string(), name: z.string(), system: z.string(), version: z.string() }),
      ),
      effective_from: Day,
    }),
    errors: ['not_found'],
  },
});
