import { z } from 'zod';
import { defineRoutes } from './route.ts';

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
  metrics: {
    method: 'GET',
    path: '/metrics',
    aliases: ['/metrics'],
    summary:
      'Metrics in Prometheus text: with the bearer token METRICS_TOKEN, or without one from this machine only',
    tag: 'Live and health',
    access: 'public',
    response: 'text',
    errors: ['unauthenticated'],
  },
});
