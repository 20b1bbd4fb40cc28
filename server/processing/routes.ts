import type { processingRoutes } from '../../contract/processing.ts';
import { insertActivity } from '../activity/queries.ts';
import type { AppDependencies } from '../dependencies.ts';
import type { Handlers } from '../http/mount.ts';
import type { JobStats } from '../platform/jobs.ts';
import { shareAnswer } from '../platform/share-answer.ts';
import { listDeadLetters } from './dead-letters.ts';
import { processWaiting } from './process-waiting.ts';
import { ALIVE_WITHIN_S, patienceOf, readStatus } from './status.ts';
import { countOutcomes, listWorkers } from './status-queries.ts';
import { putBackLostSamples } from './sweep.ts';

type Dependencies = Pick<AppDependencies, 'config' | 'database' | 'jobs' | 'log'> & {
  queueStats: () => Promise<JobStats>;
};

/** However many pages are open, the database is asked once in this time. */
const STATUS_FRESH_MS = 1000;
/** In one request; each is a transaction of its own. */
const MOST_SETTLED = 1000;
/** As many as `max_messages` may say. */
const MOST_TAKEN = 1000;

export function processingHandlers(deps: Dependencies): Handlers<keyof typeof processingRoutes> {
  const { config, jobs } = deps;
  const { db } = deps.database;
  const status = shareAnswer(() => readStatus(deps), STATUS_FRESH_MS);
  return {
    backgroundProcesses: async () => {
      const [workers, queue, outcomes] = await Promise.all([
        listWorkers(db, ALIVE_WITHIN_S),
        jobs.stats(),
        countOutcomes(db, patienceOf(config)),
      ]);
      return {
        workers,
        jobsActive: queue.active,
        jobsWaiting: queue.waiting,
        oldestWaitingS: queue.oldestWaitingS,
        ...outcomes,
      };
    },

    processingStatus: status,

    processWaiting: ({ caller, body }) => processWaiting(deps, caller, body?.maxMessages ?? MOST_TAKEN),

    cleanupStuckSamples: async ({ caller, body }) => {
      const olderThanS = body?.olderThanS ?? config.worker.leaseS;
      const settled = await putBackLostSamples(deps, olderThanS, { by: caller, most: MOST_SETTLED });
      await insertActivity(db, caller, {
        activityType: 'processing.cleanup',
        description: 'Looked for stuck images and put them back',
        metadata: { olderThanS, putBack: settled.putBack.length, failed: settled.failed.length },
      });
      return { ...settled, more: settled.putBack.length + settled.failed.length >= MOST_SETTLED };
    },

    listDeadLetters: ({ query: { limit } }) => listDeadLetters(deps, limit),

    redriveDeadLetters: async ({ caller }) => {
      const deadLetters = await jobs.countDeadLetters();
      // Noted first: the queue's work is no part of our transaction, and no act may stay without its row.
      await insertActivity(db, caller, {
        activityType: 'processing.redrive',
        description: 'Handed jobs that were given up out once more',
        metadata: { deadLetters },
      });
      const redriven = await jobs.redriveDeadLetters();
      return { redriven };
    },
  };
}
