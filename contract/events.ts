import { z } from 'zod';
import { Id } from './common.ts';
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
    /** Share that is done, while a large image is processed. */
    progress: z.number().min(0).max(1).optional(),
  }),
  z.object({ type: z.literal('annotation.saved'), job_id: Id, lavage_id: Id, by: Id }),
  z.object({ type: z.literal('queue.stats'), pending: z.number().int(), processing: z.number().int() }),
]);

export const eventRoutes = defineRoutes({
  events: {
    method: 'GET',
    path: '/events',
    summary: 'Server-sent events: what changes, as far as the caller may see it',
    tag: 'Live and health',
    access: ALL_ROLES,
    response: 'event-stream',
    errors: ['rate_limited'],
  },
});
