import { z } from 'zod';
import { Timestamp } from './common.ts';
import { ALL_ROLES, defineRoutes } from './route.ts';

const UpOrDown = z.enum(['up', 'down']);

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
    // The answer says what is down, so it is no problem document.
    alsoAnswers: [503],
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
