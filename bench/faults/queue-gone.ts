import { setTimeout as delay } from 'node:timers/promises';
import { type Fault, oneOf } from './fault.ts';
import { checkAlive, settleAndCheck } from './invariants.ts';
import { uploadOnce } from './ledger.ts';
import { GONE_MS, startAtWork } from './outage.ts';

const UPLOAD_EVERY_MS = 500;
const UPLOADED_WITHIN_MS = 10_000;
const DRAINED_WITHIN_MS = 60_000;
/** Only what would add a message, or whatever is asked. */
const WAYS = ['refuse-sends', 'reset'] as const;

export const queueGone: Fault = {
  name: 'queue-gone',
  row: 'queue gone 60 s at enqueue (sends refused, or every connection cut)',
  rounds: 5,
  alwaysOn: 's3-sqs',
  run: async (trial) => {
    const { system, worker, ledger } = await startAtWork(trial);
    await trial.each(async () => {
      const way = oneOf(WAYS, trial.random);
      const before = ledger.uploads.size;
      system.awsProxy!.behave('sqs', way);
      const until = Date.now() + GONE_MS;
      while (Date.now() < until) {
        const startedAt = performance.now();
        const status = await uploadOnce(system, ledger);
        const tookMs = performance.now() - startedAt;
        trial.expect(status === 201, `an upload was answered ${status} while the queue was away`);
        trial.expect(tookMs < UPLOADED_WITHIN_MS, `an upload took ${Math.round(tookMs)} ms`);
        await delay(UPLOAD_EVERY_MS);
      }
      const ready = await (await fetch(`${system.origin}/health/ready`)).json();
      const expected = way === 'reset' ? 'down' : 'up';
      trial.expect(ready.queue === expected, `ready says the queue is ${ready.queue}`);
      trial.expect(ready.database === 'up' && ready.objects === 'up', `ready says ${JSON.stringify(ready)}`);
      const waiting = await countUnsent();
      system.awsProxy!.behave('sqs', 'pass');
      const backAt = performance.now();
      while ((await countUnsent()) > 0 && performance.now() - backAt < DRAINED_WITHIN_MS) await delay(100);
      const drainedMs = Math.round(performance.now() - backAt);
      trial.expect(drainedMs < DRAINED_WITHIN_MS, `the outbox has not drained after ${drainedMs} ms`);
      checkAlive(trial, system.api, worker);
      await settleAndCheck(trial, system, ledger);
      const uploads = ledger.uploads.size - before;
      trial.note(
        `${way}: ${uploads} uploads answered 201, ${waiting} jobs waited, sent within ${drainedMs} ms`,
      );
    });

    async function countUnsent(): Promise<number> {
      const { rows } = await system.database.pool.query(
        'select count(*)::int from outbox where sent_at is null and ended_at is null',
      );
      return rows[0].count;
    }
  },
};
