import { setTimeout as delay } from 'node:timers/promises';
import { childrenOf } from '../../server/testing/launched.ts';
import type { RunningSystem } from '../running-system.ts';
import { type Fault, oneOf, type Trial } from './fault.ts';
import { allJobsEnd, checkRuns, checkUploads, settleAndCheck } from './invariants.ts';
import { openLedger } from './ledger.ts';
import { startLoad } from './load.ts';
import { someoneWorks } from './someone-works.ts';

const LEASE_S = 10;
/** Beyond the lease. */
const TAKEN_UP_WITHIN_S = 10;
/** About what one image takes. */
const LONGEST_STEP_MS = 150;

export const workerDies: Fault = {
  name: 'worker-dies',
  row: 'worker or job process dies (kill -9 at each step)',
  rounds: 100,
  run: async (trial) => {
    const system = await trial.start({ JOB_LEASE_S: String(LEASE_S) });
    await system.database.pool.query(
      'create table interrupted (id uuid, run_id uuid, at timestamptz not null, taken_up timestamptz)',
    );
    const ledger = openLedger();
    let worker = system.startWorker();
    await trial.each(async () => {
      const load = startLoad(trial, system, ledger, { uploaders: 2, readers: 0, pauseMs: 20 });
      await someoneWorks(system);
      await delay(trial.random() * LONGEST_STEP_MS);
      if (oneOf(['worker', 'job process'], trial.random) === 'worker') {
        worker.kill('SIGKILL');
        await worker.ended;
        await noteInterrupted(system);
        worker = system.startWorker();
      } else {
        for (const pid of childrenOf(worker.pid)) process.kill(pid, 'SIGKILL');
      }
      await load.stop();
      await noteTakenUp(system);
      await checkUploads(trial, system, ledger);
      await checkRuns(trial, system);
    });
    await allJobsEnd(trial, system);
    await settleAndCheck(trial, system, ledger);
    await checkTakenUp(trial, system);
  },
};

async function noteInterrupted({ database }: RunningSystem): Promise<void> {
  await database.pool.query(
    `insert into interrupted select id, run_id, now() from samples where inference_status = 'processing'`,
  );
}

async function noteTakenUp({ database }: RunningSystem): Promise<void> {
  await database.pool.query(
    `update interrupted set taken_up = started_at from samples
      where samples.id = interrupted.id and taken_up is null and samples.run_id <> interrupted.run_id`,
  );
}

async function checkTakenUp(trial: Trial, system: RunningSystem): Promise<void> {
  await noteTakenUp(system);
  const { rows } = await system.database.pool.query(
    `select count(*)::int as interrupted, max(extract(epoch from taken_up - at))::float8 as longest,
            count(*) filter (where taken_up is null)::int as never
       from interrupted`,
  );
  const [{ interrupted, longest, never }] = rows;
  trial.note(`${interrupted} samples interrupted, taken up again after at most ${longest?.toFixed(1)} s`);
  trial.expect(never === 0, `B: ${never} samples were never taken up again`);
  trial.expect(
    longest <= LEASE_S + TAKEN_UP_WITHIN_S,
    `B: a sample was taken up only after ${longest} s: ${await describeSlowest(system)}`,
  );
}

/** The whole story of the sample that waited longest. */
async function describeSlowest({ database }: RunningSystem): Promise<string> {
  const { rows } = await database.pool.query(
    `select at, taken_up, run_id from interrupted
      where id = (select id from interrupted order by taken_up - at desc limit 1) order by at`,
  );
  return JSON.stringify(rows);
}
