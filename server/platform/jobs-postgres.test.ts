import { v7 } from 'uuid';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { connect, type Database } from '../db/client.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { type Job, type JobHandler, type Jobs, PermanentFailure } from './jobs.ts';
import { openPostgresJobs } from './jobs-postgres.ts';
import { createLog } from './log.ts';

let testDatabase: TestDatabase;
let database: Database;
let jobs: Jobs;
const handlers = new Map<string, JobHandler>();

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = connect(testDatabase.uri);
  const settings = { databaseUri: testDatabase.uri, leaseS: 10, longestJobS: 60, log: createLog('fatal', 2) };
  jobs = await openPostgresJobs({ ...settings, runsJobs: true });
  await jobs.work(async (job) => handlers.get(job.sampleId)?.(job), { concurrency: 2 });
});
afterAll(async () => {
  await jobs.close();
  await database.close();
  await testDatabase.drop();
});

const enqueue = (...ids: string[]) => database.db.transaction((tx) => jobs.enqueue(tx, ids));

/** Handles jobs of a new sample with the given function; tells what was handed out. */
function sampleHandledBy(handle: (job: Job, attempt: number) => Promise<void>) {
  const sampleId = v7();
  const attempts: Job[] = [];
  handlers.set(sampleId, async (job) => {
    attempts.push(job);
    await handle(job, attempts.length);
  });
  return { sampleId, attempts };
}
const settled = (sampleId: string) =>
  vi.waitFor(async () => expect(await jobs.findWithJob([sampleId])).toEqual(new Set()), {
    timeout: 10_000,
    interval: 50,
  });

test('a job is handed out once when its transaction commits', async () => {
  const { sampleId, attempts } = sampleHandledBy(async () => {});
  await enqueue(sampleId);
  await settled(sampleId);
  expect(attempts).toMatchObject([{ sampleId, retries: 0, isLastAttempt: false }]);
});

test('and never when it rolls back', async () => {
  const { sampleId, attempts } = sampleHandledBy(async () => {});
  const rolledBack = database.db.transaction(async (tx) => {
    await jobs.enqueue(tx, [sampleId]);
    throw new Error('rolled back');
  });
  await expect(rolledBack).rejects.toThrow('rolled back');
  expect(await jobs.findWithJob([sampleId])).toEqual(new Set());
  expect(attempts).toEqual([]);
});

test('a sample that waits or is worked on gets no second job', async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { sampleId, attempts } = sampleHandledBy(() => held);
  await enqueue(sampleId, sampleId);
  await vi.waitFor(() => expect(attempts).toHaveLength(1), { timeout: 5000 });
  await enqueue(sampleId);
  release();
  await settled(sampleId);
  expect(attempts).toHaveLength(1);
});

test('a job whose handler throws comes again, knowing so', async () => {
  const { sampleId, attempts } = sampleHandledBy(async (_, attempt) => {
    if (attempt === 1) throw new Error('the network was away');
  });
  await enqueue(sampleId);
  await settled(sampleId);
  expect(attempts.map(({ retries }) => retries)).toEqual([0, 1]);
});

test('one that can never succeed goes to the dead letters at once', async () => {
  const { deadLetters } = await jobs.stats();
  const { sampleId, attempts } = sampleHandledBy(async () => {
    throw new PermanentFailure('The image is damaged.');
  });
  await enqueue(sampleId);
  await settled(sampleId);
  expect(attempts).toHaveLength(1);
  expect((await jobs.stats()).deadLetters).toBe(deadLetters + 1);
});

test('so does one that names no sample, and the others go on', async () => {
  const { deadLetters } = await jobs.stats();
  const { sampleId, attempts } = sampleHandledBy(async () => {});
  await enqueue('not an id', sampleId);
  await settled('not an id');
  await settled(sampleId);
  expect(attempts).toHaveLength(1);
  expect((await jobs.stats()).deadLetters).toBe(deadLetters + 1);
});

test('a job that was interrupted often waits no longer than a few seconds before it comes again', async () => {
  const { rows } = await database.pool.query(
    `select retry_delay_max from pgboss.queue where name = 'process-sample'`,
  );
  expect(rows).toEqual([{ retry_delay_max: 5 }]);
});

test('closing lets running handlers finish for a while, then tells them to stop', async () => {
  const settings = { databaseUri: testDatabase.uri, leaseS: 10, longestJobS: 60, log: createLog('fatal', 2) };
  const other = await openPostgresJobs({ ...settings, runsJobs: true });
  await jobs.close(); // so that only the other one takes jobs
  const sampleId = v7();
  let stopped = false;
  const begun = new Promise<void>((resolve) => {
    void other.work(
      ({ signal }) =>
        new Promise((_, reject) => {
          resolve();
          signal.addEventListener('abort', () => {
            stopped = true;
            reject(new Error('stopped'));
          });
        }),
      { concurrency: 1 },
    );
  });
  await database.db.transaction((tx) => other.enqueue(tx, [sampleId]));
  await begun;
  await other.close({ drainMs: 1000 });
  expect(stopped).toBe(true);
  const { rows } = await database.pool.query(`select state from pgboss.job where singleton_key = $1`, [
    sampleId,
  ]);
  expect(rows).toEqual([{ state: 'retry' }]);
});
