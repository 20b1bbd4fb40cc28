import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { PgBoss } from 'pg-boss';
import type { RunningSystem } from '../running-system.ts';
import { type Fault, oneOf, type Trial } from './fault.ts';
import { settleAndCheck } from './invariants.ts';
import { openLedger, uploadOnce } from './ledger.ts';

const QUEUE = 'process-sample';
const DEAD_LETTERS = 'process-sample-dead';
const IMAGES = 4;
const COPIES = 3;
const DEAD_WITHIN_MS = 60_000;

export const messagesDoubled: Fault = {
  name: 'messages-doubled',
  row: 'messages doubled, shuffled',
  rounds: 20,
  run: async (trial) => {
    const system = await trial.start({ JOB_LEASE_S: '10' });
    const boss = await openQueue(trial, system);
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
      // The queue itself takes one job a sample; these are told apart, as a queue would that delivers twice.
      await boss.insert(
        QUEUE,
        shuffled.map(({ sampleId }) => ({ data: { sampleId }, singletonKey: randomUUID() })),
      );
      await queueEmpty(system);
      await settleAndCheck(trial, system, ledger);
      trial.expect(
        workers.every((worker) => worker.isRunning()),
        'a worker ended',
      );
    });
  },
};

/** What a queue may hold that no release of BALscope ever put there. */
const POISON: readonly (() => object)[] = [
  () => ({}),
  () => ({ sampleId: 'nonsense' }),
  () => ({ sampleId: null, other: 'x'.repeat(10_000) }),
  () => ['not', 'an', 'object'],
  () => ({ sampleId: randomUUID() }),
];

export const poisonMessages: Fault = {
  name: 'poison-messages',
  row: 'poison message (bad JSON, unknown sample)',
  rounds: 20,
  run: async (trial) => {
    const system = await trial.start({ JOB_LEASE_S: '10' });
    const boss = await openQueue(trial, system);
    const ledger = openLedger();
    const worker = system.startWorker();
    let poison = 0;
    await trial.each(async () => {
      const sent = [...POISON, oneOf(POISON, trial.random)].map((make) => ({
        data: make(),
        singletonKey: randomUUID(),
      }));
      await boss.insert(QUEUE, sent);
      poison += sent.length;
      await Promise.all([1, 2].map(() => uploadOnce(system, ledger)));
      await queueEmpty(system);
      const dead = await countDeadLetters(system);
      trial.expect(dead === poison, `${poison} poison messages were sent, ${dead} are dead letters`);
      poison = dead;
      await settleAndCheck(trial, system, ledger);
      trial.expect(worker.isRunning(), 'the worker ended');
    });
  },
};

async function openQueue(trial: Trial, { postgres }: RunningSystem): Promise<PgBoss> {
  const boss = new PgBoss({ connectionString: postgres.uri, supervise: false, schedule: false });
  boss.on('error', () => {});
  await boss.start();
  trial.afterwards(() => boss.stop({ graceful: false }));
  return boss;
}

async function queueEmpty({ database }: RunningSystem): Promise<void> {
  const deadline = Date.now() + DEAD_WITHIN_MS;
  for (;;) {
    const { rowCount } = await database.pool.query(
      `select from pgboss.job where name = $1 and state < 'completed'`,
      [QUEUE],
    );
    if (rowCount === 0) return;
    if (Date.now() > deadline)
      throw new Error(`B: ${rowCount} messages still wait after ${DEAD_WITHIN_MS} ms`);
    await delay(100);
  }
}

async function countDeadLetters({ database }: RunningSystem): Promise<number> {
  const { rows } = await database.pool.query(`select count(*)::int from pgboss.job where name = $1`, [
    DEAD_LETTERS,
  ]);
  return rows[0].count;
}
