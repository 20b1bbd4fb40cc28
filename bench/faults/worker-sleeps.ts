import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from './fault.ts';
import { settleAndCheck } from './invariants.ts';
import { openLedger, uploadOnce } from './ledger.ts';
import { someoneWorks } from './someone-works.ts';

const LEASE_S = 10;
const LONGEST_STEP_MS = 100;
const STAYS_AWAKE_MS = 2000;
const REFUSED = /result refused: another worker has taken the sample over|Processing was interrupted/;

export const workerSleeps: Fault = {
  name: 'worker-sleeps',
  row: 'worker sleeps past its lease (SIGSTOP, SIGCONT)',
  rounds: 20,
  run: async (trial) => {
    const system = await trial.start({ JOB_LEASE_S: String(LEASE_S) });
    const ledger = openLedger();
    let awake = system.startWorker();
    let refused = 0;
    await trial.each(async () => {
      const sleeper = awake;
      const working = someoneWorks(system);
      const uploading = Promise.all([1, 2, 3].map(() => uploadOnce(system, ledger)));
      await working;
      await delay(trial.random() * LONGEST_STEP_MS);
      sleeper.kill('SIGSTOP');
      await uploading;
      const { rows: held } = await system.database.pool.query(
        `select id, run_id from samples where inference_status = 'processing'`,
      );
      awake = system.startWorker();
      await settleAndCheck(trial, system, ledger);
      sleeper.kill('SIGCONT');
      await delay(STAYS_AWAKE_MS);
      await settleAndCheck(trial, system, ledger);
      for (const { id, run_id: runId } of held) {
        const late = await system.database.pool.query('select from detection_runs where id = $1', [runId]);
        trial.expect(late.rowCount === 0, `C: the worker that slept stored its run of ${id}`);
      }
      if (held.length > 0 && REFUSED.test(sleeper.output())) refused++;
      sleeper.kill('SIGTERM');
      trial.expect((await sleeper.ended) === 0, 'the worker that slept did not end in order');
    });
    trial.note(`in ${refused} rounds a worker woke up with a result and was refused`);
  },
};
