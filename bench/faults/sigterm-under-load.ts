import { setTimeout as delay } from 'node:timers/promises';
import type { Role } from '../running-system.ts';
import type { Fault } from './fault.ts';
import { checkAnnotations, checkRuns, checkUploads, settleAndCheck } from './invariants.ts';
import { openLedger, uploadOnce } from './ledger.ts';
import { startLoad } from './load.ts';

const DRAINED_WITHIN_MS = 30_000;
const LONGEST_PAUSE_MS = 1500;

export const sigtermUnderLoad: Fault = {
  name: 'sigterm-under-load',
  row: 'SIGTERM under load',
  rounds: 100,
  run: async (trial) => {
    const system = await trial.start({ JOB_LEASE_S: '10' });
    const ledger = openLedger();
    await uploadOnce(system, ledger);
    let longestMs = 0;
    let last: Role | undefined;
    await trial.each(async () => {
      // A round that failed halfway must not leave its worker to the next.
      last?.kill('SIGKILL');
      const worker = system.startWorker();
      last = worker;
      await system.workerReady(worker);
      const load = startLoad(trial, system, ledger, { uploaders: 2, readers: 4, pauseMs: 10 });
      await delay(trial.random() * LONGEST_PAUSE_MS);
      const { api } = system;
      const startedAt = performance.now();
      for (const role of [api, worker]) role.kill('SIGTERM');
      const codes = await Promise.all([api.ended, worker.ended]);
      const tookMs = performance.now() - startedAt;
      longestMs = Math.max(longestMs, tookMs);
      await load.stop();
      trial.expect(tookMs <= DRAINED_WITHIN_MS, `drained only after ${Math.round(tookMs)} ms`);
      trial.expect(
        codes.every((code) => code === 0),
        `ended with ${codes}`,
      );
      const { rowCount } = await system.database.pool.query(
        `select from samples where inference_status = 'processing'`,
      );
      trial.expect(rowCount === 0, `B: ${rowCount} jobs were not released`);
      await checkUploads(trial, system, ledger);
      await checkRuns(trial, system);
      await checkAnnotations(trial, system, ledger);
      await system.startApi();
    });
    trial.note(`drained within ${Math.round(longestMs)} ms`);
    system.startWorker();
    await settleAndCheck(trial, system, ledger);
  },
};
