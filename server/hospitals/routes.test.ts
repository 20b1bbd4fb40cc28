import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { userActivityLog } from '../db/tables/operational.ts';
import { patients } from '../db/tables/patients.ts';
import { users } from '../db/tables/people.ts';
import { insertHospital, insertPatient, insertStaff, insertUser } from '../testing/factories.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

let t: TestApp;
let staff: Awaited<ReturnType<typeof insertStaff>>;
beforeAll(async () => {
  t = await createTestApp();
  staff = await insertStaff(t.db);
});
afterAll(() => t?.close());

const admin = () => t.as(staff.admin);
const acts = (id: string) => t.db.select().from(userActivityLog).where(eq(userActivityLog.entityId, id));

test('are listed with their users, searched and paged', async () => {
  for (const name of ['Birch', 'alder', 'Cedar 10%'])
    await insertHospital(t.db, { name, location: 'Arboretum' });
  const { items } = await admin()('listHospitals', { query: { q: 'ARBOR' } });
  expect(items.map(({ name }) => name)).toEqual(['alder', 'Birch', 'Cedar 10%']);
  const first = await admin()('listHospitals', { query: { q: 'arbor', sort: '-name', perPage: 2 } });
  expect(first).toMatchObject({ total: 3, items: [{ name: 'Cedar 10%' }, { name: 'Birch' }] });
  const next = { q: 'arbor', sort: '-name' as const, perPage: 2, next: first.next! };
  expect((await admin()('listHospitals', { query: next })).items.map(({ name }) => name)).toEqual(['alder']);
  expect((await admin()('listHospitals', { query: { q: '%' } })).total).toBe(1);
  const [own] = (await admin()('listHospitals', { query: { q: staff.hospital.name } })).items;
  expect(own).toMatchObject({ userCount: 2, uploadersShare: true, laboratory: { id: staff.laboratoryId } });
});

test('are created in the laboratory of the administrator, each name once', async () => {
  const body = { name: `Meadow ${crypto.randomUUID()}`, location: 'Hills', uploadersShare: false };
  const request = { body, idempotencyKey: crypto.randomUUID() };
  const created = await admin()('createHospital', request);
  expect(created).toMatchObject({
    ...body,
    laboratory: { id: staff.laboratoryId },
    userCount: 0,
    version: 1,
  });
  expect(await admin()('createHospital', request)).toEqual(created);
  expect(await acts(created.id)).toMatchObject([{ activityType: 'hospital.create', userId: staff.admin.id }]);
  const twin = { ...body, name: body.name.toUpperCase() };
  await expect(admin()('createHospital', { body: twin })).rejects.toMatchObject({ code: 'conflict' });
  const racing = { ...body, name: `Race ${crypto.randomUUID()}` };
  const all = await Promise.allSettled(
    Array.from({ length: 10 }, () => admin()('createHospital', { body: racing })),
  );
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const one of all) if (one.status === 'rejected') expect(one.reason.code).toBe('conflict');
});

test('are renamed unless the name is taken or the version is old', async () => {
  const [one, other] = [await insertHospital(t.db), await insertHospital(t.db)];
  const params = { id: one.id };
  const change = (body: object, ifMatch: number) => admin()('updateHospital', { params, ifMatch, body });
  const name = `Renamed ${crypto.randomUUID()}`;
  expect(await change({ name }, 1)).toMatchObject({ name, location: one.location, version: 2 });
  expect(await change({ name: name.toUpperCase() }, 2)).toMatchObject({ version: 3 });
  await expect(change({ name: other.name.toLowerCase() }, 3)).rejects.toMatchObject({ code: 'conflict' });
  await expect(change({ location: 'x' }, 1)).rejects.toMatchObject({
    code: 'stale_version',
    current: { id: one.id, version: 3, uploaders_share: true },
  });
  const nobody = { params: { id: crypto.randomUUID() }, ifMatch: 1, body: { location: 'x' } };
  await expect(admin()('updateHospital', nobody)).rejects.toMatchObject({ status: 404 });
  expect((await acts(one.id)).map(({ metadata }) => metadata)).toContainEqual({ changes: { name } });
});

test("say whether uploaders see each other's patients, from the next request on", async () => {
  const hospital = await insertHospital(t.db);
  const [one, other] = [
    await insertUser(t.db, 'UPLOADER', { hospitalId: hospital.id }),
    await insertUser(t.db, 'UPLOADER', { hospitalId: hospital.id }),
  ];
  const patient = await insertPatient(t.db, one);
  const params = { patientId: patient.id };
  await t.as(other)('getPatient', { params });
  const share = (uploadersShare: boolean, ifMatch: number) =>
    admin()('updateHospital', { params: { id: hospital.id }, ifMatch, body: { uploadersShare } });
  await share(false, 1);
  await expect(t.as(other)('getPatient', { params })).rejects.toMatchObject({ status: 404 });
  await t.as(one)('getPatient', { params });
  await share(true, 2);
  await t.as(other)('getPatient', { params });
});

test('are erased only when empty, else it is said what is in them', async () => {
  const hospital = await insertHospital(t.db);
  const target = { params: { id: hospital.id }, ifMatch: 1 };
  const user = await insertUser(t.db, 'UPLOADER', { hospitalId: hospital.id });
  const patient = await insertPatient(t.db, user, { deletedAt: '2026-01-01T00:00:00.000Z' });
  await expect(admin()('deleteHospital', target)).rejects.toMatchObject({
    status: 409,
    message: expect.stringMatching(/^1 users, 1 patients and 0 lavages belong to this hospital/),
  });
  await t.db.delete(patients).where(eq(patients.id, patient.id));
  await t.db.delete(users).where(eq(users.id, user.id));
  await expect(admin()('deleteHospital', { ...target, ifMatch: 2 })).rejects.toMatchObject({ status: 412 });
  await admin()('deleteHospital', target);
  await expect(admin()('deleteHospital', target)).rejects.toMatchObject({ status: 404 });
  expect(await acts(hospital.id)).toMatchObject([
    { activityType: 'hospital.delete', userId: staff.admin.id, metadata: { name: hospital.name } },
  ]);
});

test.each(['sort=laboratory_id', 'sort=password_hash', 'users.password_hash=x', 'uploaders_share=true'])(
  'refuse %s',
  async (query) => {
    const headers = { authorization: `Bearer ${await t.tokenOf(staff.admin)}` };
    expect((await t.inject({ url: `/api/v1/admin/hospitals?${query}`, headers })).statusCode).toBe(422);
  },
);
