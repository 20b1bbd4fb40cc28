import { z } from 'zod';
import { Id, Timestamp } from './common.ts';
import { ALL_ROLES, defineRoutes } from './route.ts';
import { InferenceStatus } from './samples.ts';

/** Events of `GET /events`. Wire names: the `type` is the SSE event name, the rest its JSON data. */
export const LiveEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('sample.status'),
    job_id: Id,
    patient_id: Id,
    lavage_id: Id,
    inference_status: InferenceStatus,
    error: z.string().nullable(),
    cell_count: z.number().int().nullable(),
  }),
  z.object({ type: z.literal('annotation.saved'), job_id: Id, lavage_id: Id, by: Id }),
  z.object({ type: z.literal('queue.stats'), pending: z.number().int(), processing: z.number().int() }),
]);

const UpOrDown = z.enum(['up', 'down']);

export const eventRoutes = defineRoutes({
  events: {
    method: 'GET',
    path: '/events',
    summary: 'Server-sent events: what changes, as far as the caller may see it',
    tag: 'Live and health',
    access: ALL_ROLES,
    response: 'event-stream',
  },
});

export const healthRoutes = defineRoutes({
  health: {
    method: 'GET',
    path: '/health',
    aliases: ['/health'],
    summary: 'Whether the API answers',
    tag: 'Live and health',
    access: 'public',
    response: z.object({ status: z.literal('ok') }),
    errors: ['unavailable'],
  },
  ready: {
    method: 'GET',
    path: '/health/ready',
    aliases: ['/health/ready'],
    summary: 'Database, objects and queue: up or down',
    tag: 'Live and health',
    access: 'public',
    response: z.object({
      status: z.enum(['ready', 'not_ready']),
      database: UpOrDown,
      objects: UpOrDown,
      queue: UpOrDown,
    }),
    errors: ['unavailable'],
  },
  backgroundProcesses: {
    method: 'GET',
    path: '/health/background-processes',
    aliases: ['/health/background-processes'],
    summary: 'Workers and their queue',
    tag: 'Live and health',
    access: ALL_ROLES,
    response: z.object({
      workers: z.array(
        z.object({
          id: z.string(),
          started_at: Timestamp,
          last_seen_at: Timestamp,
          active_jobs: z.number().int(),
          alive: z.boolean(),
        }),
      ),
      jobs_active: z.number().int(),
      jobs_waiting: z.number().int(),
      oldest_waiting_s: z.number().nullable(),
      stuck: z.number().int(),
      failed_last_hour: z.number().int(),
      completed_last_hour: z.number().int(),
    }),
  },
});

export const overviewRoutes = defineRoutes({
  overview: {
    method: 'GET',
    path: '/overview',
    summary: "The caller's first page: what is new, what is under way, what needs attention",
    tag: 'Live and health',
    access: ALL_ROLES,
    response: z.object({
      patients: z.number().int(),
      samples: z.object({
        pending: z.number().int(),
        processing: z.number().int(),
        completed: z.number().int(),
        failed: z.number().int(),
      }),
      /** Lavages with samples, newest first: the pathologist's worklist, the pulmonologist's results. */
      worklist: z.array(
        z.object({
          lavage_id: Id,
          patient: z.object({ id: Id, name: z.string() }),
          hospital: z.string(),
          accession_number: z.string().nullable(),
          collected_at: Timestamp.nullable(),
          last_sample_at: Timestamp,
          samples: z.object({
            pending: z.number().int(),
            processing: z.number().int(),
            completed: z.number().int(),
            failed: z.number().int(),
          }),
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
