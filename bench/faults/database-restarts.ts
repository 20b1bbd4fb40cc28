import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningSystem } from '../running-system.ts';
import type { Fault } from './fault.ts';
import { checkAlive, settleAndCheck } from './invariants.ts';
import { openLedger, uploadOnce } from './ledger.ts';
import { startLoad } from './load.ts';

const RECONNECT_WITHIN_MS = 10_000;
const LONGEST_PAUSE_MS = 1000;

export const databaseRestarts: Fault = {
  name: 'database-restarts',
  row: 'database restarts (kill -9 the postmaster)',
  rounds: 100,
  run: async (trial) => {
    const system = await trial.start({ JOB_LEASE_S: '10' });
    system.startWorker();
    const ledger = openLedger();
    await uploadOnce(system, ledger);
    let longestMs = 0;
    await trial.each(async () => {
      const load = startLoad(trial, system, ledger);
      await delay(trial.random() * LONGEST_PAUSE_MS);
      killPostmaster(system);
      await revived(system);
      const backAt = performance.now();
      await connected(system);
      const reconnectMs = performance.now() - backAt;
      longestMs = Math.max(longestMs, reconnectMs);
      trial.expect(reconnectMs < RECONNECT_WITHIN_MS, `reconnected only after ${Math.round(reconnectMs)} ms`);
      await load.stop();
      checkAlive(trial, system.api);
      await settleAndCheck(trial, system, ledger);
    });
    trial.note(`reconnected within ${Math.round(longestMs)} ms`);
  },
};

export function killPostmaster({ postgresFolder }: RunningSystem): void {
  const [pid] = readFileSync(path.join(postgresFolder, 'data', 'postmaster.pid'), 'utf8').split('\n');
  process.kill(Number(pid), 'SIGKILL');
}

/** As our own launcher does: looks until the server is gone, and starts it again. */
export async function revived({ postgres }: RunningSystem): Promise<void> {
  while (!(await postgres.revive())) await delay(50);
}

/** Waits until a request that needs the database is answered. */
export async function connected({ origin, users }: RunningSystem, withinMs = 60_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const ok = await fetch(`${origin}/api/v1/patients`, {
      headers: { authorization: `Bearer ${users.annotator.token}` },
      signal: AbortSignal.timeout(10_000),
    }).then(
      async (response) => {
        await response.body?.cancel();
        return response.ok;
      },
      () => false,
    );
    if (ok) return;
    if (Date.now() > deadline) throw new Error(`nothing was answered within ${withinMs} ms after the fault`);
    await delay(50);
  }
}
