import { existsSync } from 'node:fs';
import { crowd } from './crowd.ts';
import { connected } from './database-restarts.ts';
import type { Fault } from './fault.ts';
import { checkAlive, settleAndCheck } from './invariants.ts';
import { openLedger, uploadOnce } from './ledger.ts';

const CLIENTS = 500;
const DESCRIPTORS = 128;
const RECOVERS_WITHIN_MS = 15_000;
const PRLIMIT = '/usr/bin/prlimit';

export const fewDescriptors: Fault = {
  name: 'few-descriptors',
  row: '500 clients, 128 descriptors',
  rounds: 20,
  obstacle: () => (existsSync(PRLIMIT) ? undefined : 'there is no prlimit'),
  run: async (trial) => {
    const system = await trial.start();
    system.api.kill('SIGTERM');
    await system.api.ended;
    await system.startApi({ under: [PRLIMIT, `--nofile=${DESCRIPTORS}:${DESCRIPTORS}`] });
    system.startWorker();
    const ledger = openLedger();
    await trial.each(async () => {
      const statuses = await crowd(system, CLIENTS);
      const wrong = [...statuses.keys()].filter((status) => ![200, 503].includes(status));
      trial.note([...statuses].map(([status, times]) => `${times} × ${status}`).join(', '));
      trial.expect(wrong.length === 0, `the crowd was answered ${wrong} (0: nothing)`);
      checkAlive(trial, system.api);
      const endedAt = performance.now();
      await connected(system);
      trial.expect(performance.now() - endedAt < RECOVERS_WITHIN_MS, 'it did not recover in time');
      trial.expect((await uploadOnce(system, ledger)) === 201, 'an upload after the crowd was not taken');
      await settleAndCheck(trial, system, ledger);
    });
  },
};
