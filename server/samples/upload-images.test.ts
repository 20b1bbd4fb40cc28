import { createHash } from 'node:crypto';
import http from 'node:http';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { userActivityLog } from '../db/tables/operational.ts';
import { lavages, patients, samples, slides } from '../db/tables/patients.ts';
import { insertLavage, insertPatient, insertStaff, insertUser } from '../testing/factories.ts';
import { emptyPng, fieldImage } from '../testing/image-files.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { type FormFile, postForm, storedKeys } from '../testing/upload-form.ts';

let app: TestApp;
let staff: Awaited<ReturnType<typeof insertStaff>>;
let patient: Awaited<ReturnType<typeof insertPatient>>;
let seed = 0;

beforeAll(async () => {
  app = await createTestApp();
  const { limits } = app.deps.config;
  limits.filesPerUpload = 20;
});
afterAll(() => app.close());
beforeEach(async () => {
  staff = await insertStaff(app.db);
  patient = await insertPatient(app.db, staff.uploader);
});

const image = async (name = 'field.png'): Promise<FormFile> => ({
  name,
  bytes: await fieldImage('png', { seed: ++seed }),
});
const text = (name: string): FormFile => ({ name, bytes: Buffer.from('not an image') });
const upload = (...entries: [string, string | FormFile][]) => postForm(app, staff.uploader, entries);
const samplesOf = (patientId: string) =>
  app.db.select().from(samples).where(eq(samples.patientId, patientId));

describe('a first upload', () => {
  test('makes patient, lavage, slide and samples, with their jobs, audit rows and bytes', async () => {
    const files = [await image('a.png'), await image('b.png')];
    const { status, body } = await upload(
      ['file', files[0]],
      ['name', 'Ada Muster'],
      ['age', '61'],
      ['file', files[1]],
      ['gender', 'female'],
      ['microns_per_pixel', '0.25'],
    );
    expect(status).toBe(201);
    expect(body.rejected).toEqual([]);
    expect(body.samples).toMatchObject([
      { original_filename: 'a.png', width: 320, height: 240, inference_status: 'pending', duplicate: false },
      { original_filename: 'b.png' },
    ]);
    const ids = body.samples.map((sample: { job_id: string }) => sample.job_id);
    expect(await app.deps.jobs.findWithJob(ids)).toEqual(new Set(ids));
    for (const [at, { s3_key: key, sha256 }] of body.samples.entries()) {
      expect(sha256).toBe(createHash('sha256').update(files[at].bytes).digest('hex'));
      expect(await app.deps.objects.read(key)).toEqual(Buffer.from(files[at].bytes));
    }
    const [row] = await app.db.select().from(samples).where(eq(samples.id, ids[0]));
    expect(row.micronsPerPixel).toBe(0.25);
    const [owner] = await app.db.select().from(patients).where(eq(patients.id, row.patientId));
    expect(owner).toMatchObject({ name: 'Ada Muster', age: 61, hospitalId: staff.hospital.id });
    const acts = await app.db
      .select()
      .from(userActivityLog)
      .where(eq(userActivityLog.userId, staff.uploader.id));
    expect(acts.map((act) => act.activityType).sort()).toEqual([
      'lavage.create',
      'patient.create',
      'sample.upload',
      'sample.upload',
      'slide.create',
    ]);
  });

  test('and further ones share the lavage and slide, also when both come at once', async () => {
    const [one, other] = [await image(), await image()];
    const answers = await Promise.all([
      upload(['patient_id', patient.id], ['file', one]),
      upload(['patient_id', patient.id], ['file', other]),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(await app.db.select().from(lavages).where(eq(lavages.patientId, patient.id))).toHaveLength(1);
    const rows = await samplesOf(patient.id);
    expect(new Set(rows.map((row) => row.slideId)).size).toBe(1);
  });
});

describe('files that cannot be taken', () => {
  const bad = async (): Promise<[string, FormFile, string][]> => {
    const jpeg = await fieldImage('jpeg', { width: 640, height: 480, seed: ++seed });
    return [
      ['text named .png', text('notes.png'), 'unsupported_image'],
      [
        'SVG',
        { name: 'a.jpg', bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>') },
        'unsupported_image',
      ],
      ['nothing', { name: 'empty.tif', bytes: Buffer.alloc(0) }, 'damaged_image'],
      ['half a JPEG', { name: 'cut.jpg', bytes: jpeg.subarray(0, jpeg.length / 2) }, 'damaged_image'],
      ['400 megapixels', { name: 'bomb.png', bytes: emptyPng(20_000, 20_000) }, 'image_too_large'],
      ['8 × 8 pixels', { name: 'dot.png', bytes: emptyPng(8, 8) }, 'image_too_small'],
    ];
  };

  test('are named with reason and remedy; the good ones stand; nothing of the bad ones stays', async () => {
    const before = await storedKeys(app);
    const files = await bad();
    const good = await image('good.png');
    const { status, body } = await upload(
      ...files.map(([, file]): [string, FormFile] => ['file', file]),
      ['patient_id', patient.id],
      ['file', good],
    );
    expect(status).toBe(201);
    expect(body.samples.map((one: { original_filename: string }) => one.original_filename)).toEqual([
      'good.png',
    ]);
    expect(body.rejected.map((one: { code: string }) => one.code)).toEqual(files.map(([, , code]) => code));
    for (const { detail } of body.rejected) expect(detail).toMatch(/(Export|Upload|Save) /);
    const added = (await storedKeys(app)).filter((key) => !before.includes(key));
    expect(added).toEqual([body.samples[0].s3_key]);
  });

  test('alone are a 422 that lists each', async () => {
    const before = await storedKeys(app);
    const { status, body } = await upload(
      ['patient_id', patient.id],
      ['file', text('a.png')],
      ['file', text('b.png')],
    );
    expect(status).toBe(422);
    expect(body.code).toBe('no_readable_file');
    expect(body.errors.map((error: { path: string }) => error.path)).toEqual(['a.png', 'b.png']);
    expect(await storedKeys(app)).toEqual(before);
    expect(await samplesOf(patient.id)).toEqual([]);
  });

  test('such as those beyond the size limit are cut off, and the parts after them are read', async () => {
    const small = await createTestApp({
      config: { limits: { ...app.deps.config.limits, uploadBytes: 20_000 } },
    });
    const { uploader } = await insertStaff(small.db);
    const own = await insertPatient(small.db, uploader);
    const large = {
      name: 'large.png',
      bytes: Buffer.concat([await fieldImage('png'), Buffer.alloc(300_000)]),
    };
    const { status, body } = await postForm(small, uploader, [
      ['file', large],
      ['file', await image('good.png')],
      ['patient_id', own.id],
    ]);
    expect(status).toBe(201);
    expect(body.rejected).toMatchObject([{ original_filename: 'large.png', code: 'payload_too_large' }]);
    expect(await storedKeys(small)).toHaveLength(1);
    await small.close();
  });
});

describe('a refused upload leaves nothing behind', () => {
  const refused = async (entries: [string, string | FormFile][], status: number, code: string) => {
    const before = await storedKeys(app);
    const answer = await upload(...entries);
    expect(answer.body).toMatchObject({ status, code });
    expect(await storedKeys(app)).toEqual(before);
    return answer.body;
  };

  test('without a patient', async () => {
    await refused([['file', await image()]], 422, 'validation_failed');
  });
  test("with another hospital's patient", async () => {
    const elsewhere = await insertPatient(app.db, await insertUser(app.db, 'UPLOADER'));
    await refused(
      [
        ['file', await image()],
        ['patient_id', elsewhere.id],
      ],
      404,
      'not_found',
    );
  });
  test('with a field nobody knows', async () => {
    await refused(
      [
        ['file', await image()],
        ['patient_id', patient.id],
        ['role', 'ADMIN'],
      ],
      422,
      'validation_failed',
    );
  });
  test('with a file in a part of another name', async () => {
    await refused(
      [
        ['file', await image()],
        ['photo', await image()],
        ['patient_id', patient.id],
      ],
      422,
      'validation_failed',
    );
  });
  test('with an existing patient and the name of a new one', async () => {
    const body = await refused(
      [
        ['file', await image()],
        ['patient_id', patient.id],
        ['name', 'X'],
      ],
      422,
      'validation_failed',
    );
    expect(body.errors[0].path).toBe('name');
  });
  test('when several lavages could be meant', async () => {
    const [first] = [await insertLavage(app.db, patient), await insertLavage(app.db, patient)];
    await refused(
      [
        ['file', await image()],
        ['patient_id', patient.id],
      ],
      422,
      'ambiguous_lavage',
    );
    const { status } = await upload(
      ['file', await image()],
      ['patient_id', patient.id],
      ['lavage_id', first.id],
    );
    expect(status).toBe(201);
    expect(await app.db.select().from(slides).where(eq(slides.lavageId, first.id))).toHaveLength(1);
  });
  test("with another patient's lavage", async () => {
    const lavage = await insertLavage(app.db, await insertPatient(app.db, staff.uploader));
    await refused(
      [
        ['file', await image()],
        ['patient_id', patient.id],
        ['lavage_id', lavage.id],
      ],
      404,
      'not_found',
    );
  });
  test('that is no form', async () => {
    const response = await app.inject({
      method: 'POST',
      url: '/api/v1/upload_img',
      headers: { authorization: `Bearer ${await app.tokenOf(staff.uploader)}` },
      payload: { patient_id: patient.id },
    });
    expect([response.statusCode, response.json().code]).toEqual([415, 'unsupported_media_type']);
  });
  test('that breaks off in a file', async () => {
    const before = await storedKeys(app);
    const response = await app.inject({
      method: 'POST',
      url: '/api/v1/upload_img',
      headers: {
        authorization: `Bearer ${await app.tokenOf(staff.uploader)}`,
        'content-type': 'multipart/form-data; boundary=x',
      },
      payload: '--x\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\n\r\nhalf',
    });
    expect([response.statusCode, response.json().code]).toEqual([400, 'bad_request']);
    expect(await storedKeys(app)).toEqual(before);
  });
  test('whose sender goes away, after one file and in the middle of the next [CVE-2023-25576]', async () => {
    const before = await storedKeys(app);
    const { port } = new URL(await app.app.listen({ port: 0 }));
    const sender = http.request({
      port,
      method: 'POST',
      path: '/api/v1/upload_img',
      headers: {
        authorization: `Bearer ${await app.tokenOf(staff.uploader)}`,
        'content-type': 'multipart/form-data; boundary=x',
      },
    });
    sender.on('error', () => {});
    const part = '--x\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\n\r\n';
    sender.write(part);
    sender.write((await image()).bytes);
    sender.write(`\r\n${part}`);
    sender.write(Buffer.alloc(100_000));
    await vi.waitFor(async () => expect((await storedKeys(app)).length).toBe(before.length + 1));
    sender.destroy();
    await vi.waitFor(async () => expect(await storedKeys(app)).toEqual(before));
    expect(await app.deps.objects.sweepTemporary(-1000)).toBe(0);
  });
  test('by an annotator', async () => {
    const { status } = await postForm(app, staff.annotator, [
      ['file', await image()],
      ['patient_id', patient.id],
    ]);
    expect(status).toBe(403);
  });
});

describe('the same bytes', () => {
  test('answer with the sample that exists', async () => {
    const file = await image();
    const first = await upload(['patient_id', patient.id], ['file', file]);
    const again = await upload(['patient_id', patient.id], ['file', { ...file, name: 'copy.png' }]);
    expect(again.body.samples).toMatchObject([{ job_id: first.body.samples[0].job_id, duplicate: true }]);
    expect(await samplesOf(patient.id)).toHaveLength(1);
    expect((await storedKeys(app)).filter((key) => key === first.body.samples[0].s3_key)).toHaveLength(1);
  });

  test('twice in one form and in forms at once are one sample, one job and one object', async () => {
    const before = await storedKeys(app);
    const file = await image();
    const form: [string, string | FormFile][] = [
      ['patient_id', patient.id],
      ['file', file],
      ['file', file],
    ];
    const answers = await Promise.all([upload(...form), upload(...form), upload(...form)]);
    const all = answers.flatMap(({ body }) => body.samples);
    expect(new Set(all.map((sample) => sample.job_id)).size).toBe(1);
    expect(all.filter((sample) => !sample.duplicate)).toHaveLength(1);
    expect((await storedKeys(app)).length - before.length).toBe(1);
  });
});

describe('an idempotency key', () => {
  const keyed = (key: string, ...entries: [string, string | FormFile][]) =>
    postForm(app, staff.uploader, entries, { headers: { 'idempotency-key': key } });
  const person: [string, string][] = [
    ['name', 'Eva'],
    ['age', '40'],
    ['gender', 'female'],
  ];

  test('makes the repeated upload of a new patient the same upload', async () => {
    const before = await storedKeys(app);
    const file = await image();
    const [first, again] = [
      await keyed('k1', ...person, ['file', file]),
      await keyed('k1', ...person, ['file', file]),
    ];
    expect(again.body).toEqual(first.body);
    expect((await storedKeys(app)).length - before.length).toBe(1);
  });

  test('refuses other files', async () => {
    await keyed('k2', ...person, ['file', await image()]);
    const before = await storedKeys(app);
    const other = await keyed('k2', ...person, ['file', await image()]);
    expect([other.status, other.body.code]).toEqual([409, 'idempotency_mismatch']);
    expect(await storedKeys(app)).toEqual(before);
  });
});

test('a full disk is a 507 and takes nothing', async () => {
  const { objects } = app.deps;
  const put = objects.put;
  const { ObjectError } = await import('../platform/objects.ts');
  objects.put = async () => {
    throw new ObjectError('full', 'The disk is full');
  };
  const answer = await upload(['patient_id', patient.id], ['file', await image()]).finally(() => {
    objects.put = put;
  });
  expect([answer.status, answer.body.code]).toEqual([507, 'storage_full']);
  expect(await samplesOf(patient.id)).toEqual([]);
});
