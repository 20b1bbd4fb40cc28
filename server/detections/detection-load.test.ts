import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertPatientWithSample, insertStaff } from '../testing/factories.ts';
import { fieldImage } from '../testing/image-files.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { storedKeys } from '../testing/upload-form.ts';

let app: TestApp;
let address: string;
let staff: Awaited<ReturnType<typeof insertStaff>>;
let sampleId: string;

beforeAll(async () => {
  app = await createTestApp();
  address = await app.app.listen({ port: 0 });
  staff = await insertStaff(app.db);
  sampleId = await storeField();
});
afterAll(() => app?.close());

async function storeField(): Promise<string> {
  const { sample } = await insertPatientWithSample(app.db, staff.uploader);
  const field = await fieldImage('jpeg', { width: 3000, height: 2000 });
  await app.deps.objects.put(sample.s3Key, Readable.from([field]), { maxBytes: 1e8 });
  return sample.id;
}

const headersOf = async (user: { id: string; securityVersion: number }) => ({
  authorization: `Bearer ${await app.tokenOf(user)}`,
});
const detection = (parameters = '') =>
  `${address}/api/v1/cells/dynamic-detect?sample_id=${sampleId}&downscale=1${parameters}`;

test('one caller has so many detections at once, and others still have theirs', async () => {
  const headers = await headersOf(staff.uploader);
  const many = Promise.all(Array.from({ length: 12 }, () => fetch(detection(), { headers })));
  const other = await fetch(detection(), { headers: await headersOf(staff.annotator) });
  expect(other.status).toBe(200);
  const answers = await many;
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(4);
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused).toHaveLength(8);
  expect(refused[0].headers.get('retry-after')).toBe('1');
});

test('an upload does not wait behind detections', async () => {
  const { imageJobs } = app.deps;
  const source = { bytes: await fieldImage('jpeg', { width: 3000, height: 2000 }) };
  await imageJobs.check(source);
  let ended = 0;
  const detections = Array.from({ length: 10 }, () =>
    imageJobs
      .detect({ source, engine: 'tree', parameters: { downscale: 1 }, micronsPerPixel: undefined })
      .then(() => ended++),
  );
  await imageJobs.check(source);
  expect(ended).toBeLessThan(8);
  await Promise.all(detections);
});

test('a form that is none is refused, and nothing of it is kept', async () => {
  const before = await storedKeys(app);
  const send = async (contentType: string, payload: string) => {
    const headers = { ...(await headersOf(staff.uploader)), 'content-type': contentType };
    const response = await app.inject({ method: 'POST', url: '/api/v1/cells/detect', headers, payload });
    return response.json().code;
  };
  const form = 'multipart/form-data; boundary=X';
  const part = '--X\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\nabc';
  expect(await send('multipart/form-data', part)).toBe('bad_request');
  expect(await send(form, 'garbage')).toBe('bad_request');
  expect(await send(form, part)).toBe('bad_request');
  const badJson =
    '--X\r\nContent-Disposition: form-data; name="parameters"\r\nContent-Type: application/json\r\n\r\n{\r\n--X--\r\n';
  expect(await send(form, badJson)).toBe('bad_request');
  expect(await storedKeys(app)).toEqual(before);
});

test('nothing that is said of a stored image tells where it lies', async () => {
  const { sample } = await insertPatientWithSample(app.db, staff.uploader);
  const headers = await headersOf(staff.uploader);
  for (const bytes of [
    undefined,
    Buffer.alloc(0),
    Buffer.from('text'),
    (await fieldImage('png')).subarray(0, 200),
  ]) {
    if (bytes) await app.deps.objects.put(sample.s3Key, Readable.from([bytes]), { maxBytes: 1e6 });
    const response = await fetch(`${address}/api/v1/cells/dynamic-detect?sample_id=${sample.id}`, {
      headers,
    });
    expect(response.status).toBe(422);
    const { detail } = (await response.json()) as { detail: string };
    expect(detail).not.toContain(app.deps.config.dataFolder);
    expect(detail).not.toContain('objects');
  }
});
