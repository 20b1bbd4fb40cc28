import { z } from 'zod';
import { Id, SamplesByStatus, Timestamp } from './common.ts';
import { ADMINISTRATION, ALL_ROLES, defineRoutes } from './route.ts';

const count = z.number().int();

const Worker = z.object({
  id: z.string(),
  started_at: Timestamp,
  last_seen_at: Timestamp,
  active_jobs: count,
  alive: z.boolean(),
});

const Ended = z.object({ completed: count, failed: count });

/** Where the users of the earlier system know them. */
const PAGE = '/admin/modelprocessing';

export const processingRoutes = defineRoutes({
  backgroundProcesses: {
    method: 'GET',
    path: '/health/background-processes',
    aliases: ['/health/background-processes'],
    summary: 'Workers and their queue',
    tag: 'Live and health',
    access: ALL_ROLES,
    response: z.object({
      workers: z.array(Worker),
      jobs_active: count,
      jobs_waiting: count,
      oldest_waiting_s: z.number().nullable(),
      stuck: count,
      failed_last_hour: count,
      completed_last_hour: count,
    }),
  },
  processingStatus: {
    ...ADMINISTRATION,
    method: 'GET',
    path: `${PAGE}/status-api`,
    aliases: [`${PAGE}/status-api`],
    summary: 'Queue, samples, throughput, workers and last errors; cheap enough for a poll every 5 s',
    response: z.object({
      queue: z.object({
        waiting: count,
        in_flight: count,
        /** Null while the queue does not answer. */
        dead_letters: count.nullable(),
        oldest_waiting_s: z.number().nullable(),
        /** From how many on uploads are refused. */
        most_waiting: count,
      }),
      /** Each counted up to `counted_up_to`; that number means "at least so many". */
      samples: SamplesByStatus,
      counted_up_to: count,
      /** In progress for longer than any job may take. */
      stuck: count,
      throughput: z.object({
        last_hour: Ended,
        last_24_hours: Ended,
        /** 24 hours of the clock, the present one last. */
        by_hour: z.array(Ended.extend({ from: Timestamp })),
      }),
      workers: z.array(Worker),
      /** Workers read every stored image again now and then and compare it with its hash. */
      objects: z.object({ last_verified_at: Timestamp.nullable(), damaged: count }),
      last_errors: z.array(
        z.object({ job_id: Id, original_filename: z.string(), error: z.string(), at: Timestamp }),
      ),
    }),
  },
  processWaiting: {
    ...ADMINISTRATION,
    method: 'POST',
    path: `${PAGE}/process-sqs`,
    aliases: [`${PAGE}/process-sqs`],
    summary:
      'Have what waits processed now, whatever queue is in use: samples that lost their job get a new one, then the ' +
      'answer waits up to 3 s for workers to take jobs (for at most max_messages of them) and says how many they took',
    body: z.strictObject({ max_messages: z.number().int().min(1).max(1000).optional() }).nullish(),
    response: z.object({
      /** Samples that had lost their job. */
      put_back: z.array(Id),
      /** Samples that workers have begun since the request. */
      taken: count,
      waiting: count,
      in_flight: count,
      workers_alive: count,
    }),
  },
  cleanupStuckSamples: {
    ...ADMINISTRATION,
    method: 'POST',
    path: '/admin/cleanup-stuck-samples',
    aliases: ['/admin/cleanup-stuck-samples'],
    summary:
      'Put samples back to pending that say they wait or are processed, but have neither a job nor a worker that ' +
      'holds its lease; those interrupted too often are set failed. Workers do the same by themselves every 30 s',
    body: z
      .strictObject({
        /** Since when nothing has happened to them; by default the lease of a job (JOB_LEASE_S). */
        older_than_s: z
          .number()
          .int()
          .min(0)
          .max(365 * 24 * 3600)
          .optional(),
      })
      .nullish(),
    response: z.object({
      put_back: z.array(Id),
      failed: z.array(Id),
      /** There may be more: call again. */
      more: z.boolean(),
    }),
  },
  listDeadLetters: {
    ...ADMINISTRATION,
    method: 'GET',
    path: `${PAGE}/dead-letters`,
    aliases: [`${PAGE}/dead-letters`],
    summary: 'Jobs that were given up, the newest first, with the sample as it is now',
    query: z.strictObject({ limit: z.coerce.number<number>().int().min(1).max(200).default(50) }),
    response: z.object({
      items: z.array(
        z.object({
          /** Null when the job named no sample that there is. */
          job_id: Id.nullable(),
          original_filename: z.string().nullable(),
          inference_status: z.enum(['pending', 'processing', 'completed', 'failed']).nullable(),
          reason: z.string().nullable(),
          at: Timestamp,
        }),
      ),
      total: count,
    }),
  },
  redriveDeadLetters: {
    ...ADMINISTRATION,
    method: 'POST',
    path: `${PAGE}/redrive-dead-letters`,
    aliases: [`${PAGE}/redrive-dead-letters`],
    summary:
      'Hand up to 10,000 jobs that were given up out once more: their samples are processed again, those that failed too',
    response: z.object({ redriven: count }),
  },
});
