import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { userActivityLog } from '../db/tables/operational.ts';
import { samples } from '../db/tables/patients.ts';
import { readingFields, readings, sampleAnnotations } from '../db/tables/readings.ts';
import {
  insertDetectionRun,
  insertHospital,
  insertLavage,
  insertPatient,
  insertPatientWithSample,
  insertSample,
  insertSlide,
  insertStaff,
  insertUser,
} from '../testing/factories.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

let app: TestApp;
let staff: Awaited<ReturnType<typeof insertStaff>>;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  staff = await insertStaff(app.db);
});

/** A lavage with samples uploaded a minute apart: field_8, field_9, field_10 … */
async function insertFields(count: number) {
  const patient = await insertPatient(app.db, staff.uploader);
  const lavage = await insertLavage(app.db, patient);
  const slide = await insertSlide(app.db, lavage);
  const fields = [];
  for (let at = 0; at < count; at++) {
    const createdAt = new Date(Date.UTC(2026, 0, 1, 12, at)).toISOString();
    const originalFilename = `field_${8 + at}.png`;
    const given = { slideId: slide.id, createdAt, originalFilename };
    fields.push(await insertSample(app.db, lavage, staff.uploader, given));
  }
  return { patient, lavage, fields };
}

describe('lists', () => {
  test('page by cursor, each sample once, in order', async () => {
    const { patient, fields } = await insertFields(5);
    const call = app.as(staff.annotator);
    const seen: string[] = [];
    let next: string | undefined;
    do {
      const page = await call('listSamples', { query: { perPage: 2, next, sort: 'created_at' } });
      expect(page.total).toBe(5);
      seen.push(...page.items.map(({ jobId }) => jobId));
      next = page.next ?? undefined;
    } while (next);
    expect(seen).toEqual(fields.map(({ id }) => id));
    const ofPatient = await call('listPatientSamples', {
      params: { patientId: patient.id },
      query: { page: 2, perPage: 3 },
    });
    expect(ofPatient.items.map(({ jobId }) => jobId)).toEqual(fields.slice(3).map(({ id }) => id));
  });

  test('order fields lavage by lavage as people order their names, however they were uploaded', async () => {
    const { patient, lavage } = await insertFields(0);
    const later = await insertLavage(app.db, patient);
    const names = ['Field_10', 'field_2', 'field_1', 'field_100', 'FIELD_003'].map((name) => `${name}.png`);
    for (const place of [later, lavage]) {
      for (const originalFilename of names) {
        await insertSample(app.db, place, staff.uploader, { originalFilename });
      }
    }
    const call = app.as(staff.uploader);
    const params = { patientId: patient.id };
    const { items } = await call('listPatientSamples', { params, query: {} });
    const ordered = ['field_1', 'field_2', 'FIELD_003', 'Field_10', 'field_100'].map((name) => `${name}.png`);
    expect(items.map((item) => item.originalFilename)).toEqual([...ordered, ...ordered]);
    expect(items.map((item) => item.lavageId)).toEqual(
      [lavage, later].flatMap(({ id }) => Array<string>(5).fill(id)),
    );

    const seen: string[] = [];
    let next: string | null | undefined;
    do {
      const query = { perPage: 3, ...(next ? { next } : {}) };
      const page: Awaited<ReturnType<typeof call<'listPatientSamples'>>> = await call('listPatientSamples', {
        params,
        query,
      });
      seen.push(...page.items.map(({ jobId }) => jobId));
      next = page.next;
    } while (next);
    expect(seen).toEqual(items.map(({ jobId }) => jobId));

    const third = await call('getSample', { params: { jobId: items[2].jobId } });
    expect([third.previousJobId, third.nextJobId]).toEqual([items[1].jobId, items[3].jobId]);
    const last = await call('getSample', { params: { jobId: items[4].jobId } });
    expect(last.nextJobId).toBeNull();
  });

  test('filter by status, lavage and time, and refuse a cursor that is none', async () => {
    const { lavage, fields } = await insertFields(3);
    await insertDetectionRun(app.db, fields[1]);
    const call = app.as(staff.uploader);
    const ids = async (query: object) =>
      (await call('listSamples', { query })).items.map(({ jobId }) => jobId);
    expect(await ids({ inferenceStatus: 'completed' })).toEqual([fields[1].id]);
    expect(await ids({ lavageId: lavage.id, from: fields[1].createdAt, sort: 'created_at' })).toEqual([
      fields[1].id,
      fields[2].id,
    ]);
    expect(await ids({ to: fields[0].createdAt })).toEqual([fields[0].id]);
    await expect(ids({ next: 'garbage' })).rejects.toMatchObject({ code: 'validation_failed' });
  });

  test('say and filter by what the own reading says of each field, to uploaders the primary one', async () => {
    const { lavage, fields } = await insertFields(4);
    const primary = {
      lavageId: lavage.id,
      userId: staff.annotator.id,
      purpose: 'primary' as const,
      laboratoryId: staff.laboratoryId,
      settingsVersion: 1,
    };
    const [reading] = await app.db.insert(readings).values(primary).returning();
    const field = { readingId: reading.id };
    await app.db.insert(readingFields).values([
      { ...field, sampleId: fields[0].id, state: 'complete' },
      { ...field, sampleId: fields[1].id, state: 'excluded', excludedBecause: 'blurred' },
    ]);
    await app.db.insert(sampleAnnotations).values({
      readingId: reading.id,
      sampleId: fields[2].id,
      userId: staff.annotator.id,
      x: 1,
      y: 1,
      width: 9,
      height: 9,
      cellType: 'WBC-Lymphocyte',
      source: 'manual',
    });
    const statuses = async (user: typeof staff.annotator) =>
      (await app.as(user)('listSamples', { query: { sort: 'created_at' } })).items.map(
        (row) => row.reviewStatus,
      );
    expect(await statuses(staff.annotator)).toEqual(['complete', 'excluded', 'partly', 'unread']);
    const other = await insertUser(app.db, 'ANNOTATOR', { laboratoryId: staff.laboratoryId });
    expect(await statuses(other)).toEqual(['unread', 'unread', 'unread', 'unread']);
    await app.db.insert(readings).values({ ...primary, userId: other.id, purpose: 'second' });
    expect(await statuses(staff.uploader)).toEqual(['complete', 'excluded', 'partly', 'unread']);
    const partly = await app.as(staff.annotator)('listSamples', { query: { reviewStatus: 'partly' } });
    expect(partly.items.map(({ jobId }) => jobId)).toEqual([fields[2].id]);
  });

  test('hold only what the caller may see', async () => {
    const { patient } = await insertFields(1);
    for (const role of ['UPLOADER', 'ANNOTATOR'] as const) {
      const call = app.as(await insertUser(app.db, role));
      expect((await call('listSamples', { query: {} })).items).toEqual([]);
      const listing = call('listPatientSamples', { params: { patientId: patient.id }, query: {} });
      await expect(listing).rejects.toMatchObject({ code: 'not_found' });
    }
  });
});

describe('one sample', () => {
  test('comes with its run, neighbours and history, and the look at it is noted', async () => {
    const { fields } = await insertFields(3);
    const run = await insertDetectionRun(app.db, fields[1]);
    const call = app.as(staff.annotator);
    const sample = await call('getSample', { params: { jobId: fields[1].id } });
    expect(sample).toMatchObject({ previousJobId: fields[0].id, nextJobId: fields[2].id, cellCount: 2 });
    expect(sample.latestRun).toMatchObject({ runId: run.id, cellCount: 2, decoder: 'test' });
    const noted = await app.db
      .select()
      .from(userActivityLog)
      .where(eq(userActivityLog.entityId, fields[1].id));
    expect(noted.map(({ activityType, userId }) => [activityType, userId])).toEqual([
      ['sample.read', staff.annotator.id],
    ]);
    const ends = [fields[0], fields[2]].map(({ id }) => call('getSample', { params: { jobId: id } }));
    const [first, last] = await Promise.all(ends);
    expect([first.previousJobId, last.nextJobId]).toEqual([null, null]);
  });

  test('is removed by its uploader or an administrator, and then gone for all', async () => {
    const { fields } = await insertFields(2);
    const colleague = await insertUser(app.db, 'UPLOADER', { hospitalId: staff.hospital.id });
    const params = { jobId: fields[0].id };
    await expect(app.as(colleague)('deleteSample', { params })).rejects.toMatchObject({ code: 'forbidden' });
    await app.as(staff.uploader)('deleteSample', { params });
    await app.as(staff.admin)('deleteSample', { params: { jobId: fields[1].id } });
    await expect(app.as(staff.admin)('getSample', { params })).rejects.toMatchObject({ code: 'not_found' });
    const [row] = await app.db.select().from(samples).where(eq(samples.id, fields[0].id));
    expect(row.deletedAt).not.toBeNull();
  });

  test('is processed again only when it is not waiting', async () => {
    const { sample } = await insertPatientWithSample(app.db, staff.uploader);
    const params = { jobId: sample.id };
    const call = app.as(staff.uploader);
    await expect(call('reprocessSample', { params })).rejects.toMatchObject({ code: 'conflict' });
    await insertDetectionRun(app.db, sample);
    const [one, other] = await Promise.allSettled([
      call('reprocessSample', { params }),
      call('reprocessSample', { params }),
    ]);
    expect([one.status, other.status].sort()).toEqual(['fulfilled', 'rejected']);
    expect(await app.deps.jobs.findWithJob([sample.id])).toEqual(new Set([sample.id]));
  });

  test('of another hospital is not there, whatever is asked of it', async () => {
    const { sample } = await insertPatientWithSample(app.db, staff.uploader);
    const params = { jobId: sample.id };
    const call = app.as(await insertUser(app.db, 'UPLOADER'));
    for (const route of ['getSample', 'deleteSample', 'reprocessSample'] as const) {
      await expect(call(route, { params })).rejects.toMatchObject({ code: 'not_found' });
    }
  });

  test('of a colleague is not there where uploaders do not share', async () => {
    const hospital = await insertHospital(app.db, { uploadersShare: false });
    const [one, other] = [
      await insertUser(app.db, 'UPLOADER', { hospitalId: hospital.id }),
      await insertUser(app.db, 'UPLOADER', { hospitalId: hospital.id }),
    ];
    const { sample } = await insertPatientWithSample(app.db, one);
    const params = { jobId: sample.id };
    await app.as(one)('getSample', { params });
    await expect(app.as(other)('getSample', { params })).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('stored bytes', () => {
  const bytes = Buffer.from('0123456789'.repeat(20_000));
  const insertStored = async (originalFilename = 'field 1.png') => {
    const { sample } = await insertPatientWithSample(app.db, staff.uploader);
    await app.deps.objects.put(sample.s3Key, Readable.from([bytes]), { maxBytes: 1e6 });
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await app.db.update(samples).set({ sha256, originalFilename }).where(eq(samples.id, sample.id));
    const { originalUrl } = await app.as(staff.annotator)('getSample', { params: { jobId: sample.id } });
    return { sample, url: originalUrl };
  };

  test('are answered by signed address, as an attachment that no browser runs [CVE-2023-47115]', async () => {
    const { url } = await insertStored('Zellen "ß" <b>.png');
    const response = await app.inject({ url });
    expect(response.rawPayload.equals(bytes)).toBe(true);
    expect(response.headers).toMatchObject({
      'content-type': 'image/png',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'content-disposition': `attachment; filename="Zellen ___ <b>.png"; filename*=UTF-8''Zellen%20%22%C3%9F%22%20%3Cb%3E.png`,
      'cache-control': expect.stringMatching(/^private, max-age=(\d+), immutable$/),
    });
  });

  test('are answered in ranges', async () => {
    const { url } = await insertStored();
    const ask = async (range: string) => {
      const response = await app.inject({ url, headers: { range } });
      return [response.statusCode, response.payload.length, response.headers['content-range']];
    };
    expect(await ask('bytes=5-14')).toEqual([206, 10, 'bytes 5-14/200000']);
    expect(await ask('bytes=199990-')).toEqual([206, 10, 'bytes 199990-199999/200000']);
    expect(await ask('bytes=-4')).toEqual([206, 4, 'bytes 199996-199999/200000']);
    expect(await ask('bytes=200000-')).toEqual([416, 0, 'bytes */200000']);
    expect(await ask('lines=1-2')).toEqual([200, 200_000, undefined]);
  });

  test('are not answered whole when they are no longer those that were uploaded [image-hash]', async () => {
    const { sample, url } = await insertStored();
    const other = Buffer.from(bytes);
    other[3] = 0;
    await app.deps.objects.put(sample.s3Key, Readable.from([other]), { maxBytes: 1e6 });
    const address = await app.app.listen({ port: 0 });
    await expect(fetch(address + url).then((response) => response.arrayBuffer())).rejects.toThrow();
  });

  test('are not there for another token, after removal, or without bytes', async () => {
    const { sample, url } = await insertStored();
    const { url: otherUrl } = await insertStored();
    const [path, signature] = url.split('.');
    const [, otherSignature] = otherUrl.split('.');
    const forged = [
      `${path}.${otherSignature}`,
      `${path}.`,
      path,
      `${path}.${signature}.x`,
      `${path}x.${signature}`,
    ];
    for (const one of forged) expect((await app.inject({ url: one })).statusCode).toBe(404);
    await app.deps.objects.remove(sample.s3Key);
    expect((await app.inject({ url })).statusCode).toBe(404);
    await app.as(staff.admin)('deleteSample', { params: { jobId: sample.id } });
    expect((await app.inject({ url })).statusCode).toBe(404);
  });
});

test('looking at an image in tiles is noted, once for all of them, even if the sample was never opened', async () => {
  const { sample } = await insertPatientWithSample(app.db, staff.uploader);
  const tiles = Buffer.concat([Buffer.alloc(12), Buffer.from('JPEG')]);
  tiles.writeUIntLE(12, 0, 6);
  tiles.writeUIntLE(tiles.length, 6, 6);
  const tilesKey = `samples/${sample.id}/tiles`;
  await app.deps.objects.put(tilesKey, Readable.from([tiles]), { maxBytes: tiles.length });
  await app.db.update(samples).set({ tilesKey, width: 500, height: 400 }).where(eq(samples.id, sample.id));
  const lookAs = async (user: Parameters<typeof app.tokenOf>[0]) => {
    const headers = { authorization: `Bearer ${await app.tokenOf(user)}` };
    return () => app.inject({ url: `/api/v1/samples/${sample.id}/tiles/0/0/0`, headers });
  };
  const look = await lookAs(staff.annotator);
  for (const { statusCode, body } of await Promise.all([look(), look(), look()])) {
    expect([statusCode, body]).toEqual([200, 'JPEG']);
  }
  await look();
  const stranger = await lookAs((await insertStaff(app.db)).uploader);
  expect((await stranger()).statusCode).toBe(404);
  const acts = await app.db.select().from(userActivityLog).where(eq(userActivityLog.entityId, sample.id));
  expect(acts).toMatchObject([{ activityType: 'sample.view', userId: staff.annotator.id }]);
});
