import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openJobs } from './adapters.ts';
import { connect } from './db/client.ts';
import { insertPatient, insertStaff } from './testing/factories.ts';
import { fieldImage } from './testing/image-files.ts';
import { createTestApp, type TestApp } from './testing/test-app.ts';
import { postForm } from './testing/upload-form.ts';
import { startWorker, type Worker } from './worker.ts';

let app: TestApp;
let worker: Worker;

beforeAll(async () => {
  app = await createTestApp();
  worker = await start();
});
afterAll(() => app.close());

async function start(): Promise<Worker> {
  const { config, log, database, objects } = app.deps;
  const jobs = await openJobs({ config, database, log }, { runsJobs: true });
  return startWorker({ config, log, database, objects, jobs });
}

test('what is uploaded is processed, can be looked at and processed again', async () => {
  const { uploader, annotator } = await insertStaff(app.db);
  const patient = await insertPatient(app.db, uploader);
  const bytes = await fieldImage('tiff', { width: 640, height: 480 });
  const { body } = await postForm(app, uploader, [
    ['file', { name: 'field.tif', bytes }],
    ['patient_id', patient.id],
  ]);
  const jobId: string = body.samples[0].job_id;
  const call = app.as(annotator);
  const finished = (attempts: number) =>
    vi.waitFor(
      async () => {
        const sample = await call('getSample', { params: { jobId } });
        expect([sample.inferenceStatus, sample.attempts]).toEqual(['completed', attempts]);
        return sample;
      },
      { timeout: 10_000, interval: 100 },
    );
  const sample = await finished(1);
  expect(sample.latestRun?.cellCount).toBe(sample.cellCount);
  expect(sample.history.map(({ event }) => event)).toEqual(['sample.upload', 'sample.processed']);
  for (const [url, type] of [
    [sample.imageUrl, 'image/jpeg'],
    [sample.thumbnailUrl, 'image/webp'],
    [sample.originalUrl, 'image/tiff'],
  ]) {
    const image = await app.inject({ url: url! });
    expect([image.statusCode, image.headers['content-type']]).toEqual([200, type]);
  }
  expect((await app.inject({ url: sample.originalUrl })).rawPayload).toEqual(bytes);

  await app.as(uploader)('reprocessSample', { params: { jobId } });
  const again = await finished(1);
  expect(again.latestRun?.runId).not.toBe(sample.latestRun?.runId);
  expect(again.history.map(({ event }) => event)).toEqual([
    'sample.upload',
    'sample.processed',
    'sample.reprocess',
    'sample.processed',
  ]);
});

test('a worker is listed while it lives', async () => {
  const { uploader } = await insertStaff(app.db);
  const call = app.as(uploader);
  expect((await call('backgroundProcesses', {})).workers).toMatchObject([{ alive: true }]);
  await worker.stop();
  expect((await call('backgroundProcesses', {})).workers).toEqual([]);
});

test('one that the database does not let write its first sign of life is listed later', async () => {
  const owner = connect(app.ownerUri, { max: 1 });
  await owner.pool.query('alter table worker_heartbeats rename to out_of_reach');
  const another = await start();
  await owner.pool.query('alter table out_of_reach rename to worker_heartbeats');
  await owner.close();
  const { uploader } = await insertStaff(app.db);
  const listed = async () => (await app.as(uploader)('backgroundProcesses', {})).workers;
  await vi.waitFor(async () => expect(await listed()).toHaveLength(1), { timeout: 30_000, interval: 500 });
  await another.stop();
});
