import { setTimeout as delay } from 'node:timers/promises';
import { insertActivity } from '../activity/queries.ts';
import type { Caller } from '../auth/caller.ts';
import type { AppDependencies } from '../dependencies.ts';
import { ALIVE_WITHIN_S } from './status.ts';
import { countBegunSince, listWorkers, readNow } from './status-queries.ts';
import { putBackLostSamples } from './sweep.ts';

type Dependencies = Pick<AppDependencies, 'config' | 'database' | 'jobs' | 'log'>;

/** More than the time in which every worker looks at its queue. */
const WAIT_MS = 3000;
const LOOK_EVERY_MS = 100;
const MOST_PUT_BACK = 1000;

/**
 * Gives lost samples a job again, then sees how far the workers come with what waits. They need no call: a job wakes
 * them by itself.
 */
export async function processWaiting(deps: Dependencies, caller: Caller, mostTaken: number) {
  const { config, jobs } = deps;
  const { db } = deps.database;
  const since = await readNow(db);
  const { putBack } = await putBackLostSamples(deps, config.worker.leaseS, {
    by: caller,
    most: MOST_PUT_BACK,
  });
  await insertActivity(db, caller, {
    activityType: 'processing.process_waiting',
    description: 'Had what waits processed',
    metadata: { putBack: putBack.length },
  });
  const workersAlive = (await listWorkers(db, ALIVE_WITHIN_S)).filter(({ alive }) => alive).length;
  const expected = Math.min(mostTaken, Math.max((await jobs.stats()).waiting, putBack.length));
  const giveUpAt = performance.now() + (workersAlive > 0 ? WAIT_MS : 0);
  for (;;) {
    const [{ waiting, active }, taken] = await Promise.all([jobs.stats(), countBegunSince(db, since)]);
    const isIdle = waiting === 0 && active === 0;
    if (taken >= expected || isIdle || performance.now() >= giveUpAt) {
      return { putBack, taken, waiting, inFlight: active, workersAlive };
    }
    await delay(LOOK_EVERY_MS);
  }
}
