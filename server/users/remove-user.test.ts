import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { userActivityLog } from '../db/tables/operational.ts';
import { secondFactors, users } from '../db/tables/people.ts';
import { insertPatient, insertStaff, insertUser, TEST_PASSWORD } from '../testing/factories.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

let t: TestApp;
let staff: Awaited<ReturnType<typeof insertStaff>>;
beforeAll(async () => {
  t = await createTestApp();
  staff = await insertStaff(t.db);
});
afterAll(() => t?.close());

const admin = () => t.as(staff.admin);
const remove = (id: string, ifMatch = 1) => admin()('deleteUser', { params: { id }, ifMatch });
const rowOf = async (id: string) => (await t.db.select().from(users).where(eq(users.id, id)))[0];
const colleague = () => insertUser(t.db, 'UPLOADER', { hospitalId: staff.hospital.id });
const actsOn = async (id: string) => {
  const rows = await t.db.select().from(userActivityLog).where(eq(userActivityLog.entityId, id));
  return rows.map(({ activityType, userId }) => [activityType, userId]);
};
const DISABLE = /Disable them instead/;

test('an account that never did anything is erased, with what only signing in needs, and noted', async () => {
  const { user } = await admin()('createUser', {
    body: { name: 'Mistake', email: 'mistake@example.org', role: 'ANNOTATOR' },
  });
  await admin()('resetPassword', { params: { id: user.id } });
  await t.db.insert(secondFactors).values({ userId: user.id, secret: new Uint8Array(), recoveryHashes: [] });
  await expect(remove(user.id, 1)).rejects.toMatchObject({ status: 412, current: { version: 2 } });
  await remove(user.id, 2);
  expect(await rowOf(user.id)).toBeUndefined();
  expect(await actsOn(user.id)).toContainEqual(['user.delete', staff.admin.id]);
  await expect(remove(user.id, 2)).rejects.toMatchObject({ status: 404 });
});

test('whoever did anything stays, with the remedy', async () => {
  const signedIn = await colleague();
  await t.anonymous('login', { body: { email: signedIn.email, password: TEST_PASSWORD } });
  await expect(remove(signedIn.id)).rejects.toMatchObject({
    status: 409,
    message: expect.stringMatching(DISABLE),
  });
  const owner = await colleague();
  await insertPatient(t.db, owner);
  await expect(remove(owner.id)).rejects.toMatchObject({
    status: 409,
    message: expect.stringMatching(DISABLE),
  });
  expect(await rowOf(owner.id)).toBeDefined();
});

test('nobody erases or disables themselves, and the last administrator stays [CVE-2026-31070]', async () => {
  await expect(remove(staff.admin.id)).rejects.toMatchObject({ status: 409 });
  const { refused } = await admin()('disableUsers', { body: { userIds: [staff.admin.id] } });
  expect(refused).toMatchObject([{ id: staff.admin.id, code: 'conflict' }]);
  const [one, other] = [await insertUser(t.db, 'ADMIN'), await insertUser(t.db, 'ADMIN')];
  await t.db.update(users).set({ status: 'disabled' }).where(eq(users.id, staff.admin.id));
  const both = await Promise.allSettled(
    [
      [one, other],
      [other, one],
    ].map(([by, of]) => t.as(by)('deleteUser', { params: { id: of.id }, ifMatch: 1 })),
  );
  expect(both.filter(({ status }) => status === 'fulfilled').length).toBeLessThan(2);
  const left = await t.db.select().from(users).where(eq(users.role, 'ADMIN'));
  expect(left.filter(({ status }) => status === 'active').length).toBeGreaterThan(0);
  await t.db.update(users).set({ status: 'active' }).where(eq(users.id, staff.admin.id));
});

test('many are disabled at once, with their sessions [revocation]', async () => {
  const [one, other] = [await colleague(), await colleague()];
  const gone = await insertUser(t.db, 'UPLOADER', { hospitalId: staff.hospital.id, status: 'disabled' });
  const call = t.as(one);
  await call('me', {});
  const nowhere = crypto.randomUUID();
  const body = { userIds: [one.id, gone.id, nowhere, other.id] };
  expect(await admin()('disableUsers', { body })).toEqual({
    done: [one.id, other.id],
    refused: [
      { id: gone.id, code: 'conflict', detail: 'This account is disabled already.' },
      { id: nowhere, code: 'not_found', detail: 'There is no such user.' },
    ],
  });
  await expect(call('me', {})).rejects.toMatchObject({ status: 401 });
  for (const { id } of [one, other]) {
    expect((await rowOf(id)).status).toBe('disabled');
    expect(await actsOn(id)).toEqual([['user.disable', staff.admin.id]]);
  }
});

test('the list filters by role, hospital and time', async () => {
  const idsOf = async (query: object) =>
    (await admin()('listUsers', { query: { perPage: 200, ...query } })).items.map(({ id }) => id);
  const here = await idsOf({ hospitalId: staff.hospital.id });
  expect(here).toContain(staff.uploader.id);
  expect(here).not.toContain(staff.admin.id);
  expect(await idsOf({ hospitalId: staff.hospital.id, role: 'ANNOTATOR' })).toEqual([staff.annotator.id]);
  expect(await idsOf({ to: '2020-01-01T00:00:00.000Z' })).toEqual([]);
  expect(await idsOf({ from: staff.annotator.createdAt, role: 'ANNOTATOR' })).toContain(staff.annotator.id);
});
