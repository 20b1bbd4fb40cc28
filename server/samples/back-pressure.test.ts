import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { insertPatient, insertPatientWithSample, insertStaff } from '../testing/factories.ts';
import { fieldImage } from '../testing/image-files.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { tusClient } from '../testing/tus-client.ts';
import { postForm, storedKeys } from '../testing/upload-form.ts';

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ backend: 'local' });
});
afterAll(() => app.close());

async function uploadTo(own: TestApp) {
  const { uploader } = await insertStaff(own.db);
  const patient = await insertPatient(own.db, uploader);
  const form = [
    ['patient_id', patient.id],
    ['file', { name: 'field.png', bytes: await fieldImage() }],
  ] as const;
  return postForm(own, uploader, form);
}

test('an upload waits outside while too many images wait: 503 with the time to come back', async () => {
  const own = await createTestApp({ config: { limits: { ...app.deps.config.limits, waitingJobs: 1 } } });
  const { uploader } = await insertStaff(own.db);
  const { sample: one } = await insertPatientWithSample(own.db, uploader);
  const { sample: other } = await insertPatientWithSample(own.db, uploader);
  await own.db.transaction((tx) => own.deps.jobs.enqueue(tx, [one.id, other.id]));
  const response = await own.inject({
    method: 'POST',
    url: '/api/v1/upload_img',
    headers: {
      authorization: `Bearer ${await own.tokenOf(uploader)}`,
      'content-type': 'multipart/form-data; boundary=x',
    },
    payload: '--x--\r\n',
  });
  expect([response.statusCode, response.headers['retry-after']]).toEqual([503, '60']);
  expect(response.json()).toMatchObject({
    code: 'unavailable',
    detail: expect.stringMatching(/More than 1 images wait/),
  });
  await own.close();
});

test('at the limit it is still taken', async () => {
  const own = await createTestApp({ config: { limits: { ...app.deps.config.limits, waitingJobs: 1 } } });
  const { uploader } = await insertStaff(own.db);
  const { sample } = await insertPatientWithSample(own.db, uploader);
  await own.db.transaction((tx) => own.deps.jobs.enqueue(tx, [sample.id]));
  expect((await uploadTo(own)).status).toBe(201);
  await own.close();
});

test('a disk that is nearly full takes nothing more: 507', async () => {
  const free = await app.deps.objects.freeBytes!();
  expect(free).toBeGreaterThan(0);
  const own = await createTestApp({
    backend: 'local',
    config: { limits: { ...app.deps.config.limits, freeBytes: Number.MAX_SAFE_INTEGER } },
  });
  const { status, body } = await uploadTo(own);
  expect([status, body.code, body.detail]).toEqual([
    507,
    'storage_full',
    expect.stringMatching(/nearly full/),
  ]);
  expect(await storedKeys(own)).toEqual([]);
  await own.close();
});

test('nor more bytes of an upload that has begun', async () => {
  const own = await createTestApp({ backend: 'local' });
  const { uploader } = await insertStaff(own.db);
  const patient = await insertPatient(own.db, uploader);
  const client = await tusClient(own, uploader);
  const { headers } = await client.create(100, { patient_id: patient.id, filename: 'field.png' });
  const free = vi.spyOn(own.deps.objects, 'freeBytes').mockResolvedValue(0);
  await vi.waitFor(async () => {
    const { status, problem } = await client.patch(headers.location!, 0, Buffer.alloc(1));
    expect([status, problem?.code]).toEqual([507, 'storage_full']);
  }, 10_000);
  free.mockRestore();
  await own.close();
});

test('a queue that cannot be asked refuses nobody', async () => {
  const own = await createTestApp();
  own.deps.jobs.stats = () => Promise.reject(new Error('away'));
  expect((await uploadTo(own)).status).toBe(201);
  await own.close();
});
