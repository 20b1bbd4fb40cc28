import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { connect, type Database } from '../db/client.ts';
import { testJobs } from '../testing/jobs-contract.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { openPostgresJobs } from './jobs-postgres.ts';
import { createLog } from './log.ts';

let testDatabase: TestDatabase;
let database: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = connect(testDatabase.uri);
});
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

const open = () =>
  openPostgresJobs({
    databaseUri: testDatabase.uri,
    leaseS: 10,
    longestJobS: 60,
    log: createLog('fatal', 2),
    runsJobs: true,
  });

describe('as every adapter', () => {
  testJobs(async () => ({ database, open }));
});

test('a job that names no sample goes to the dead letters at once, and the others go on', async () => {
  const jobs = await open();
  const deadLetters = await jobs.countDeadLetters();
  const sampleId = v7();
  const attempts: string[] = [];
  await jobs.work(async (job) => void attempts.push(job.sampleId), { concurrency: 1 });
  await database.db.transaction((tx) => jobs.enqueue(tx, ['not an id', sampleId]));
  await vi.waitFor(async () => expect(await jobs.findWithJob(['not an id', sampleId])).toEqual(new Set()), {
    timeout: 10_000,
    interval: 50,
  });
  expect(attempts).toEqual([sampleId]);
  expect(await jobs.countDeadLetters()).toBe(deadLetters + 1);
  await jobs.close();
});

test('a job that was interrupted often waits no longer than a few seconds before it comes again', async () => {
  const jobs = await open();
  const { rows } = await database.pool.query(
    `select retry_delay, retry_backoff from pgboss.queue where name = 'process-sample'`,
  );
  expect(rows).toEqual([{ retry_delay: 2, retry_backoff: false }]);
  await jobs.close();
});

test('a worker that starts takes the jobs of dead workers from them before anything else', async () => {
  const jobs = await open();
  const sampleId = v7();
  await database.db.transaction((tx) => jobs.enqueue(tx, [sampleId]));
  await database.pool.query(
    `update pgboss.job set state = 'active', started_on = now() - interval '1 minute',
            heartbeat_on = now() - interval '1 minute' where singleton_key = $1`,
    [sampleId],
  );
  await database.pool.query('update pgboss.queue set monitor_on = null, monitor_claim_on = null');
  await jobs.work(async () => {}, { concurrency: 1 });
  const { rowCount } = await database.pool.query(
    `select from pgboss.job where singleton_key = $1 and state = 'active'
        and heartbeat_on < now() - interval '30 seconds'`,
    [sampleId],
  );
  expect(rowCount).toBe(0);
  await jobs.close();
});

test('a job that was given back waits for its next attempt', async () => {
  const jobs = await open();
  const sampleId = v7();
  const begun = new Promise<void>((resolve) => {
    void jobs.work(
      ({ signal }) =>
        new Promise((_, reject) => {
          resolve();
          signal.addEventListener('abort', () => reject(new Error('stopped')));
        }),
      { concurrency: 1 },
    );
  });
  await database.db.transaction((tx) => jobs.enqueue(tx, [sampleId]));
  await begun;
  await jobs.close({ drainMs: 1000 });
  const { rows } = await database.pool.query(`select state from pgboss.job where singleton_key = $1`, [
    sampleId,
  ]);
  expect(rows).toEqual([{ state: 'retry' }]);
});
