import { setTimeout as delay } from 'node:timers/promises';
import type { healthRoutes } from '../../contract/health.ts';
import type { AppDependencies } from '../dependencies.ts';
import { AppError } from '../errors.ts';
import type { Handlers } from '../http/mount.ts';
import { mayReadMetrics } from '../platform/metrics-access.ts';
import { ping } from './queries.ts';

type Dependencies = Pick<AppDependencies, 'config' | 'database' | 'objects' | 'jobs' | 'metrics'>;

const PATIENCE_MS = 2000;

export function healthHandlers({
  config,
  database,
  objects,
  jobs,
  metrics,
}: Dependencies): Handlers<keyof typeof healthRoutes> {
  const { db } = database;
  return {
    health: async () => {
      if ((await answers(() => ping(db))) === 'up') return { status: 'ok' };
      throw new AppError('unavailable', 'The database does not answer.', { retryAfterS: 5 });
    },
    ready: async ({ reply }) => {
      const [databaseState, objectsState, queue] = await Promise.all([
        answers(() => ping(db)),
        answers(() => objects.check()),
        answers(() => jobs.check()),
      ]);
      const ready = [databaseState, objectsState, queue].every((state) => state === 'up');
      if (!ready) reply.code(503);
      return { status: ready ? 'ready' : 'not_ready', database: databaseState, objects: objectsState, queue };
    },
    metrics: async ({ request, reply }) => {
      const { ip: address, headers } = request;
      if (!mayReadMetrics({ address, headers }, config.metrics.token)) {
        throw new AppError('unauthenticated', 'Send the token METRICS_TOKEN as bearer token.');
      }
      await reply.type(metrics.contentType).send(await metrics.text());
      return undefined;
    },
  };
}

async function answers(ask: () => Promise<unknown>): Promise<'up' | 'down'> {
  const tooLate = new AbortController();
  const state = await Promise.race([
    ask().then(
      () => 'up' as const,
      () => 'down' as const,
    ),
    delay(PATIENCE_MS, 'down' as const, { signal: tooLate.signal }).catch(() => 'down' as const),
  ]);
  tooLate.abort();
  return state;
}
