import { setTimeout as delay } from 'node:timers/promises';
import { connected } from './database-restarts.ts';
import type { Fault } from './fault.ts';
import { checkAlive, checkAnswers, settleAndCheck } from './invariants.ts';
import { startLoad } from './load.ts';
import { expectUnavailable, GONE_MS, LAST_ANSWERS_MS, startAtWork } from './outage.ts';

const RECONNECT_WITHIN_MS = 10_000;
/** A query under way when the line went dead notices after 20 s of silence. */
const ANSWERED_WITHIN_MS = 30_000;

export const databaseGone: Fault = {
  name: 'database-gone',
  row: 'database gone 60 s (TCP proxy that drops)',
  rounds: 5,
  run: async (trial) => {
    const { system, worker, ledger } = await startAtWork(trial);
    await trial.each(async () => {
      const load = startLoad(trial, system, ledger, { pauseMs: 200 });
      await delay(trial.random() * 1000);
      system.databaseProxy.behave('silent');
      const until = Date.now() + GONE_MS;
      await delay(LAST_ANSWERS_MS);
      const headers = { authorization: `Bearer ${system.users.annotator.token}` };
      const asked = await expectUnavailable(
        trial,
        { until, withinMs: ANSWERED_WITHIN_MS, without: 'a database' },
        () => fetch(`${system.origin}/api/v1/patients`, { headers }),
      );
      system.databaseProxy.behave('pass');
      const backAt = performance.now();
      await connected(system);
      const reconnectMs = Math.round(performance.now() - backAt);
      trial.expect(reconnectMs < RECONNECT_WITHIN_MS, `reconnected only after ${reconnectMs} ms`);
      await load.stop();
      checkAlive(trial, system.api, worker);
      checkAnswers(trial, load, [0, 503]);
      await settleAndCheck(trial, system, ledger);
      trial.note(`${asked} requests answered 503; back after ${reconnectMs} ms`);
    });
  },
};
