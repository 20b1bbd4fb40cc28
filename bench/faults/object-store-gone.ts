import { setTimeout as delay } from 'node:timers/promises';
import type { RunningSystem } from '../running-system.ts';
import type { Fault } from './fault.ts';
import { checkAlive, checkAnswers, checkOrphansSwept, settleAndCheck } from './invariants.ts';
import { startLoad } from './load.ts';
import { expectUnavailable, GONE_MS, LAST_ANSWERS_MS, startAtWork } from './outage.ts';

const ANSWERED_WITHIN_MS = 15_000;

export const objectStoreGone: Fault = {
  name: 'object-store-gone',
  row: 'object store gone 60 s (proxy resets)',
  rounds: 5,
  alwaysOn: 's3-sqs',
  run: async (trial) => {
    const { system, worker, ledger } = await startAtWork(trial);
    await trial.each(async () => {
      const load = startLoad(trial, system, ledger, { pauseMs: 200 });
      await delay(trial.random() * 1000);
      system.awsProxy!.behave('s3', 'reset');
      const until = Date.now() + GONE_MS;
      await delay(LAST_ANSWERS_MS);
      const rowsBefore = await countSamples(system);
      const asked = await expectUnavailable(
        trial,
        { until, withinMs: ANSWERED_WITHIN_MS, without: 'the store of the images' },
        () => readOriginal(system, [...ledger.uploads.keys()][0]),
      );
      trial.expect(
        (await countSamples(system)) === rowsBefore,
        'A: a sample was recorded while its bytes had nowhere to go',
      );
      const ready = await (await fetch(`${system.origin}/health/ready`)).json();
      trial.expect(ready.objects === 'down', `ready says the objects are ${ready.objects}`);
      trial.expect(ready.database === 'up' && ready.queue === 'up', `ready says ${JSON.stringify(ready)}`);
      system.awsProxy!.behave('s3', 'pass');
      await load.stop();
      checkAlive(trial, system.api, worker);
      checkAnswers(trial, load, [0, 503]);
      await settleAndCheck(trial, system, ledger);
      trial.note(`${asked} reads answered 503`);
    });
    const swept = await checkOrphansSwept(trial, system);
    trial.note(`${ledger.uploads.size} uploads acknowledged; ${swept} objects swept`);
  },
};

/** Signed addresses last for minutes: each read gets one of its own. */
async function readOriginal({ origin, users }: RunningSystem, sampleId: string): Promise<Response> {
  const headers = { authorization: `Bearer ${users.annotator.token}` };
  const sample = await fetch(`${origin}/api/v1/samples/${sampleId}`, { headers });
  const { original_url: address } = (await sample.json()) as { original_url: string };
  return fetch(new URL(address, origin));
}

async function countSamples({ database }: RunningSystem): Promise<number> {
  return (await database.pool.query('select count(*)::int from samples')).rows[0].count;
}
