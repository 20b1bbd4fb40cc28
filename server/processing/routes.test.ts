import { setTimeout as delay } from 'node:timers/promises';
import { eq, inArray } from 'drizzle-orm';
import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { userActivityLog, workerHeartbeats } from '../db/tables/operational.ts';
import { detectionRuns, samples } from '../db/tables/patients.ts';
import { type Jobs, PermanentFailure } from '../platform/jobs.ts';
import { openPostgresJobs } from '../platform/jobs-postgres.ts';
import { insertPatientWithSample, insertStaff } from '../testing/factories.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { inEveryHour } from './status.ts';

let app: TestApp;
let staff: Awaited<ReturnType<typeof insertStaff>>;
beforeAll(async () => {
  app = await createTestApp({ backend: 'local' });
  staff = await insertStaff(app.db);
});
afterAll(() => app.close());
beforeEach(async () => {
  await app.db.delete(detectionRuns);
  await app.db.update(samples).set({ deletedAt: new Date().toISOString(), inferenceStatus: 'completed' });
  await app.db.delete(workerHeartbeats);
  await app.deps.database.pool.query('delete from pgboss.job');
});

const LONG_AGO = '2020-01-01T00:00:00.000Z';
const asAdmin = () => app.as(staff.admin);

async function make(given: Partial<typeof samples.$inferInsert> = {}) {
  const { sample } = await insertPatientWithSample(app.db, staff.uploader);
  await app.db
    .update(samples)
    .set({ attempts: 0, ...given })
    .where(eq(samples.id, sample.id));
  return sample.id;
}
const enqueue = (...ids: string[]) => app.db.transaction((tx) => app.deps.jobs.enqueue(tx, ids));
const statusOf = async (id: string) => {
  const [row] = await app.db.select().from(samples).where(eq(samples.id, id));
  return row.inferenceStatus;
};
const actsOn = async (ids: string[]) => {
  const rows = await app.db.select().from(userActivityLog).where(inArray(userActivityLog.entityId, ids));
  return rows.map(({ activityType, userId }) => [activityType, userId]);
};
const lastAct = async (activityType: string) => {
  const rows = await app.db
    .select()
    .from(userActivityLog)
    .where(eq(userActivityLog.activityType, activityType));
  return rows.at(-1);
};

describe('the status', () => {
  // What is shared for a second belongs to the test before.
  beforeEach(() => delay(1000));

  test('of an empty system is zeros, with every hour of the day', async () => {
    const status = await asAdmin()('processingStatus', {});
    expect(status).toMatchObject({
      queue: { waiting: 0, inFlight: 0, deadLetters: 0, oldestWaitingS: null, mostWaiting: 20_000 },
      samples: { pending: 0, processing: 0, completed: 0, failed: 0 },
      stuck: 0,
      throughput: {
        lastHour: { completed: 0, failed: 0 },
        last24Hours: { completed: 0, failed: 0 },
      },
      workers: [],
      lastErrors: [],
    });
    expect(status.throughput.byHour).toHaveLength(24);
  });

  test('shows queue, samples, throughput, workers and the last errors, the newest first', async () => {
    const now = Date.now();
    const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString();
    const waiting = await make();
    await enqueue(waiting);
    await make({ inferenceStatus: 'processing', startedAt: LONG_AGO });
    await make({ inferenceStatus: 'completed', completedAt: ago(5) });
    await make({ inferenceStatus: 'completed', completedAt: ago(12 * 60) });
    await make({ inferenceStatus: 'completed', completedAt: LONG_AGO });
    const older = await make({ inferenceStatus: 'failed', error: 'Too dark.', completedAt: ago(600) });
    const newer = await make({ inferenceStatus: 'failed', error: 'Damaged.', completedAt: ago(1) });
    await app.db.insert(workerHeartbeats).values([{ id: 'lively', activeJobs: 1 }]);
    const status = await asAdmin()('processingStatus', {});
    expect(status).toMatchObject({
      queue: { waiting: 1, inFlight: 0, deadLetters: 0 },
      samples: { pending: 1, processing: 1, completed: 3, failed: 2 },
      stuck: 1,
      throughput: {
        lastHour: { completed: 1, failed: 1 },
        last24Hours: { completed: 2, failed: 2 },
      },
      workers: [{ id: 'lively', alive: true, activeJobs: 1 }],
    });
    expect(status.lastErrors.map(({ jobId, error }) => [jobId, error])).toEqual([
      [newer, 'Damaged.'],
      [older, 'Too dark.'],
    ]);
  });

  test('a large image is stuck only after a time in proportion to its pixels', async () => {
    const startedAt = new Date(Date.now() - 3600_000).toISOString();
    const size = { width: 100_000, height: 100_000 };
    await make({ inferenceStatus: 'processing', startedAt, ...size });
    expect((await asAdmin()('processingStatus', {})).stuck).toBe(0);
    await app.db.update(samples).set({ startedAt: LONG_AGO }).where(eq(samples.width, size.width));
    await delay(1000);
    expect((await asAdmin()('processingStatus', {})).stuck).toBe(1);
  });

  test('answers at the address without /api/v1 as well, and the page has the address above it', async () => {
    const authorization = `Bearer ${await app.tokenOf(staff.admin)}`;
    const response = await app.inject({
      url: '/admin/modelprocessing/status-api',
      headers: { authorization },
    });
    expect([response.statusCode, response.json().queue.waiting]).toEqual([200, 0]);
  });

  test('counts hours of the clock, those in which nothing ended too', () => {
    const hour = (from: string, completed: number) => ({ from, completed, failed: 1 });
    const known = [hour('2026-03-01T10:00:00.000Z', 3), hour('2026-03-02T09:00:00.000Z', 4)];
    const { byHour, last24Hours } = inEveryHour(known, Date.parse('2026-03-02T09:59:59.999Z'));
    expect([byHour.length, byHour[0], byHour[23]]).toEqual([24, known[0], known[1]]);
    expect(last24Hours).toEqual({ completed: 7, failed: 2 });
  });
});

describe('cleaning up', () => {
  test('puts stuck samples back by id, leaves those with a job alone, and notes who asked', async () => {
    const lost = await make({
      inferenceStatus: 'processing',
      runId: v7(),
      startedAt: LONG_AGO,
      attempts: 1,
    });
    const hopeless = await make({ inferenceStatus: 'processing', startedAt: LONG_AGO, attempts: 10 });
    const queued = await make({ createdAt: LONG_AGO });
    await enqueue(queued);
    const answer = await asAdmin()('cleanupStuckSamples', { body: { olderThanS: 60 } });
    expect(answer).toEqual({ putBack: [lost], failed: [hopeless], more: false });
    expect(await app.deps.jobs.findWithJob([lost, hopeless, queued])).toEqual(new Set([lost, queued]));
    expect(await statusOf(hopeless)).toBe('failed');
    expect(await actsOn([lost])).toEqual([['sample.put_back', staff.admin.id]]);
    expect(await lastAct('processing.cleanup')).toMatchObject({
      userId: staff.admin.id,
      metadata: { olderThanS: 60, putBack: 1, failed: 1 },
    });
  });

  test('goes by the lease when nothing else is said, at the address the users know', async () => {
    await make({ inferenceStatus: 'processing', startedAt: new Date().toISOString() });
    const lost = await make({ createdAt: LONG_AGO });
    const response = await app.inject({
      method: 'POST',
      url: '/admin/cleanup-stuck-samples',
      headers: { authorization: `Bearer ${await app.tokenOf(staff.admin)}` },
    });
    expect([response.statusCode, response.json()]).toEqual([
      200,
      { put_back: [lost], failed: [], more: false },
    ]);
  });

  test('finds what is lost behind any number of samples that wait their turn', async () => {
    const first = await make({ createdAt: LONG_AGO });
    await app.deps.database.pool.query(
      `insert into samples (id, patient_id, lavage_id, slide_id, uploader_id, original_filename, sort_name, s3_key,
         sha256, size_bytes, format, width, height, created_at)
       select gen_random_uuid(), patient_id, lavage_id, slide_id, uploader_id, 'f', 'f', 'samples/' || n || '/original',
         n::text, 1, 'png', 1, 1, created_at + interval '1 second'
       from samples, generate_series(1, 1200) n where id = $1`,
      [first],
    );
    const rows = await app.db
      .select({ id: samples.id })
      .from(samples)
      .where(eq(samples.originalFilename, 'f'));
    await enqueue(first, ...rows.map(({ id }) => id));
    const lost = await make({ createdAt: '2021-01-01T00:00:00.000Z' });
    expect(await asAdmin()('cleanupStuckSamples', {})).toMatchObject({ putBack: [lost] });
  });
});

describe('process-sqs', () => {
  let jobs: Jobs;
  beforeEach(async () => {
    const { config, log } = app.deps;
    jobs = await openPostgresJobs({ databaseUri: config.databaseUri, log, runsJobs: true, ...config.worker });
    return () => jobs.close();
  });

  test('gives lost samples a job, and says how many the workers took', async () => {
    await app.db.insert(workerHeartbeats).values([{ id: 'lively' }]);
    const lost = await make({ createdAt: LONG_AGO });
    const waiting = await make();
    await enqueue(waiting);
    await jobs.work(
      async ({ sampleId }) => {
        const now = new Date().toISOString();
        await app.db
          .update(samples)
          .set({ inferenceStatus: 'processing', startedAt: now })
          .where(eq(samples.id, sampleId));
        await delay(300);
        await app.db
          .update(samples)
          .set({ inferenceStatus: 'completed', completedAt: new Date().toISOString() })
          .where(eq(samples.id, sampleId));
      },
      { concurrency: 2 },
    );
    const answer = await asAdmin()('processWaiting', {});
    expect(answer).toMatchObject({ putBack: [lost], waiting: 0, workersAlive: 1 });
    expect(answer.taken).toBeGreaterThan(0);
    expect(await lastAct('processing.process_waiting')).toMatchObject({ userId: staff.admin.id });
  });

  test('does not wait for workers that are not there', async () => {
    await enqueue(await make());
    expect(await asAdmin()('processWaiting', { body: { maxMessages: 5 } })).toEqual({
      putBack: [],
      taken: 0,
      waiting: 1,
      inFlight: 0,
      workersAlive: 0,
    });
  });
});

describe('dead letters', () => {
  test('are listed with their samples, and redriven', async () => {
    const { config, log } = app.deps;
    const jobs = await openPostgresJobs({
      databaseUri: config.databaseUri,
      log,
      runsJobs: true,
      ...config.worker,
    });
    const given: string[] = [];
    await jobs.work(
      async ({ sampleId }) => {
        given.push(sampleId);
        if (given.length === 1) throw new PermanentFailure('The image is damaged.');
      },
      { concurrency: 1 },
    );
    const dead = await make();
    await enqueue(dead);
    await vi.waitFor(async () => expect((await asAdmin()('listDeadLetters', { query: {} })).total).toBe(1), {
      timeout: 10_000,
    });
    await enqueue('no sample');
    await vi.waitFor(async () => expect((await asAdmin()('listDeadLetters', { query: {} })).total).toBe(2), {
      timeout: 10_000,
    });
    const { items } = await asAdmin()('listDeadLetters', { query: {} });
    expect(items).toMatchObject([
      { jobId: null, originalFilename: null, inferenceStatus: null, reason: 'This job names no sample.' },
      { jobId: dead, inferenceStatus: 'pending', reason: 'The image is damaged.' },
    ]);
    expect(await asAdmin()('redriveDeadLetters', {})).toEqual({ redriven: 2 });
    expect(await lastAct('processing.redrive')).toMatchObject({
      userId: staff.admin.id,
      metadata: { deadLetters: 2 },
    });
    await vi.waitFor(() => expect(given).toEqual([dead, dead]), { timeout: 10_000 });
    await jobs.close();
  });

  test('of a sample that has a job again become no second one', async () => {
    const { pool } = app.deps.database;
    const sample = await make();
    await enqueue(sample);
    await pool.query(
      `insert into pgboss.job (name, data, singleton_key, source_name, policy)
       values ('process-sample-dead', $1, $2, 'process-sample', 'standard')`,
      [JSON.stringify({ sampleId: sample }), sample],
    );
    await asAdmin()('redriveDeadLetters', {});
    const { rows } = await pool.query(
      `select count(*)::int as jobs from pgboss.job where name = 'process-sample' and state < 'completed'`,
    );
    expect(rows).toEqual([{ jobs: 1 }]);
  });
});
