import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { userActivityLog } from '../db/tables/operational.ts';
import { samples } from '../db/tables/patients.ts';
import { patientAnnotations, readings } from '../db/tables/readings.ts';
import { insertLavage, insertPatient, insertSample, insertStaff, insertUser } from '../testing/factories.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

let t: TestApp;
let staff: Awaited<ReturnType<typeof insertStaff>>;
/** Twelve patients, a day apart; equal names and times too, so that only the id decides. */
let names: string[];

beforeAll(async () => {
  t = await createTestApp();
  staff = await insertStaff(t.db);
  names = ['Ada', 'Ben', 'ben', 'Cleo', 'Cleo', 'Dora', '100% Eve', 'E_ve', 'Finn', 'Gus', 'Hal', 'Ida'];
  for (const [day, name] of names.entries()) {
    const createdAt = new Date(Date.UTC(2026, 0, 1 + Math.floor(day / 2))).toISOString();
    await insertPatient(t.db, staff.uploader, {
      name,
      createdAt,
      identifiers: name === 'Dora' ? [{ value: 'LK-4711', type: 'MRN', issuer: 'Lakeside' }] : [],
    });
  }
});
afterAll(() => t?.close());

const list = (query: Record<string, unknown>) =>
  t.as(staff.uploader)('listPatients', { query: query as never });
const namesOf = async (query: Record<string, unknown>) => (await list(query)).items.map(({ name }) => name);

test.each(['created_at', '-created_at', 'name', '-name', '-last_sample_at'])(
  'pages by number and by cursor go through every patient once, in the same order: %s',
  async (sort) => {
    const whole = await list({ sort, perPage: 200 });
    expect(whole).toMatchObject({ total: 12, totalIsLowerBound: false, page: 1, next: null });
    const byNumber: string[] = [];
    for (let page = 1; page <= 4; page++) {
      byNumber.push(...(await list({ sort, page, perPage: 3 })).items.map(({ id }) => id));
    }
    const byCursor: string[] = [];
    let next: string | null | undefined;
    do {
      const page: Awaited<ReturnType<typeof list>> = await list({
        sort,
        perPage: 5,
        ...(next ? { next } : {}),
      });
      byCursor.push(...page.items.map(({ id }) => id));
      next = page.next;
    } while (next);
    const ids = whole.items.map(({ id }) => id);
    expect(new Set(ids).size).toBe(12);
    expect(byNumber).toEqual(ids);
    expect(byCursor).toEqual(ids);
  },
);

test('sorts', async () => {
  expect((await namesOf({ sort: 'name' })).map((name) => name.toLowerCase())).toEqual(
    names.map((name) => name.toLowerCase()).sort(),
  );
  const days = (await list({})).items.map(({ createdAt }) => createdAt);
  expect(days).toEqual([...days].sort().reverse());
});

test('finds by any part of the name or an identifier, and by the beginning of the id', async () => {
  expect((await namesOf({ q: 'BEN' })).sort()).toEqual(['Ben', 'ben']);
  expect(await namesOf({ q: 'k-47' })).toEqual(['Dora']);
  expect(await namesOf({ q: '%' })).toEqual(['100% Eve']);
  expect(await namesOf({ q: '_' })).toEqual(['E_ve']);
  expect(await namesOf({ q: "'; drop table patients; --" })).toEqual([]);
  const [{ id }] = (await list({ q: 'Hal' })).items;
  expect(await namesOf({ q: id })).toEqual(['Hal']);
  expect(await namesOf({ q: id.slice(0, 13).toUpperCase() })).toContain('Hal');
});

test.each([
  ['garbage', 'garbage'],
  ['the cursor of another order', Buffer.from('["name","Ada","x"]').toString('base64url')],
  [
    'a key that is no time',
    Buffer.from(JSON.stringify(['-created_at', "now'", crypto.randomUUID()])).toString('base64url'),
  ],
])('refuses %s as a cursor', async (_, next) => {
  await expect(list({ next })).rejects.toMatchObject({ status: 422, errors: [{ path: 'next' }] });
});

test('refuses orders and filters outside the closed set [CVE-2023-47117]', async () => {
  const headers = { authorization: `Bearer ${await t.tokenOf(staff.uploader)}` };
  for (const query of ['sort=contact', 'created_by=x', 'per_page=201', 'page=0']) {
    expect((await t.inject({ url: `/api/v1/patients?${query}`, headers })).statusCode).toBe(422);
  }
});

test('shows samples by status, the last one, and how far the diagnosis is, as far as a blinded reader may know', async () => {
  const { uploader, annotator, laboratoryId } = staff;
  const patient = await insertPatient(t.db, uploader, { name: 'Zoe' });
  const lavage = await insertLavage(t.db, patient);
  const at = '2026-03-04T05:06:07.089Z';
  await insertSample(t.db, lavage, uploader, { inferenceStatus: 'failed', error: 'damaged' });
  await insertSample(t.db, lavage, uploader, { inferenceStatus: 'completed', createdAt: at });
  const gone = await insertSample(t.db, lavage, uploader);
  await t.db.update(samples).set({ deletedAt: at }).where(eq(samples.id, gone.id));
  await t.db.update(samples).set({ createdAt: at }).where(eq(samples.lavageId, lavage.id));

  const row = async () => (await list({ q: 'Zoe' })).items[0];
  expect(await row()).toMatchObject({
    sampleCount: 2,
    samplesByStatus: { pending: 0, processing: 0, completed: 1, failed: 1 },
    lastSampleAt: at,
    diagnosisStatus: 'none',
  });
  expect((await namesOf({ sort: '-last_sample_at', perPage: 1 }))[0]).toBe('Zoe');

  const version = { laboratoryId, settingsVersion: 1, lavageId: lavage.id, userId: annotator.id };
  await t.db.insert(readings).values({ ...version, purpose: 'primary' });
  expect((await row()).diagnosisStatus).toBe('reading');
  expect(await namesOf({ diagnosisStatus: 'reading' })).toEqual(['Zoe']);
  await t.db
    .insert(patientAnnotations)
    .values({ ...version, adequacy: 'adequate', diagnosis: [{ code: 'normal', certainty: 'established' }] });
  expect((await row()).diagnosisStatus).toBe('diagnosed');
  expect(await namesOf({ diagnosisStatus: 'diagnosed' })).toEqual(['Zoe']);
  expect(await namesOf({ diagnosisStatus: 'reading' })).toEqual([]);
  expect(await namesOf({ diagnosisStatus: 'none', perPage: 200 })).toHaveLength(12);

  const blinded = await insertUser(t.db, 'ANNOTATOR', { laboratoryId });
  await t.db.insert(readings).values({ ...version, userId: blinded.id, purpose: 'second', blinded: true });
  const seen = (query: Record<string, string>) =>
    t.as(blinded)('listPatients', { query: { q: 'Zoe', ...query } as never });
  expect((await seen({})).items[0].diagnosisStatus).toBe('reading');
  expect((await seen({ diagnosisStatus: 'diagnosed' })).items).toEqual([]);
});

test('a list is noted with the patients it showed', async () => {
  const { items } = await list({ q: 'Gus' });
  const rows = await t.db
    .select()
    .from(userActivityLog)
    .where(eq(userActivityLog.activityType, 'patient.list'));
  expect(rows.map((row) => row.metadata)).toContainEqual({ patients: [items[0].id] });
});
