import { createHash } from 'node:crypto';
import http from 'node:http';
import { Readable } from 'node:stream';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { uploads, userActivityLog } from '../db/tables/operational.ts';
import { samples } from '../db/tables/patients.ts';
import { ObjectError } from '../platform/objects.ts';
import { insertPatient, insertStaff, insertUser } from '../testing/factories.ts';
import { emptyPng, fieldImage } from '../testing/image-files.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { tusClient } from '../testing/tus-client.ts';
import { postForm, storedKeys } from '../testing/upload-form.ts';
import { removeExpiredUploads } from './resumable-queries.ts';

let app: TestApp;
/** A second API process on the same database and objects. */
let beside: TestApp;
let staff: Awaited<ReturnType<typeof insertStaff>>;
let patient: Awaited<ReturnType<typeof insertPatient>>;
let client: Awaited<ReturnType<typeof tusClient>>;
let seed = 1000;

beforeAll(async () => {
  app = await createTestApp();
  beside = await createTestApp({ config: app.deps.config, objects: app.deps.objects });
});
afterAll(async () => {
  await beside?.close();
  await app?.close();
});
beforeEach(async () => {
  staff = await insertStaff(app.db);
  patient = await insertPatient(app.db, staff.uploader);
  client = await tusClient(app, staff.uploader);
});

const image = () => fieldImage('png', { seed: ++seed });
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const samplesOfPatient = () => app.db.select().from(samples).where(eq(samples.patientId, patient.id));
const metadata = (more: Record<string, string> = {}) => ({
  patient_id: patient.id,
  filename: 'field.png',
  ...more,
});
const idOf = (url: string) => url.split('/').at(-1)!;
const stateOf = (url: string) => app.as(staff.uploader)('getUpload', { params: { id: idOf(url) } });

async function begin(bytes: Uint8Array, more?: Record<string, string>): Promise<string> {
  const { status, headers } = await client.create(bytes.length, metadata(more));
  expect(status).toBe(201);
  return headers.location!;
}

async function expectOneSample(bytes: Uint8Array): Promise<typeof samples.$inferSelect> {
  const found = await samplesOfPatient();
  expect(found).toHaveLength(1);
  const [sample] = found;
  expect(sample.sha256).toBe(hashOf(bytes));
  expect(hashOf(await app.deps.objects.read(sample.s3Key))).toBe(hashOf(bytes));
  return sample;
}

/** Waits until so many bytes of the next upload were on their way into the store. */
function countStored() {
  const { objects } = app.deps;
  const put = objects.put;
  let count = 0;
  vi.spyOn(objects, 'put').mockImplementationOnce((key, source, limits) => {
    const counted = async function* () {
      for await (const chunk of source as AsyncIterable<Buffer>) {
        count += chunk.length;
        yield chunk;
      }
    };
    return put(key, Readable.from(counted()), limits);
  });
  return (bytes: number) => vi.waitFor(() => expect(count).toBe(bytes));
}

describe('an upload', () => {
  test('in pieces ends in the rows, job and activity of a form, and leaves nothing but the image', async () => {
    const bytes = await image();
    const keysBefore = await storedKeys(app);
    const url = await begin(bytes, {
      filename: '../Ada.png',
      microns_per_pixel: '0.25',
      sha256: hashOf(bytes),
    });
    expect((await client.patch(url, 0, bytes.subarray(0, 300))).headers['upload-offset']).toBe('300');
    expect(await samplesOfPatient()).toEqual([]);
    expect((await client.patch(url, 300, bytes.subarray(300, 600))).status).toBe(204);
    const { headers } = await client.head(url);
    expect(headers).toMatchObject({ 'upload-offset': '600', 'upload-length': String(bytes.length) });
    expect((await client.patch(url, 600, bytes.subarray(600))).status).toBe(204);
    const sample = await expectOneSample(bytes);
    expect(sample).toMatchObject({
      originalFilename: 'Ada.png',
      micronsPerPixel: 0.25,
      width: 320,
      height: 240,
    });
    expect(await app.deps.jobs.findWithJob([sample.id])).toEqual(new Set([sample.id]));
    expect(await stateOf(url)).toMatchObject({ sample: { jobId: sample.id, duplicate: false } });
    expect((await storedKeys(app)).filter((key) => !keysBefore.includes(key))).toEqual([sample.s3Key]);
    const acts = await app.db
      .select({ type: userActivityLog.activityType })
      .from(userActivityLog)
      .where(eq(userActivityLog.userId, staff.uploader.id));
    expect(acts.map(({ type }) => type).sort()).toEqual(['lavage.create', 'sample.upload', 'slide.create']);
  });

  test('may bring all its bytes with its creation, which are then stored once', async () => {
    const bytes = await image();
    const put = vi.spyOn(app.deps.objects, 'put');
    const { status, headers } = await client.create(bytes.length, metadata(), bytes);
    expect([status, headers['upload-offset']]).toEqual([201, String(bytes.length)]);
    expect(put).toHaveBeenCalledTimes(1);
    put.mockRestore();
    await expectOneSample(bytes);
  });

  test('whose connection breaks keeps what came, and goes on from there at another process', async () => {
    const bytes = await image();
    const url = await begin(bytes);
    const came = countStored();
    const port = Number(new URL(await app.app.listen({ port: 0, host: '127.0.0.1' })).port);
    const request = http.request({
      method: 'PATCH',
      host: '127.0.0.1',
      port,
      path: url,
      headers: {
        authorization: client.authorization,
        'tus-resumable': '1.0.0',
        'upload-offset': '0',
        'content-type': 'application/offset+octet-stream',
        'content-length': String(bytes.length),
      },
    });
    request.on('error', () => {});
    const half = bytes.subarray(0, bytes.length / 2);
    request.write(half);
    await came(half.length);
    request.destroy();
    await vi.waitFor(async () => expect((await stateOf(url)).offsetBytes).toBe(half.length));
    const there = await tusClient(beside, staff.uploader);
    const offset = Number((await there.head(url)).headers['upload-offset']);
    expect((await there.patch(url, offset, bytes.subarray(offset))).status).toBe(204);
    await expectOneSample(bytes);
  });

  test('of bytes that the patient has answers with the sample that exists', async () => {
    const bytes = await image();
    const entries = [
      ['patient_id', patient.id],
      ['file', { name: 'first.png', bytes }],
    ] as const;
    const { body } = await postForm(app, staff.uploader, entries);
    const keys = await storedKeys(app);
    const { headers } = await client.create(bytes.length, metadata(), bytes);
    expect(await stateOf(headers.location!)).toMatchObject({
      sample: { jobId: body.samples[0].job_id, duplicate: true },
    });
    expect(await storedKeys(app)).toEqual(keys);
  });
});

describe('the last byte and the rows', () => {
  test('may be parted by a crash: the next question makes the sample, once', async () => {
    const bytes = await image();
    const url = await begin(bytes);
    const enqueue = vi.spyOn(app.deps.jobs, 'enqueue').mockRejectedValueOnce(new Error('the process died'));
    expect((await client.patch(url, 0, bytes.subarray(0, 900))).status).toBe(204);
    expect((await client.patch(url, 900, bytes.subarray(900))).status).toBe(500);
    enqueue.mockRestore();
    expect(await samplesOfPatient()).toEqual([]);
    const heads = await Promise.all([client.head(url), (await tusClient(beside, staff.uploader)).head(url)]);
    expect(heads.map(({ headers }) => headers['upload-offset'])).toEqual([
      String(bytes.length),
      String(bytes.length),
    ]);
    await expectOneSample(bytes);
    expect((await client.head(url)).status).toBe(200);
    await expectOneSample(bytes);
  });

  test('are not parted when the joined parts are there but the process died before the check', async () => {
    const bytes = await image();
    const url = await begin(bytes);
    await client.patch(url, 0, bytes.subarray(0, 900));
    const check = vi.spyOn(app.deps.imageJobs, 'check').mockRejectedValueOnce(new Error('the process died'));
    expect((await client.patch(url, 900, bytes.subarray(900))).status).toBe(500);
    check.mockRestore();
    expect((await client.head(url)).status).toBe(200);
    await expectOneSample(bytes);
  });
});

test('two that finish it at once: the slower one, whose parts the other removed, does not take it away', async () => {
  const { objects, imageJobs } = app.deps;
  const bytes = await image();
  const url = await begin(bytes);
  const get = objects.get;
  const joining = vi.spyOn(objects, 'get').mockRejectedValueOnce(new ObjectError('unavailable', 'away'));
  await client.patch(url, 0, bytes.subarray(0, 900));
  expect((await client.patch(url, 900, bytes.subarray(900))).status).toBe(503);

  const partsAreGone = Promise.withResolvers<void>();
  joining.mockImplementationOnce(async (...of) => {
    await partsAreGone.promise;
    return get(...of);
  });
  const slower = (await tusClient(beside, staff.uploader)).head(url);
  await vi.waitFor(() => expect(joining).toHaveBeenCalledTimes(2));
  const check = imageJobs.check;
  const checking = vi.spyOn(imageJobs, 'check').mockImplementationOnce(async (source) => {
    partsAreGone.resolve();
    expect((await slower).status).toBe(503);
    return check(source);
  });
  expect((await client.head(url)).status).toBe(200);
  checking.mockRestore();
  joining.mockRestore();
  const { id } = await expectOneSample(bytes);
  expect(await stateOf(url)).toMatchObject({ sample: { jobId: id } });
});

describe('who may go on with an upload', () => {
  test('is its owner only: to others, administrators too, there is none', async () => {
    const bytes = await image();
    const url = await begin(bytes);
    const colleague = await insertUser(app.db, 'UPLOADER', { hospitalId: staff.hospital.id });
    for (const user of [colleague, staff.admin]) {
      const other = await tusClient(app, user);
      expect((await other.head(url)).status).toBe(404);
      expect((await other.patch(url, 0, bytes)).status).toBe(404);
      expect((await other.remove(url)).status).toBe(404);
      expect((await app.as(user)('listUploads', {})).items).toEqual([]);
      await expect(app.as(user)('getUpload', { params: { id: idOf(url) } })).rejects.toMatchObject({
        status: 404,
      });
    }
    const reader = await tusClient(app, staff.annotator);
    expect((await reader.head(url)).status).toBe(403);
    expect((await stateOf(url)).offsetBytes).toBe(0);
  });

  test('and of two who send the same bytes at once one is taken, the other told to ask again', async () => {
    const bytes = await image();
    const url = await begin(bytes);
    const there = await tusClient(beside, staff.uploader);
    const piece = bytes.subarray(0, 400);
    const both = await Promise.all([client.patch(url, 0, piece), there.patch(url, 0, piece)]);
    expect(both.map(({ status }) => status).sort()).toEqual([204, 409]);
    expect((await client.patch(url, 400, bytes.subarray(400))).status).toBe(204);
    await expectOneSample(bytes);
  });
});

describe('refused is', () => {
  test('what does not fit before its bytes travel', async () => {
    const theirs = await insertPatient(app.db, (await insertStaff(app.db)).uploader);
    const refusals = [
      await client.create(10, metadata({ colour: 'blue' })),
      await client.create(10, metadata({ sha256: 'short' })),
      await client.create(10, metadata({ patient_id: theirs.id })),
      await client.create(app.deps.config.limits.uploadBytes + 1, metadata()),
      await client.send({ method: 'POST', url: '/api/v1/uploads', headers: { 'upload-metadata': 'a b c' } }),
      await client.send({ method: 'POST', url: '/api/v1/uploads', headers: { 'tus-resumable': '0.2' } }),
      await client.send({ method: 'POST', url: '/api/v1/uploads' }),
    ];
    expect(refusals.map(({ status, problem }) => [status, problem?.code])).toEqual([
      [422, 'validation_failed'],
      [422, 'validation_failed'],
      [404, 'not_found'],
      [413, 'payload_too_large'],
      [400, 'bad_request'],
      [412, 'unsupported_protocol'],
      [400, 'bad_request'],
    ]);
  });

  test.each([
    ['no image', async () => Buffer.from('not an image'), 'unsupported_image'],
    ['nothing at all', async () => Buffer.alloc(0), 'damaged_image'],
    ['too many pixels', async () => emptyPng(20_000, 20_000), 'image_too_large'],
  ])('%s, and forgotten with its bytes', async (_, make, code) => {
    const bytes = await make();
    const keys = await storedKeys(app);
    const { status, problem } = await client.create(bytes.length, metadata(), bytes);
    expect([status, problem?.code]).toEqual([422, code]);
    expect(await storedKeys(app)).toEqual(keys);
    expect((await app.as(staff.uploader)('listUploads', {})).items).toEqual([]);
  });

  test('a whole that is not what was announced', async () => {
    const bytes = await image();
    const url = await begin(bytes, { sha256: hashOf(Buffer.from('other')) });
    const { status, problem } = await client.patch(url, 0, bytes);
    expect([status, problem?.code]).toEqual([422, 'checksum_mismatch']);
    expect((await client.head(url)).status).toBe(404);
    expect(await samplesOfPatient()).toEqual([]);
  });

  test('another offset than the next, and more bytes than announced', async () => {
    const bytes = await image();
    const url = await begin(bytes.subarray(0, 100));
    expect((await client.patch(url, 50, bytes.subarray(50, 60))).problem?.code).toBe('conflict');
    expect((await client.patch(url, 0, bytes.subarray(0, 101))).problem?.code).toBe('payload_too_large');
    expect((await stateOf(url)).offsetBytes).toBe(0);
  });

  test('one more while a hundred are unfinished', async () => {
    await app.db.insert(uploads).values(
      Array.from({ length: 100 }, () => ({
        userId: staff.uploader.id,
        lengthBytes: 10,
        fields: {},
        expiresAt: sql`now() + interval '1 hour'`,
      })),
    );
    expect((await client.create(10, metadata())).problem?.code).toBe('rate_limited');
  });

  test('what the disk cannot hold, with 507; once there is room it goes on', async () => {
    const bytes = await image();
    const url = await begin(bytes);
    const put = vi.spyOn(app.deps.objects, 'put').mockRejectedValueOnce(new ObjectError('full', 'no room'));
    expect((await client.patch(url, 0, bytes)).status).toBe(507);
    put.mockRestore();
    expect((await client.head(url)).headers['upload-offset']).toBe('0');
    expect((await client.patch(url, 0, bytes)).status).toBe(204);
    await expectOneSample(bytes);
  });
});

test('an upload that was given up is gone with its bytes; one that became a sample cannot be', async () => {
  const bytes = await image();
  const keys = await storedKeys(app);
  const url = await begin(bytes);
  await client.patch(url, 0, bytes.subarray(0, 500));
  expect((await client.remove(url)).status).toBe(204);
  expect((await client.head(url)).status).toBe(404);
  expect(await storedKeys(app)).toEqual(keys);
  const { headers } = await client.create(bytes.length, metadata(), bytes);
  expect((await client.remove(headers.location!)).status).toBe(400);
  await expectOneSample(bytes);
});

test('an upload is forgotten a day after it began', async () => {
  const bytes = await image();
  const url = await begin(bytes);
  await client.patch(url, 0, bytes.subarray(0, 500));
  const { expiresAt } = await stateOf(url);
  expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(23 * 3600_000);
  await app.db
    .update(uploads)
    .set({ expiresAt: sql`now() - interval '1 s'` })
    .where(eq(uploads.id, idOf(url)));
  expect((await client.patch(url, 500, bytes.subarray(500))).status).toBe(404);
  await removeExpiredUploads(app.db);
  expect(
    await app.db
      .select()
      .from(uploads)
      .where(eq(uploads.id, idOf(url))),
  ).toEqual([]);
});

test('unfinished uploads are listed with what was said of them, for who wants to go on after a reload', async () => {
  const bytes = await image();
  const url = await begin(bytes, { sha256: hashOf(bytes) });
  await client.patch(url, 0, bytes.subarray(0, 700));
  const { items } = await app.as(staff.uploader)('listUploads', {});
  expect(items).toMatchObject([
    {
      id: idOf(url),
      offsetBytes: 700,
      lengthBytes: bytes.length,
      metadata: metadata({ sha256: hashOf(bytes) }),
    },
  ]);
});

test('anybody may ask what the server can', async () => {
  const { statusCode, headers } = await app.inject({ method: 'OPTIONS', url: '/api/v1/uploads' });
  expect(statusCode).toBe(204);
  expect(headers).toMatchObject({
    'tus-version': '1.0.0',
    'tus-extension': 'creation,creation-with-upload,termination,expiration',
    'tus-max-size': String(app.deps.config.limits.uploadBytes),
  });
});
