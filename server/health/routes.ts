import { setTimeout as delay } from 'node:timers/promises';
import type { healthRoutes } from '../../contract/health.ts';
import type { AppDependencies } from '../dependencies.ts';
import { AppError } from '../errors.ts';
import type { Handlers } from '../http/mount.ts';
import { countOutcomes, listWorkers, ping } from './queries.ts';

type Dependencies = Pick<AppDependencies, 'config' | 'database' | 'objects' | 'jobs'>;

const PATIENCE_MS = 2000;
/** Three heartbeats of a worker. */
const ALIVE_WITHIN_S = 15;
const STUCK_MARGIN_S = 60;

export function healthHandlers({
  config,
  database,
  objects,
  jobs,
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
        answers(() => jobs.stats()),
      ]);
      const ready = [databaseState, objectsState, queue].every((state) => state === 'up');
      if (!ready) reply.code(503);
      return { status: ready ? 'ready' : 'not_ready', database: databaseState, objects: objectsState, queue };
    },
    backgroundProcesses: async () => {
      const { jobTimeoutS, leaseS } = config.worker;
      const [workers, queue, outcomes] = await Promise.all([
        listWorkers(db, ALIVE_WITHIN_S),
        jobs.stats(),
        countOutcomes(db, jobTimeoutS + leaseS + STUCK_MARGIN_S, config.limits.decodedPixels),
      ]);
      return {
        workers,
        jobsActive: queue.active,
        jobsWaiting: queue.waiting,
        oldestWaitingS: queue.oldestWaitingS,
        ...outcomes,
      };
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
