import { setTimeout as delay } from 'node:timers/promises';
import { childrenOf } from '../../server/testing/launched.ts';
import type { Role, RunningSystem } from '../running-system.ts';
import { connected, killPostmaster, revived } from './database-restarts.ts';
import { type Fault, oneOf } from './fault.ts';
import { checkAlive, settleAndCheck } from './invariants.ts';
import { openLedger, uploadOnce } from './ledger.ts';
import { startLoad } from './load.ts';

const LONGEST_PAUSE_MS = 1000;

type Parts = { system: RunningSystem; worker: Role };

/** What one round restarts. @returns the worker that runs afterwards */
const restarts: Record<string, (parts: Parts) => Promise<Role>> = {
  'API killed': async ({ system, worker }) => {
    system.api.kill('SIGKILL');
    await system.api.ended;
    await system.startApi();
    return worker;
  },
  'API stopped': async ({ system, worker }) => {
    system.api.kill('SIGTERM');
    await system.api.ended;
    await system.startApi();
    return worker;
  },
  'worker killed': ({ system, worker }) => restartWorker(system, worker, 'SIGKILL'),
  'worker stopped': ({ system, worker }) => restartWorker(system, worker, 'SIGTERM'),
  'job processes killed': async ({ worker }) => {
    for (const pid of childrenOf(worker.pid)) process.kill(pid, 'SIGKILL');
    return worker;
  },
  'database killed': async ({ system, worker }) => {
    killPostmaster(system);
    await revived(system);
    return worker;
  },
  'database connections cut': async ({ system, worker }) => {
    system.databaseProxy.behave('reset');
    await delay(200);
    system.databaseProxy.behave('pass');
    return worker;
  },
};

async function restartWorker(system: RunningSystem, worker: Role, signal: NodeJS.Signals): Promise<Role> {
  worker.kill(signal);
  await worker.ended;
  return system.startWorker();
}

export const randomRestarts: Fault = {
  name: 'random-restarts',
  row: '100 random restarts under load',
  rounds: 100,
  run: async (trial) => {
    const system = await trial.start({ JOB_LEASE_S: '10' });
    const ledger = openLedger();
    let worker = system.startWorker();
    await uploadOnce(system, ledger);
    const drawn = Array.from({ length: trial.rounds }, () => ({
      restart: oneOf(Object.keys(restarts), trial.random),
      pauseMs: trial.random() * LONGEST_PAUSE_MS,
    }));
    await trial.each(async (at) => {
      const { restart, pauseMs } = drawn[at];
      const load = startLoad(trial, system, ledger, { uploaders: 1, readers: 2, pauseMs: 100 });
      await delay(pauseMs);
      worker = await restarts[restart]({ system, worker });
      await connected(system);
      await load.stop();
      checkAlive(trial, system.api, worker);
      await settleAndCheck(trial, system, ledger);
    });
    trial.note(`${ledger.uploads.size} uploads and ${ledger.annotations.size} annotations acknowledged`);
  },
};
