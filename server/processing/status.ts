import type { AppDependencies } from '../dependencies.ts';
import { COUNT_LIMIT } from '../http/list.ts';
import type { JobStats } from '../platform/jobs.ts';
import {
  countByStatus,
  countEndedByHour,
  countEndedLastHour,
  countStuck,
  listLastErrors,
  listWorkers,
  type Patience,
  readVerification,
} from './status-queries.ts';

type Dependencies = Pick<AppDependencies, 'config' | 'database' | 'jobs'> & {
  queueStats: () => Promise<JobStats>;
};

/** Three heartbeats of a worker. */
export const ALIVE_WITHIN_S = 15;
const STUCK_MARGIN_S = 60;
const LAST_ERRORS = 10;
const HOUR_MS = 3600_000;
const HOURS_SHOWN = 24;

/** A sample longer in progress has certainly lost its worker. */
export function patienceOf({ worker, limits }: Dependencies['config']): Patience {
  return {
    seconds: worker.wholeImageS + worker.leaseS + STUCK_MARGIN_S,
    decodedPixels: limits.decodedPixels,
  };
}

/** Everything an administrator's page shows of processing, none of it dearer with a larger table. */
export async function readStatus({ config, database: { db }, jobs, queueStats }: Dependencies) {
  const [queue, deadLetters, samples, stuck, lastHour, hours, workers, lastErrors, objects] =
    await Promise.all([
      queueStats(),
      // The rest is worth knowing also while the queue is away.
      jobs.countDeadLetters().catch(() => null),
      countByStatus(db, COUNT_LIMIT),
      countStuck(db, patienceOf(config)),
      countEndedLastHour(db),
      countEndedByHour(db),
      listWorkers(db, ALIVE_WITHIN_S),
      listLastErrors(db, LAST_ERRORS),
      readVerification(db),
    ]);
  return {
    queue: {
      waiting: queue.waiting,
      inFlight: queue.active,
      deadLetters,
      oldestWaitingS: queue.oldestWaitingS,
      mostWaiting: config.limits.waitingJobs,
    },
    samples,
    countedUpTo: COUNT_LIMIT,
    stuck,
    throughput: { lastHour, ...inEveryHour(hours, Date.now()) },
    workers,
    lastErrors,
    objects,
  };
}

type Hours = Awaited<ReturnType<typeof countEndedByHour>>;

/** 24 hours, the present one last, with their sum. */
export function inEveryHour(hours: Hours, now: number) {
  const present = Math.floor(now / HOUR_MS) * HOUR_MS;
  const known = new Map(hours.map((hour) => [hour.from, hour]));
  const byHour = Array.from({ length: HOURS_SHOWN }, (_, at) => {
    const from = new Date(present - (HOURS_SHOWN - 1 - at) * HOUR_MS).toISOString();
    return known.get(from) ?? { from, completed: 0, failed: 0 };
  });
  const sum = (of: 'completed' | 'failed') => byHour.reduce((total, hour) => total + hour[of], 0);
  return { byHour, last24Hours: { completed: sum('completed'), failed: sum('failed') } };
}
