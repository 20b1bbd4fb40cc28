import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { userActivityLog } from '../db/tables/operational.ts';
import { lavages } from '../db/tables/patients.ts';
import { insertPatient, insertPatientWithSample, insertStaff } from '../testing/factories.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { ageAt } from './age-at.ts';

let t: TestApp;
let staff: Awaited<ReturnType<typeof insertStaff>>;
let stranger: Awaited<ReturnType<typeof insertStaff>>['uploader'];
beforeAll(async () => {
  t = await createTestApp();
  staff = await insertStaff(t.db);
  stranger = (await insertStaff(t.db)).uploader;
});
afterAll(() => t?.close());

const activities = (entityId: string, activityType: string) =>
  t.db
    .select()
    .from(userActivityLog)
    .where(and(eq(userActivityLog.entityId, entityId), eq(userActivityLog.activityType, activityType)));

describe('lavages', () => {
  test('keep measurements, request and the age at collection', async () => {
    const patient = await insertPatient(t.db, staff.uploader, { age: 60, dateOfBirth: '1965-11-30' });
    const call = t.as(staff.uploader);
    const params = { patientId: patient.id };
    const body = {
      collectedAt: '2026-11-20T06:30:00.000Z',
      site: 'Right middle lobe',
      instilledMl: 150,
      recoveredMl: 92.5,
      cd4Cd8: 5.1,
      smokingStatus: 'never' as const,
      request: { accessionNumber: 'B26-1041', question: 'Sarcoidosis?' },
    };
    const lavage = await call('createLavage', { params, body });
    expect(lavage).toMatchObject({
      ...body,
      patientId: patient.id,
      cellsPerMl: null,
      request: { accessionNumber: 'B26-1041', requester: null, question: 'Sarcoidosis?' },
      sampleCount: 0,
      version: 1,
    });
    const [row] = await t.db.select().from(lavages).where(eq(lavages.id, lavage.id));
    expect(row).toMatchObject({ hospitalId: staff.hospital.id, ageAtCollection: 60 });
    expect(await activities(lavage.id, 'lavage.create')).toHaveLength(1);

    const corrected = await call('updateLavage', {
      params: { id: lavage.id },
      ifMatch: 1,
      body: { site: null, collectedAt: '2026-12-01T06:30:00.000Z', request: { requester: 'Pulmonology' } },
    });
    expect(corrected).toMatchObject({
      site: null,
      instilledMl: 150,
      request: { accessionNumber: 'B26-1041', requester: 'Pulmonology', question: 'Sarcoidosis?' },
      version: 2,
    });
    const [later] = await t.db.select().from(lavages).where(eq(lavages.id, lavage.id));
    expect(later.ageAtCollection).toBe(61);
    expect((await activities(lavage.id, 'lavage.update'))[0].metadata).toEqual({
      fields: expect.arrayContaining(['site', 'collectedAt', 'request']),
    });
  });

  test('a request can come later; an empty one changes nothing', async () => {
    const patient = await insertPatient(t.db, staff.uploader);
    const call = t.as(staff.uploader);
    const { id } = await call('createLavage', { params: { patientId: patient.id }, body: {} });
    const request = { accessionNumber: 'B26-7' };
    const named = await call('updateLavage', { params: { id }, ifMatch: 1, body: { request } });
    expect(named.request).toEqual({ accessionNumber: 'B26-7', requester: null, question: null });
    const same = await call('updateLavage', { params: { id }, ifMatch: 2, body: { request: {} } });
    expect(same).toEqual({ ...named, version: 3 });
  });

  test('are listed with the latest first and their samples counted, and the reading is noted', async () => {
    const { patient, lavage } = await insertPatientWithSample(t.db, staff.uploader);
    const params = { patientId: patient.id };
    const older = await t.as(staff.uploader)('createLavage', {
      params,
      body: { collectedAt: '2020-01-01T00:00:00.000Z' },
    });
    const { items, total } = await t.as(staff.annotator)('listLavages', { params });
    expect(total).toBe(2);
    expect(items.map(({ id, sampleCount }) => [id, sampleCount])).toEqual([
      [lavage.id, 1],
      [older.id, 0],
    ]);
    expect((await activities(patient.id, 'lavage.list'))[0].userId).toBe(staff.annotator.id);
  });

  test('of a stale version get the row as it is', async () => {
    const { lavage } = await insertPatientWithSample(t.db, staff.uploader);
    const call = t.as(staff.uploader);
    const request = { params: { id: lavage.id }, ifMatch: 1, body: { instilledMl: 100 } };
    const results = await Promise.allSettled([call('updateLavage', request), call('updateLavage', request)]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(call('updateLavage', request)).rejects.toMatchObject({
      code: 'stale_version',
      current: { id: lavage.id, instilled_ml: 100, version: 2 },
    });
  });

  test('are created once under one key', async () => {
    const patient = await insertPatient(t.db, staff.uploader);
    const request = { params: { patientId: patient.id }, body: { site: 'Lingula' }, idempotencyKey: 'first' };
    const call = t.as(staff.uploader);
    expect(await call('createLavage', request)).toEqual(await call('createLavage', request));
    expect((await call('listLavages', { params: request.params })).items).toHaveLength(1);
    const other = await insertPatient(t.db, staff.uploader);
    await expect(call('createLavage', { ...request, params: { patientId: other.id } })).rejects.toMatchObject(
      { code: 'idempotency_mismatch' },
    );
  });

  test.each([
    ['more than all of it alive', { viability_percent: 101 }],
    ['a negative volume', { instilled_ml: -1 }],
    ['a time without a zone', { collected_at: '2026-01-01T00:00:00' }],
    ['an unknown field', { hospital_id: crypto.randomUUID() }],
    ['an unknown request field', { request: { patient_id: crypto.randomUUID() } }],
  ])('refuse %s', async (_, payload) => {
    const patient = await insertPatient(t.db, staff.uploader);
    const headers = { authorization: `Bearer ${await t.tokenOf(staff.uploader)}` };
    const url = `/api/v1/patients/${patient.id}/lavages`;
    expect((await t.inject({ method: 'POST', url, headers, payload })).statusCode).toBe(422);
  });
});

describe('slides', () => {
  test('are added with defaults, listed and corrected', async () => {
    const { lavage, slide } = await insertPatientWithSample(t.db, staff.uploader);
    const call = t.as(staff.uploader);
    const params = { id: lavage.id };
    const added = await call('createSlide', { params, body: { label: 'Iron', countsInDifferential: false } });
    expect(added).toMatchObject({
      label: 'Iron',
      stain: 'May-Grünwald-Giemsa',
      preparation: 'cytospin',
      countsInDifferential: false,
      version: 1,
    });
    const change = { params: { id: added.id }, ifMatch: 1, body: { stain: 'Prussian blue' } };
    const corrected = await call('updateSlide', change);
    expect(corrected).toEqual({ ...added, stain: 'Prussian blue', version: 2 });
    await expect(call('updateSlide', change)).rejects.toMatchObject({
      code: 'stale_version',
      current: { stain: 'Prussian blue', counts_in_differential: false },
    });
    const { items } = await t.as(staff.annotator)('listSlides', { params });
    expect(items.map(({ id }) => id)).toEqual([slide.id, added.id]);
    expect(await activities(added.id, 'slide.create')).toHaveLength(1);
    expect(await activities(added.id, 'slide.update')).toHaveLength(1);
    expect(await activities(lavage.id, 'slide.list')).toHaveLength(1);
  });
});

test('for another hospital there is none of it, and nothing changes', async () => {
  const { patient, lavage, slide } = await insertPatientWithSample(t.db, staff.uploader);
  const call = t.as(stranger);
  const patientParams = { params: { patientId: patient.id } };
  const lavageParams = { params: { id: lavage.id } };
  const slideParams = { params: { id: slide.id } };
  const attempts = [
    () => call('listLavages', patientParams),
    () => call('createLavage', { ...patientParams, body: {} }),
    () => call('updateLavage', { ...lavageParams, ifMatch: 1, body: { site: 'x' } }),
    () => call('listSlides', lavageParams),
    () => call('createSlide', { ...lavageParams, body: { label: 'x' } }),
    () => call('updateSlide', { ...slideParams, ifMatch: 1, body: { label: 'x' } }),
  ];
  for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ status: 404 });
  const own = t.as(staff.uploader);
  expect((await own('listLavages', patientParams)).items).toMatchObject([{ id: lavage.id, version: 1 }]);
  expect((await own('listSlides', lavageParams)).items).toMatchObject([{ id: slide.id, version: 1 }]);
});

test('annotators read lavages and change none', async () => {
  const { patient, lavage } = await insertPatientWithSample(t.db, staff.uploader);
  const call = t.as(staff.annotator);
  await expect(call('createLavage', { params: { patientId: patient.id }, body: {} })).rejects.toMatchObject({
    status: 403,
  });
  await expect(
    call('updateLavage', { params: { id: lavage.id }, ifMatch: 1, body: {} }),
  ).rejects.toMatchObject({ status: 403 });
});

test.each([
  ['1965-11-30', '2026-11-29T23:59:59Z', 60],
  ['1965-11-30', '2026-11-30T00:00:00Z', 61],
  ['2026-05-05', '2026-05-05T08:00:00Z', 0],
  ['2026-05-05', '2026-05-04T08:00:00Z', undefined],
])('born on %s, at %s: %s years', (dateOfBirth, at, age) => {
  expect(ageAt(dateOfBirth, at)).toBe(age);
});
