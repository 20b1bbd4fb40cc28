import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../db/client.ts';
import { createTestBucket, createTestQueue, testAws } from '../testing/aws.ts';
import { openGate } from '../testing/aws-gate.ts';
import { insertPatient, insertStaff } from '../testing/factories.ts';
import { fieldImage } from '../testing/image-files.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { postForm } from '../testing/upload-form.ts';

type Gate = Awaited<ReturnType<typeof openGate>>;

let s3Gate: Gate;
let sqsGate: Gate;
let app: TestApp;
let staff: Awaited<ReturnType<typeof insertStaff>>;
let s3Settings: NonNullable<TestApp['deps']['config']['s3']>;
let sqsSettings: NonNullable<TestApp['deps']['config']['sqs']>;
beforeAll(async () => {
  [s3Gate, sqsGate] = await Promise.all([openGate(), openGate()]);
  const [{ bucket }, { queueUrl }] = await Promise.all([createTestBucket(), createTestQueue()]);
  s3Settings = { ...testAws(), bucket, endpointUrl: s3Gate.url, publicEndpointUrl: undefined };
  sqsSettings = { ...testAws(), queueUrl, endpointUrl: sqsGate.url };
  app = await createTestApp({ config: { s3: s3Settings, sqs: sqsSettings } });
  staff = await insertStaff(app.db);
});
afterAll(async () => {
  await app.close();
  await Promise.all([s3Gate.shut(), sqsGate.shut()]);
});

async function readiness(of = app) {
  const response = await of.inject({ url: '/health/ready' });
  const { status, ...parts } = response.json();
  return [response.statusCode, status, parts];
}

async function upload() {
  const patient = await insertPatient(app.db, staff.uploader);
  return postForm(app, staff.uploader, [
    ['patient_id', patient.id],
    ['file', { name: 'field.png', bytes: await fieldImage() }],
  ]);
}

test('ready names S3 and SQS as up', async () => {
  expect(await readiness()).toEqual([200, 'ready', { database: 'up', objects: 'up', queue: 'up' }]);
});

test('with SQS away only the queue is down; uploads are taken, and the status shows all but the dead letters', async () => {
  await sqsGate.shut();
  expect(await readiness()).toEqual([503, 'not_ready', { database: 'up', objects: 'up', queue: 'down' }]);
  const { status, body } = await upload();
  expect(status).toBe(201);
  const asAdmin = app.as(staff.admin);
  expect((await asAdmin('processingStatus', {})).queue.deadLetters).toBeNull();
  await expect(asAdmin('listDeadLetters', { query: {} })).rejects.toMatchObject({
    status: 503,
    code: 'unavailable',
    message: expect.stringMatching(/^The queue of the jobs/),
  });
  const metrics = (await app.inject({ url: '/metrics' })).body;
  expect(metrics).toContain('balscope_queue_jobs{state="waiting"}');
  expect(metrics).not.toContain('state="dead"');
  expect(await app.deps.jobs.findWithJob([body.samples[0].job_id])).toHaveLength(1);
  await sqsGate.reopen();
});

test('with S3 away only the objects are down, and an upload is refused without a row', async () => {
  await s3Gate.shut();
  expect(await readiness()).toEqual([503, 'not_ready', { database: 'up', objects: 'down', queue: 'up' }]);
  const { status, body } = await upload();
  expect([status, body.code]).toEqual([503, 'unavailable']);
  await s3Gate.reopen();
});

test('with the database away only the database is down', async () => {
  const nowhere = connect('postgres://nobody@127.0.0.1:1/none');
  const own = await createTestApp({ database: nowhere, config: { s3: s3Settings, sqs: sqsSettings } });
  expect(await readiness(own)).toEqual([503, 'not_ready', { database: 'down', objects: 'up', queue: 'up' }]);
  await own.close();
  await nowhere.close();
});
