import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { userActivityLog } from '../db/tables/operational.ts';
import { patients } from '../db/tables/patients.ts';
import { insertPatient, insertStaff } from '../testing/factories.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

let t: TestApp;
let here: Awaited<ReturnType<typeof insertStaff>>;
let abroad: typeof here;
beforeAll(async () => {
  t = await createTestApp();
  here = await insertStaff(t.db);
  abroad = await insertStaff(t.db);
  for (const [day, name] of ['Ada', 'Ben', 'Cleo'].entries()) {
    const createdAt = new Date(Date.UTC(2026, 0, 1 + day)).toISOString();
    await insertPatient(t.db, here.uploader, { name, createdAt });
  }
  await insertPatient(t.db, abroad.uploader, { name: 'Dora', createdAt: '2026-01-09T00:00:00.000Z' });
});
afterAll(() => t?.close());

const list = (query: object) => t.as(here.admin)('listAllPatients', { query });
const namesOf = async (query: object) => (await list(query)).items.map(({ name }) => name);
const send = async (
  user: typeof here.admin,
  method: 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: object,
) =>
  t.inject({
    method,
    url: `/api/v1/admin/patients${path}`,
    headers: { authorization: `Bearer ${await t.tokenOf(user)}`, 'if-match': '1' },
    ...(body ? { payload: body } : {}),
  });

test('patients of all hospitals and laboratories, with who made them, by filter, order and page', async () => {
  expect(await namesOf({ sort: 'name' })).toEqual(['Ada', 'Ben', 'Cleo', 'Dora']);
  expect((await list({ q: 'Dora' })).items[0]).toMatchObject({
    hospital: { id: abroad.hospital.id },
    createdBy: { id: abroad.uploader.id, name: abroad.uploader.name },
  });
  expect(await namesOf({ hospitalId: abroad.hospital.id })).toEqual(['Dora']);
  expect(await namesOf({ createdBy: here.uploader.id, sort: '-name' })).toEqual(['Cleo', 'Ben', 'Ada']);
  const days = { from: '2026-01-02T00:00:00.000Z', to: '2026-01-03T00:00:00.000Z' };
  expect(await namesOf({ ...days, sort: 'created_at' })).toEqual(['Ben', 'Cleo']);
  expect(await namesOf({ diagnosisStatus: 'diagnosed' })).toEqual([]);

  const first = await list({ sort: 'name', perPage: 3, hospitalId: here.hospital.id });
  expect(first).toMatchObject({ total: 3, totalIsLowerBound: false, next: null });
  const { next } = await list({ sort: 'name', perPage: 3 });
  expect(await namesOf({ sort: 'name', perPage: 3, next })).toEqual(['Dora']);
});

test('below /admin the ordinary routes answer administrators, and nobody else', async () => {
  const body = { name: 'Eve', age: 40, gender: 'female', hospital_id: abroad.hospital.id };
  expect((await send(here.uploader, 'POST', '', { ...body, hospital_id: here.hospital.id })).statusCode).toBe(
    403,
  );
  const created = await send(here.admin, 'POST', '', body);
  expect(created.statusCode).toBe(201);
  const { id } = created.json();
  expect((await send(abroad.uploader, 'PATCH', `/${id}`, { age: 41 })).statusCode).toBe(403);
  expect((await send(here.admin, 'PATCH', `/${id}`, { age: 41 })).json()).toMatchObject({
    age: 41,
    version: 2,
  });
  const stale = await send(here.admin, 'PATCH', `/${id}`, { age: 42 });
  expect([stale.statusCode, stale.json().current.age]).toEqual([412, 41]);
  expect((await send(abroad.uploader, 'DELETE', `/${id}`)).statusCode).toBe(403);
  expect((await send(here.admin, 'DELETE', `/${id}`)).statusCode).toBe(200);
  expect(await namesOf({ q: 'Eve' })).toEqual([]);
  const [kept] = await t.db.select().from(patients).where(eq(patients.id, id));
  expect(kept.deletedAt).not.toBeNull();
  const acts = await t.db
    .select()
    .from(userActivityLog)
    .where(and(eq(userActivityLog.entityId, id), eq(userActivityLog.userId, here.admin.id)));
  expect(acts.map(({ activityType }) => activityType).sort()).toEqual([
    'patient.create',
    'patient.delete',
    'patient.update',
  ]);
});

test('the reference says where else administrators find a route', async () => {
  const { paths } = (await t.inject('/api/v1/openapi.json')).json();
  expect(paths['/api/v1/patients/{patient_id}'].patch.description).toBe(
    'Also at `/api/v1/admin/patients/{patient_id}` (administrators only).',
  );
});
