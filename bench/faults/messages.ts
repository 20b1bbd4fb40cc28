import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningSystem } from '../running-system.ts';
import { type Fault, oneOf } from './fault.ts';
import { checkAlive, settleAndCheck } from './invariants.ts';
import { openLedger, uploadOnce } from './ledger.ts';

const IMAGES = 4;
const COPIES = 3;
const DEAD_WITHIN_MS = 60_000;

export const messagesDoubled: Fault = {
  name: 'messages-doubled',
  row: 'messages doubled, shuffled',
  rounds: 20,
  run: async (trial) => {
    const system = await trial.start({ JOB_LEASE_S: '10' });
    const ledger = openLedger();
    const workers = [system.startWorker(), system.startWorker()];
    await trial.each(async () => {
      const before = new Set(ledger.uploads.keys());
      await Promise.all(Array.from({ length: IMAGES }, () => uploadOnce(system, ledger)));
      const added = [...ledger.uploads.keys()].filter((id) => !before.has(id));
      const copies = Array.from({ length: COPIES }, () => added).flat();
      const shuffled = copies
        .map((sampleId) => ({ sampleId, place: trial.random() }))
        .sort((a, b) => a.place - b.place);
      await system.messages.send(shuffled.map(({ sampleId }) => ({ sampleId })));
      await queueEmpty(system);
      await settleAndCheck(trial, system, ledger);
      checkAlive(trial, ...workers);
    });
  },
};

/** What a queue may hold that no release of BALscope ever put there. */
const POISON: readonly (() => object | string)[] = [
  () => ({}),
  () => ({ sampleId: 'nonsense' }),
  () => ({ sampleId: null, other: 'x'.repeat(10_000) }),
  () => ['not', 'an', 'object'],
  () => ({ sampleId: randomUUID() }),
];
/** What the queue in PostgreSQL would not take. */
const NO_JSON = [() => '{"sampleId":', () => '<job/>'];

export const poisonMessages: Fault = {
  name: 'poison-messages',
  row: 'poison message (bad JSON, unknown sample)',
  rounds: 20,
  run: async (trial) => {
    const system = await trial.start({ JOB_LEASE_S: '10' });
    const ledger = openLedger();
    const worker = system.startWorker();
    let poison = 0;
    await trial.each(async () => {
      const kinds = trial.backend === 'local' ? POISON : [...POISON, ...NO_JSON];
      const sent = [...kinds, oneOf(kinds, trial.random)].map((make) => make());
      await system.messages.send(sent);
      poison += sent.length;
      await Promise.all([1, 2].map(() => uploadOnce(system, ledger)));
      await queueEmpty(system);
      const dead = await system.messages.countDeadLetters();
      trial.expect(dead === poison, `${poison} poison messages were sent, ${dead} are dead letters`);
      poison = dead;
      await settleAndCheck(trial, system, ledger);
      checkAlive(trial, worker);
    });
  },
};

async function queueEmpty({ messages }: RunningSystem): Promise<void> {
  const deadline = Date.now() + DEAD_WITHIN_MS;
  for (;;) {
    const open = await messages.countOpen();
    if (open === 0) return;
    if (Date.now() > deadline) throw new Error(`B: ${open} messages still wait after ${DEAD_WITHIN_MS} ms`);
    await delay(100);
  }
}
