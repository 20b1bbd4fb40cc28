import { setTimeout as delay } from 'node:timers/promises';
import { emptyPng, fieldImage } from '../../server/testing/image-files.ts';
import { childrenOf } from '../../server/testing/launched.ts';
import type { Role, RunningSystem } from '../running-system.ts';
import type { Fault } from './fault.ts';
import { checkAlive, settleAndCheck } from './invariants.ts';
import { openLedger, uploadOnce } from './ledger.ts';

const JOB_TIMEOUT_S = 5;
const OBSERVED_MS = 4000;
const PAUSE_MS = 20;
/** What a shared machine may add to the slowest of a hundred requests. */
const P99_FACTOR = 2;
const P99_MARGIN_MS = 50;

type Hostility = (parts: {
  system: RunningSystem;
  worker: Role;
  bad: Record<'bomb' | 'cut', Buffer>;
}) => Promise<unknown>;

const hostilities: readonly [string, Hostility][] = [
  [
    'image bomb',
    async ({ system, bad }) => refused(await system.upload([{ name: 'bomb.png', bytes: bad.bomb }])),
  ],
  [
    'truncated TIFF',
    async ({ system, bad }) => refused(await system.upload([{ name: 'cut.tif', bytes: bad.cut }])),
  ],
  // A decoder that never ends is, to its parent, a process that does not answer.
  ['endless decode', ({ worker }) => signalJobProcesses(worker, 'SIGSTOP')],
  ['native crash', ({ worker }) => signalJobProcesses(worker, 'SIGSEGV')],
  ['native crash in a check', ({ system }) => signalJobProcesses(system.api, 'SIGSEGV')],
];

export const hostileImages: Fault = {
  name: 'hostile-images',
  row: 'image bomb, truncated TIFF, endless decode, native crash',
  rounds: 20,
  run: async (trial) => {
    const tiff = await fieldImage('tiff');
    const bad = { bomb: emptyPng(20_000, 20_000), cut: tiff.subarray(0, tiff.length / 2) };
    const system = await trial.start({ JOB_TIMEOUT_S: String(JOB_TIMEOUT_S), JOB_LEASE_S: '10' });
    const worker = system.startWorker();
    await system.workerReady(worker);
    const ledger = openLedger();
    await uploadOnce(system, ledger);
    await trial.each(async (at) => {
      const [name, hostility] = hostilities[at % hostilities.length];
      const upload = () => uploadOnce(system, ledger);
      const baseline = await p99While(system, upload);
      const attacked = await p99While(system, async () => {
        await upload();
        await hostility({ system, worker, bad });
      });
      trial.note(`${name}: p99 ${baseline.toFixed(0)} ms before, ${attacked.toFixed(0)} ms during`);
      trial.expect(
        attacked <= baseline * P99_FACTOR + P99_MARGIN_MS,
        `${name}: the p99 of the API went from ${baseline.toFixed(0)} to ${attacked.toFixed(0)} ms`,
      );
      checkAlive(trial, system.api, worker);
      await settleAndCheck(trial, system, ledger);
    });
  },
};

function refused(response: Response): void {
  if (response.status !== 422)
    throw new Error(`a bad file was answered ${response.status} where 422 was due`);
}

async function signalJobProcesses(role: Role, signal: NodeJS.Signals): Promise<void> {
  for (const pid of childrenOf(role.pid)) process.kill(pid, signal);
}

/** The slowest but one of a hundred small requests, ms, while something else goes on again and again. */
async function p99While(system: RunningSystem, meanwhile: () => Promise<unknown>): Promise<number> {
  const until = Date.now() + OBSERVED_MS;
  const others = (async () => {
    while (Date.now() < until) {
      await meanwhile();
      await delay(PAUSE_MS);
    }
  })();
  const taken: number[] = [];
  while (Date.now() < until) {
    const startedAt = performance.now();
    const response = await fetch(`${system.origin}/api/v1/patients`, {
      headers: { authorization: `Bearer ${system.users.annotator.token}` },
    });
    await response.arrayBuffer();
    taken.push(performance.now() - startedAt);
    await delay(PAUSE_MS);
  }
  await others;
  taken.sort((a, b) => a - b);
  return taken[Math.floor(taken.length * 0.99)];
}
