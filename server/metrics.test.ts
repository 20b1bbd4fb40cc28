import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openObjects } from './adapters.ts';
import { openPostgresJobs } from './platform/jobs-postgres.ts';
import { insertPatient, insertPatientWithSample, insertStaff } from './testing/factories.ts';
import { fieldImage } from './testing/image-files.ts';
import { createTestApp, type TestApp } from './testing/test-app.ts';
import { postForm } from './testing/upload-form.ts';
import { startWorker, type Worker } from './worker.ts';

const OPS = path.join(import.meta.dirname, '..', 'ops');
const read = (name: string) => readFileSync(path.join(OPS, name), 'utf8');
const TOKEN = 'a token for tests';

let app: TestApp;
let worker: Worker;
beforeAll(async () => {
  app = await createTestApp({ backend: 'local' });
  const { config, log, database } = app.deps;
  const jobs = await openPostgresJobs({
    databaseUri: config.databaseUri,
    log,
    runsJobs: true,
    ...config.worker,
  });
  worker = await startWorker({
    config: { ...config, metrics: { token: TOKEN, workerPort: 0 } },
    log,
    database,
    // As in a process of its own: what its scrubber misses is no error of the API.
    objects: await openObjects(config),
    jobs,
  });
});
afterAll(async () => {
  await worker.stop();
  await app.close();
});

const ofApi = async () => (await app.inject({ url: '/metrics' })).body;
const ofWorker = async (headers: Record<string, string> = { authorization: `Bearer ${TOKEN}` }) =>
  fetch(`http://127.0.0.1:${worker.metricsPort}/metrics`, { headers });

/** The value of a series, as it stands in the text. */
const seriesOf = (text: string, series: string) =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.split(' ')
      .at(-1),
  );

test('the API tells of requests by declared route, of queue, samples and pool', async () => {
  const { uploader } = await insertStaff(app.db);
  const { patient } = await insertPatientWithSample(app.db, uploader);
  await app.as(uploader)('getPatient', { params: { patientId: patient.id } });
  const text = await ofApi();
  const route =
    'balscope_http_request_duration_seconds_count{method="GET",route="/api/v1/patients/:patient_id"';
  expect(seriesOf(text, `${route},status="200"}`)).toBe(1);
  expect(text).not.toContain(patient.id);
  expect(seriesOf(text, 'balscope_samples{status="pending"}')).toBe(1);
  expect(seriesOf(text, 'balscope_queue_jobs{state="dead"}')).toBe(0);
  expect(seriesOf(text, 'balscope_queue_oldest_waiting_seconds')).toBe(0);
  expect(seriesOf(text, 'balscope_database_waiting')).toBe(0);
  expect(seriesOf(text, 'balscope_workers_alive')).toBe(1);
  expect(seriesOf(text, 'balscope_objects_free_bytes')).toBeGreaterThan(0);
});

test('a worker tells of its jobs, to whoever knows the token', async () => {
  expect((await ofWorker({})).status).toBe(401);
  expect((await fetch(`http://127.0.0.1:${worker.metricsPort}/`)).status).toBe(404);
  const { uploader } = await insertStaff(app.db);
  const patient = await insertPatient(app.db, uploader);
  const good = { name: 'a.png', bytes: await fieldImage() };
  await postForm(app, uploader, [
    ['file', good],
    ['patient_id', patient.id],
  ]);
  await vi.waitFor(
    async () => {
      const text = await (await ofWorker()).text();
      expect(seriesOf(text, 'balscope_job_duration_seconds_count{outcome="done"}')).toBe(1);
    },
    { timeout: 20_000, interval: 200 },
  );
});

test('a worker whose port is taken says which variable to change', async () => {
  const { config, log, database, objects, jobs } = app.deps;
  const taken = { ...config, metrics: { token: TOKEN, workerPort: worker.metricsPort } };
  await expect(startWorker({ config: taken, log, database, objects, jobs })).rejects.toThrow(
    /taken by another program. Set WORKER_METRICS_PORT/,
  );
});

test('what goes wrong with objects is counted by what it was, a sender who goes away is not', async () => {
  const { objects } = app.deps;
  await expect(objects.read('samples/none/original')).rejects.toThrow('no object');
  const leaving = Readable.from(
    (async function* () {
      yield Buffer.from('half');
      throw new Error('gone');
    })(),
  );
  await expect(objects.put('samples/a/original', leaving, { maxBytes: 10 })).rejects.toThrow();
  const { uploader } = await insertStaff(app.db);
  const cutShort = await app.inject({
    method: 'POST',
    url: '/api/v1/upload_img',
    headers: {
      authorization: `Bearer ${await app.tokenOf(uploader)}`,
      'content-type': 'multipart/form-data; boundary=b',
    },
    payload: '--b\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\n\r\nhalf',
  });
  expect(cutShort.statusCode).toBe(400);
  await objects.put('samples/b/original', Readable.from([Buffer.from('bytes')]), { maxBytes: 10 });
  const { stream } = await objects.get('samples/b/original', { sha256: 'another' });
  await expect(stream.toArray()).rejects.toThrow('hash');
  const text = await ofApi();
  const errors = text.split('\n').filter((line) => line.startsWith('balscope_object_errors_total'));
  expect(errors).toEqual([
    'balscope_object_errors_total{operation="read",code="not_found"} 1',
    'balscope_object_errors_total{operation="get",code="corrupt"} 1',
  ]);
});

describe('who may read', () => {
  test('this machine, but no proxy on it, while no token is set', async () => {
    expect((await app.inject({ url: '/api/v1/metrics' })).headers['content-type']).toMatch(/^text\/plain/);
    const others = [
      await app.inject({ url: '/metrics', remoteAddress: '10.0.0.7' }),
      await app.inject({ url: '/metrics', headers: { 'x-forwarded-for': '10.0.0.7' } }),
    ];
    expect(others.map(({ statusCode }) => statusCode)).toEqual([401, 401]);
  });

  test('whoever knows the token when one is set', async () => {
    const own = await createTestApp({ config: { metrics: { token: TOKEN, workerPort: undefined } } });
    expect((await own.inject({ url: '/metrics' })).statusCode).toBe(401);
    const headers = { authorization: `Bearer ${TOKEN}` };
    const answer = await own.inject({ url: '/metrics', headers, remoteAddress: '10.0.0.7' });
    expect(answer.statusCode).toBe(200);
    await own.close();
  });
});

test('a database that is away leaves its metrics out, and the others are told', async () => {
  const own = await createTestApp();
  await own.deps.database.close();
  const answer = await own.inject({ url: '/metrics' });
  expect(answer.statusCode).toBe(200);
  expect(answer.body).toContain('process_resident_memory_bytes');
  expect(answer.body).not.toMatch(/^balscope_samples\{/m);
  await own.close().catch(() => {});
});

describe('ops/', () => {
  const METRIC = /\b(?:balscope|nodejs|process)_\w+/g;
  const baseOf = (name: string) => name.replace(/_(bucket|count|sum)$/, '');

  test.each(['grafana-dashboard.json', 'alerts.yml'])('%s names only metrics that are told', async (file) => {
    const told = new Set(
      [...`${await ofApi()}\n${await (await ofWorker()).text()}`.matchAll(/^# TYPE (\S+)/gm)].map(
        ([, name]) => name,
      ),
    );
    const named = [...new Set(read(file).match(METRIC))];
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !told.has(name) && !told.has(baseOf(name)))).toEqual([]);
  });

  test('the dashboard is JSON whose every panel asks something', () => {
    const { panels } = JSON.parse(read('grafana-dashboard.json'));
    for (const { type, title, targets } of panels) {
      if (type !== 'row') expect([title, targets.length > 0]).toEqual([title, true]);
    }
  });
});
