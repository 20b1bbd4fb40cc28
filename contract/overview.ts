import { z } from 'zod';
import { Id, Named, SamplesByStatus, Timestamp } from './common.ts';
import { ALL_ROLES, defineRoutes } from './route.ts';

export const overviewRoutes = defineRoutes({
  overview: {
    method: 'GET',
    path: '/overview',
    summary: "The caller's first page: what is new, what is under way, what needs attention",
    tag: 'Live and health',
    access: ALL_ROLES,
    response: z.object({
      patients: z.number().int(),
      samples: SamplesByStatus,
      /** Lavages with samples, newest first: the pathologist's worklist, the pulmonologist's results. */
      worklist: z.array(
        z.object({
          lavage_id: Id,
          patient: Named,
          hospital: z.string(),
          accession_number: z.string().nullable(),
          collected_at: Timestamp.nullable(),
          last_sample_at: Timestamp,
          samples: SamplesByStatus,
          fields: z.object({
            complete: z.number().int(),
            partly: z.number().int(),
            excluded: z.number().int(),
            unread: z.number().int(),
          }),
          /** Of the caller's reading, or for uploaders of the primary one. */
          reading_status: z.enum(['new', 'half_read', 'read', 'diagnosed']),
          diagnoses: z.array(z.string()),
          first_unread_job_id: Id.nullable(),
        }),
      ),
      /** ADMIN only, else null. */
      system: z
        .object({
          hospitals: z.number().int(),
          users_active: z.number().int(),
          users_pending: z.number().int(),
          objects_bytes: z.number().int(),
          database_bytes: z.number().int(),
          recent_failures: z.array(
            z.object({ job_id: Id, original_filename: z.string(), error: z.string(), at: Timestamp }),
          ),
        })
        .nullable(),
    }),
  },
});
