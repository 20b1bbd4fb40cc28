import { setTimeout as delay } from 'node:timers/promises';
import { connected } from './database-restarts.ts';
import type { Fault } from './fault.ts';
import { checkAlive, checkAnswers, settleAndCheck } from './invariants.ts';
import { openLedger, uploadOnce } from './ledger.ts';
import { startLoad } from './load.ts';

const GONE_MS = 60_000;
const RECONNECT_WITHIN_MS = 10_000;
/** A query under way when the line went dead notices after 20 s of silence. */
const ANSWERED_WITHIN_MS = 30_000;

export const databaseGone: Fault = {
  name: 'database-gone',
  row: 'database gone 60 s (TCP proxy that drops)',
  rounds: 5,
  run: async (trial) => {
    const system = await trial.start({ JOB_LEASE_S: '10' });
    const worker = system.startWorker();
    await system.workerReady(worker);
    const ledger = openLedger();
    await uploadOnce(system, ledger);
    await trial.each(async () => {
      const load = startLoad(trial, system, ledger, { pauseMs: 200 });
      await delay(trial.random() * 1000);
      system.databaseProxy.behave('silent');
      const until = Date.now() + GONE_MS;
      let asked = 0;
      // Requests that were answered just before may still be on their way.
      await delay(1000);
      while (Date.now() < until) {
        const startedAt = performance.now();
        const response = await fetch(`${system.origin}/api/v1/patients`, {
          headers: { authorization: `Bearer ${system.users.annotator.token}` },
        });
        await response.body?.cancel();
        const tookMs = performance.now() - startedAt;
        asked++;
        trial.expect(response.status === 503, `answered ${response.status} without a database`);
        trial.expect(response.headers.has('retry-after'), 'a 503 does not say when to try again');
        trial.expect(tookMs < ANSWERED_WITHIN_MS, `a 503 took ${Math.round(tookMs)} ms`);
        await delay(500);
      }
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
