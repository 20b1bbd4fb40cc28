import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Api } from '../../contract/api.ts';
import type { CallInput, Role } from '../../contract/route.ts';
import { userActivityLog } from '../db/tables/operational.ts';
import { hospitals, users } from '../db/tables/people.ts';
import { insertHospital, insertStaff, insertUser, TEST_PASSWORD } from '../testing/factories.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

let t: TestApp;
let staff: Awaited<ReturnType<typeof insertStaff>>;
beforeAll(async () => {
  t = await createTestApp();
});
afterAll(() => t?.close());
beforeEach(async () => {
  // The last administrator is a matter of the whole system.
  await t.db.update(users).set({ status: 'disabled' }).where(eq(users.role, 'ADMIN'));
  staff = await insertStaff(t.db);
});

const admin = () => t.as(staff.admin);
const insertPending = (role: Role = 'UPLOADER', given = {}) =>
  insertUser(t.db, role, {
    status: 'pending',
    hospitalId: null,
    laboratoryId: undefined,
    requested: { hospital: 'Lakeside', location: 'Lakes' },
    ...given,
  });
const acts = (entityId: string, activityType: string) =>
  t.db
    .select()
    .from(userActivityLog)
    .where(and(eq(userActivityLog.entityId, entityId), eq(userActivityLog.activityType, activityType)));
const signIn = (email: string, password: string) => t.anonymous('login', { body: { email, password } });
type UserQuery = CallInput<Api['listUsers']>['query'];
const list = (query: UserQuery) => admin()('listUsers', { query });
const newEmail = () => `${crypto.randomUUID()}@example.org`;

describe('the list', () => {
  test('filters, searches and pages by number and cursor, each user once', async () => {
    const mark = crypto.randomUUID().slice(0, 8);
    for (const name of ['Zoe', 'ada', 'Ben', 'Ben', '100%_Cleo']) {
      await insertUser(t.db, 'UPLOADER', { name: `${name} ${mark}`, hospitalId: staff.hospital.id });
    }
    const pending = await insertPending('ANNOTATOR', { name: `Pia ${mark}` });
    for (const sort of ['name', '-name', 'created_at', '-created_at'] as const) {
      const { items, total } = await admin()('listUsers', { query: { q: mark, sort } });
      expect([items.length, total]).toEqual([6, 6]);
      const seen: string[] = [];
      let next: string | undefined;
      do {
        const query = { q: mark, sort, perPage: 4, next };
        const page: Awaited<ReturnType<typeof list>> = await list(query);
        seen.push(...page.items.map(({ id }) => id));
        next = page.next ?? undefined;
      } while (next);
      expect(seen).toEqual(items.map(({ id }) => id));
      const second = await list({ q: mark, sort, perPage: 4, page: 2 });
      expect(second.items.map(({ id }) => id)).toEqual(seen.slice(4));
    }
    const names = (await list({ q: mark })).items.map(({ name }) => name.split(' ')[0]);
    expect(names).toEqual(['100%_Cleo', 'ada', 'Ben', 'Ben', 'Pia', 'Zoe']);
    const waiting = await list({ q: mark, status: 'pending' });
    expect(waiting.items).toMatchObject([
      {
        id: pending.id,
        requested: { hospital: 'Lakeside', location: 'Lakes' },
        hospital: null,
        lastSeenAt: null,
      },
    ]);
    expect((await list({ q: '%_cleo' })).total).toBeGreaterThan(0);
    expect((await list({ q: staff.uploader.email.toUpperCase() })).items).toMatchObject([
      {
        id: staff.uploader.id,
        hospital: { id: staff.hospital.id },
        laboratory: { id: staff.laboratoryId },
      },
    ]);
  });

  test('says when somebody was last seen, and nothing of passwords', async () => {
    await signIn(staff.uploader.email, TEST_PASSWORD);
    const headers = { authorization: `Bearer ${await t.tokenOf(staff.admin)}` };
    const url = `/api/v1/admin/users?q=${staff.uploader.email}`;
    const response = await t.inject({ url, headers });
    expect(response.json().items[0].last_seen_at).toMatch(/^\d{4}-/);
    const told = response.payload.replace('"must_change_password"', '');
    expect(told).not.toMatch(/password|hash|security/i);
  });

  test.each([
    'sort=password_hash',
    'sort=-securityVersion',
    'sort=email',
    'password_hash=x',
    'password_hash__startswith=%242b',
    'users.password_hash=x',
    'sessions=x',
    'status=deleted',
  ])('refuses %s [CVE-2023-47117]', async (query) => {
    const headers = { authorization: `Bearer ${await t.tokenOf(staff.admin)}` };
    expect((await t.inject({ url: `/api/v1/admin/users?${query}`, headers })).statusCode).toBe(422);
  });
});

describe('a new user', () => {
  test('signs in with the password that was shown once', async () => {
    const email = newEmail();
    const place = { hospital: { id: staff.hospital.id } };
    const { user, oneTimePassword } = await admin()('createUser', {
      body: { name: 'Noa', email: email.toUpperCase(), role: 'UPLOADER', ...place },
    });
    expect(user).toMatchObject({ email, status: 'active', hospital: place.hospital, version: 1 });
    expect((await signIn(email, oneTimePassword)).user.laboratory?.id).toBe(staff.laboratoryId);
    const [act] = await acts(user.id, 'user.create');
    expect(act).toMatchObject({ userId: staff.admin.id });
    expect(JSON.stringify(act)).not.toContain(oneTimePassword);
    const again = admin()('createUser', { body: { name: 'Noa', email, role: 'ANNOTATOR' } });
    await expect(again).rejects.toMatchObject({ code: 'email_taken' });
  });

  test('reads for the laboratory of the administrator unless another is named', async () => {
    const other = await insertHospital(t.db);
    const create = (place: object) =>
      admin()('createUser', { body: { name: 'Rae', email: newEmail(), role: 'ANNOTATOR', ...place } });
    expect((await create({})).user).toMatchObject({ hospital: null, laboratory: { id: staff.laboratoryId } });
    const { user } = await create({ laboratoryId: other.laboratoryId });
    expect(user.laboratory?.id).toBe(other.laboratoryId);
    const mixed = create({ hospital: { id: staff.hospital.id }, laboratoryId: other.laboratoryId });
    await expect(mixed).rejects.toMatchObject({ status: 422, errors: [{ path: 'laboratory_id' }] });
    const nowhere = create({ laboratoryId: crypto.randomUUID() });
    await expect(nowhere).rejects.toMatchObject({ status: 422, errors: [{ path: 'laboratory_id' }] });
  });

  test('who uploads needs a hospital that there is', async () => {
    const create = (place: object) =>
      admin()('createUser', { body: { name: 'Uma', email: newEmail(), role: 'UPLOADER', ...place } });
    for (const place of [{}, { hospital: null }, { hospital: { id: crypto.randomUUID() } }]) {
      await expect(create(place)).rejects.toMatchObject({ status: 422, errors: [{ path: 'hospital' }] });
    }
  });
});

describe('a registration', () => {
  test('is granted with a hospital founded for it; the chosen password then works', async () => {
    const { id, email } = await insertPending();
    await expect(signIn(email, TEST_PASSWORD)).rejects.toMatchObject({ status: 401 });
    const name = `Lakeside ${crypto.randomUUID()}`;
    const body = { role: 'UPLOADER' as const, hospital: { name, location: 'Lakes' } };
    const request = { params: { id }, ifMatch: 1, body };
    const approved = await admin()('approveUser', request);
    expect(approved).toMatchObject({ status: 'active', hospital: { name }, requested: null, version: 2 });
    expect((await signIn(email, TEST_PASSWORD)).user).toMatchObject({ role: 'UPLOADER', hospital: { name } });
    expect(await acts(id, 'user.approve')).toMatchObject([{ userId: staff.admin.id }]);
    expect(await acts(approved.hospital!.id, 'hospital.create')).toHaveLength(1);
    await expect(admin()('approveUser', { ...request, ifMatch: 2 })).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  test('is granted as another role than asked for, or rejected', async () => {
    const [one, other] = [await insertPending('UPLOADER'), await insertPending('UPLOADER')];
    const body = { role: 'ANNOTATOR' as const };
    const approved = await admin()('approveUser', { params: { id: one.id }, ifMatch: 1, body });
    expect(approved).toMatchObject({ role: 'ANNOTATOR', laboratory: { id: staff.laboratoryId } });
    const change = { params: { id: other.id }, ifMatch: 1 };
    const unapproved = admin()('updateUser', { ...change, body: { status: 'active' } });
    await expect(unapproved).rejects.toMatchObject({ code: 'conflict' });
    const rejected = await admin()('updateUser', { ...change, body: { status: 'disabled' } });
    expect(rejected.status).toBe('disabled');
    expect(await acts(other.id, 'user.reject')).toHaveLength(1);
    await expect(signIn(other.email, TEST_PASSWORD)).rejects.toMatchObject({ status: 401 });
  });

  test('leaves nothing behind when the new hospital has a name that is taken', async () => {
    const { id } = await insertPending();
    const hospital = { name: staff.hospital.name.toUpperCase(), location: 'Elsewhere' };
    const approval = admin()('approveUser', {
      params: { id },
      ifMatch: 1,
      body: { role: 'UPLOADER', hospital },
    });
    await expect(approval).rejects.toMatchObject({ code: 'conflict' });
    expect((await t.db.select().from(users).where(eq(users.id, id)))[0].status).toBe('pending');
    expect(await t.db.select().from(hospitals).where(eq(hospitals.name, hospital.name))).toEqual([]);
  });

  test('granted by twenty at once founds one hospital', async () => {
    const { id } = await insertPending();
    const name = `Once ${crypto.randomUUID()}`;
    const body = { role: 'UPLOADER' as const, hospital: { name, location: 'Lakes' } };
    const all = await Promise.allSettled(
      Array.from({ length: 20 }, () => admin()('approveUser', { params: { id }, ifMatch: 1, body })),
    );
    const refused = all.filter((one) => one.status === 'rejected').map((one) => one.reason.code);
    expect(refused).toEqual(Array(19).fill('stale_version'));
    expect(await t.db.select().from(hospitals).where(eq(hospitals.name, name))).toHaveLength(1);
  });
});

describe('a change', () => {
  test.each([
    ['disabling', { status: 'disabled' }],
    ['another role', { role: 'ANNOTATOR' }],
    ['another hospital', { hospital: { name: 'new', location: 'there' } }],
  ] as const)('by %s makes the next request of the user 401 [CVE-2026-78357]', async (_, change) => {
    const call = t.as(staff.uploader);
    await call('me', {});
    const body =
      'hospital' in change ? { hospital: { ...change.hospital, name: crypto.randomUUID() } } : change;
    const params = { id: staff.uploader.id };
    const changed = await admin()('updateUser', { params, ifMatch: 1, body });
    expect(changed.version).toBe(2);
    await expect(call('me', {})).rejects.toMatchObject({ status: 401 });
  });

  test('of the name leaves the user signed in', async () => {
    const call = t.as(staff.uploader);
    await admin()('updateUser', { params: { id: staff.uploader.id }, ifMatch: 1, body: { name: 'Umbra' } });
    expect((await call('me', {})).name).toBe('Umbra');
    expect(await acts(staff.uploader.id, 'user.update')).toMatchObject([
      { metadata: { fields: ['name'] }, userId: staff.admin.id },
    ]);
  });

  test('moves an uploader to the laboratory of the other hospital, and a reader out of any hospital', async () => {
    const other = await insertHospital(t.db);
    const moved = await admin()('updateUser', {
      params: { id: staff.uploader.id },
      ifMatch: 1,
      body: { hospital: { id: other.id } },
    });
    expect(moved).toMatchObject({ hospital: { id: other.id }, laboratory: { id: other.laboratoryId } });
    const params = { id: staff.annotator.id };
    const freed = await admin()('updateUser', {
      params,
      ifMatch: 1,
      body: { hospital: null, laboratoryId: other.laboratoryId },
    });
    expect(freed).toMatchObject({ hospital: null, laboratory: { id: other.laboratoryId } });
    const uploader = admin()('updateUser', { params, ifMatch: 2, body: { role: 'UPLOADER' } });
    await expect(uploader).rejects.toMatchObject({ status: 422, errors: [{ path: 'hospital' }] });
  });

  test('enables again', async () => {
    const params = { id: staff.uploader.id };
    await admin()('updateUser', { params, ifMatch: 1, body: { status: 'disabled' } });
    await expect(signIn(staff.uploader.email, TEST_PASSWORD)).rejects.toMatchObject({ status: 401 });
    await admin()('updateUser', { params, ifMatch: 2, body: { status: 'active' } });
    await signIn(staff.uploader.email, TEST_PASSWORD);
    expect(await acts(params.id, 'user.disable')).toHaveLength(1);
    expect(await acts(params.id, 'user.enable')).toHaveLength(1);
  });

  test('of an older version is refused with the user as they are now', async () => {
    const request = { params: { id: staff.uploader.id }, body: { name: 'Later' } };
    await expect(admin()('updateUser', request)).rejects.toMatchObject({ status: 428 });
    await expect(admin()('updateUser', { ...request, ifMatch: 7 })).rejects.toMatchObject({
      status: 412,
      current: { id: staff.uploader.id, version: 1, can_sign: false },
    });
    const nobody = { ...request, params: { id: crypto.randomUUID() }, ifMatch: 1 };
    await expect(admin()('updateUser', nobody)).rejects.toMatchObject({ status: 404 });
  });

  test('never takes the last active administrator, however many try at once [CVE-2026-23526]', async () => {
    const params = { id: staff.admin.id };
    for (const body of [{ status: 'disabled' }, { role: 'ANNOTATOR' }] as const) {
      await expect(admin()('updateUser', { params, ifMatch: 1, body })).rejects.toMatchObject({
        code: 'conflict',
      });
    }
    const others = await Promise.all(
      [1, 2, 3].map(() => insertUser(t.db, 'ADMIN', { laboratoryId: staff.laboratoryId })),
    );
    const everybody = [staff.admin, ...others];
    const outcomes = await Promise.allSettled(
      everybody.map((user, at) =>
        t.as(everybody[(at + 1) % everybody.length])('updateUser', {
          params: { id: user.id },
          ifMatch: 1,
          body: { status: 'disabled' },
        }),
      ),
    );
    expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
    const left = await t.db
      .select()
      .from(users)
      .where(and(eq(users.role, 'ADMIN'), eq(users.status, 'active')));
    expect(left.length).toBeGreaterThanOrEqual(1);
  });

  test('grants nothing that is not in the list [CVE-2026-31070]', async () => {
    const headers = { authorization: `Bearer ${await t.tokenOf(staff.admin)}`, 'if-match': '1' };
    for (const payload of [{ password_hash: 'x' }, { email: 'a@b.de' }, { can_sign: true }, { version: 9 }]) {
      const url = `/api/v1/admin/users/${staff.uploader.id}`;
      expect((await t.inject({ method: 'PATCH', url, headers, payload })).statusCode).toBe(422);
    }
  });
});

describe('a password', () => {
  test('that was reset ends at once with every session, and the link is shown once', async () => {
    const call = t.as(staff.annotator);
    await call('me', {});
    const { link } = await admin()('resetPassword', { params: { id: staff.annotator.id } });
    await expect(call('me', {})).rejects.toMatchObject({ status: 401 });
    await expect(signIn(staff.annotator.email, TEST_PASSWORD)).rejects.toMatchObject({ status: 401 });
    const body = { token: new URL(link).hash.slice(1), newPassword: 'seven quiet herons' };
    await t.anonymous('redeemPasswordLink', { body });
    await signIn(staff.annotator.email, body.newPassword);
    const made = await acts(staff.annotator.id, 'user.reset_password');
    expect(made).toMatchObject([{ userId: staff.admin.id }]);
    expect(JSON.stringify(made)).not.toContain(body.token);
    expect(await acts(staff.annotator.id, 'user.redeem_password_link')).toHaveLength(1);
  });

  test('is not reset for oneself, for who waits, or for nobody', async () => {
    const reset = (id: string) => admin()('resetPassword', { params: { id } });
    await expect(reset(staff.admin.id)).rejects.toMatchObject({ code: 'conflict' });
    await expect(reset((await insertPending()).id)).rejects.toMatchObject({ code: 'conflict' });
    await expect(reset(crypto.randomUUID())).rejects.toMatchObject({ status: 404 });
  });
});
