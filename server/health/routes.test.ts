import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../db/client.ts';
import { workerHeartbeats } from '../db/tables/operational.ts';
import { insertPatientWithSample, insertStaff } from '../testing/factories.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());

test('health says no more than that it answers [CVE-2023-28432]', async () => {
  for (const url of ['/health', '/api/v1/health']) {
    const response = await app.inject({ url });
    expect([response.statusCode, response.json()]).toEqual([200, { status: 'ok' }]);
  }
});

test('ready names what is up', async () => {
  const response = await app.inject({ url: '/health/ready' });
  expect(response.json()).toEqual({ status: 'ready', database: 'up', objects: 'up', queue: 'up' });
});

test('background processes show workers, the queue and what is stuck', async () => {
  const { uploader } = await insertStaff(app.db);
  await app.db.insert(workerHeartbeats).values([
    { id: 'lively', activeJobs: 1 },
    { id: 'gone', lastSeenAt: '2020-01-01T00:00:00.000Z' },
  ]);
  const { sample } = await insertPatientWithSample(app.db, uploader);
  await app.db.transaction((tx) => app.deps.jobs.enqueue(tx, [sample.id]));
  await app.deps.database.pool.query(
    `update samples set inference_status = 'processing', started_at = now() - interval '1 day' where id = $1`,
    [sample.id],
  );
  const seen = await app.as(uploader)('backgroundProcesses', {});
  expect(seen.workers.map(({ id, alive }) => [id, alive])).toEqual([
    ['lively', true],
    ['gone', false],
  ]);
  expect(seen).toMatchObject({ jobsWaiting: 1, jobsActive: 0, stuck: 1, failedLastHour: 0 });
  expect(seen.oldestWaitingS).toBeGreaterThanOrEqual(0);
});

test('without its database it is neither healthy nor ready, and says which part is missing', async () => {
  const nowhere = connect('postgres://nobody@127.0.0.1:1/none');
  const own = await createTestApp({ database: nowhere });
  const health = await own.inject({ url: '/health' });
  expect([health.statusCode, health.json().code]).toEqual([503, 'unavailable']);
  const ready = await own.inject({ url: '/health/ready' });
  expect(ready.statusCode).toBe(503);
  expect(ready.json()).toMatchObject({ status: 'not_ready', database: 'down', objects: 'up' });
  await own.close();
  await nowhere.close();
});
