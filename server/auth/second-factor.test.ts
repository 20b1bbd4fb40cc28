import { eq, sql } from 'drizzle-orm';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { userActivityLog } from '../db/tables/operational.ts';
import { secondFactors } from '../db/tables/people.ts';
import { insertStaff, insertUser, TEST_PASSWORD } from '../testing/factories.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { openAuthenticators } from './authenticator.ts';

const STEP_MS = 30_000;

let t: TestApp;
let staff: Awaited<ReturnType<typeof insertStaff>>;
beforeAll(async () => {
  t = await createTestApp();
  staff = await insertStaff(t.db);
});
afterAll(() => t?.close());

const newUser = () => insertUser(t.db, 'UPLOADER', { hospitalId: staff.hospital.id });
type User = Awaited<ReturnType<typeof newUser>>;
const signIn = (user: { email: string }, totp?: string) =>
  t.anonymous('login', { body: { email: user.email, password: TEST_PASSWORD, ...(totp ? { totp } : {}) } });
const codeOf = (secret: string, steps = 0) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * STEP_MS });
const enrol = (call: ReturnType<TestApp['as']>, currentPassword = TEST_PASSWORD) =>
  call('changeSecondFactor', { body: { action: 'enrol', currentPassword } });

async function withAuthenticator(user: User) {
  const call = t.as(user);
  const begun = await enrol(call);
  if (begun.state !== 'enrolling') throw new Error('not begun');
  const confirmed = await call('changeSecondFactor', {
    body: { action: 'confirm', code: codeOf(begun.secret, -1) },
  });
  if (confirmed.state !== 'on') throw new Error('not confirmed');
  return { call, secret: begun.secret, recoveryCodes: confirmed.recoveryCodes };
}

describe('setting up', () => {
  test('takes hold with the first code, shows recovery codes once and ends sessions elsewhere', async () => {
    const user = await newUser();
    const elsewhere = t.as(user);
    await elsewhere('me', {});
    const call = t.as(user);
    const begun = await enrol(call);
    if (begun.state !== 'enrolling') throw new Error('not begun');
    expect(new URL(begun.otpauthUri).searchParams.get('secret')).toBe(begun.secret);
    expect(begun.otpauthUri).toContain(encodeURIComponent(user.email));
    expect((await call('me', {})).secondFactor).toBeNull();
    await signIn(user);

    const confirm = (code: string) => call('changeSecondFactor', { body: { action: 'confirm', code } });
    await expect(confirm('000000')).rejects.toMatchObject({
      code: 'second_factor_required',
      message: expect.not.stringContaining('recovery'),
    });
    const confirmed = await confirm(codeOf(begun.secret));
    if (confirmed.state !== 'on') throw new Error('not confirmed');
    expect(new Set(confirmed.recoveryCodes).size).toBe(10);
    for (const code of confirmed.recoveryCodes) expect(code).toMatch(/^([a-z2-7]{6}-){3}[a-z2-7]{6}$/);
    expect((await call('me', {})).secondFactor).toEqual({ recoveryCodesLeft: 10 });
    await expect(elsewhere('me', {})).rejects.toMatchObject({ status: 401 });
    await expect(confirm(codeOf(begun.secret, 1))).rejects.toMatchObject({ code: 'conflict' });
    await expect(enrol(call)).rejects.toMatchObject({ code: 'conflict' });
  });

  test('and signing in at once: no session that was begun without a code outlives it', async () => {
    const user = await newUser();
    await enrol(t.as(user));
    const isWaiting = async () => {
      const { rows } = await t.db.execute(sql`select from pg_locks where not granted`);
      return rows.length > 0;
    };
    let late: Promise<unknown> | undefined;
    await t.db.transaction(async (tx) => {
      const mine = eq(secondFactors.userId, user.id);
      await tx.update(secondFactors).set({ confirmedAt: new Date().toISOString() }).where(mine);
      late = signIn(user).catch((error: unknown) => error);
      await vi.waitFor(async () => expect(await isWaiting()).toBe(true), 10_000);
    });
    expect(await late).toMatchObject({ code: 'second_factor_required' });
  });

  test('and removing need the password, not only a session [re-authentication]', async () => {
    const user = await newUser();
    await expect(enrol(t.as(user), 'not the password')).rejects.toMatchObject({
      code: 'invalid_credentials',
    });
    const { call } = await withAuthenticator(user);
    const remove = (currentPassword: string) =>
      call('changeSecondFactor', { body: { action: 'remove', currentPassword } });
    await expect(remove('not the password')).rejects.toMatchObject({ code: 'invalid_credentials' });
    expect((await call('me', {})).secondFactor).not.toBeNull();
    expect(await remove(TEST_PASSWORD)).toEqual({ state: 'off' });
    await signIn(user);
  });

  test('begun anew, the earlier secret confirms nothing', async () => {
    const call = t.as(await newUser());
    const first = await enrol(call);
    const second = await enrol(call);
    if (first.state !== 'enrolling' || second.state !== 'enrolling') throw new Error('not begun');
    const confirm = (secret: string) =>
      call('changeSecondFactor', { body: { action: 'confirm', code: codeOf(secret) } });
    await expect(confirm(first.secret)).rejects.toMatchObject({ code: 'second_factor_required' });
    expect((await confirm(second.secret)).state).toBe('on');
  });

  test('keeps the secret encrypted, for this user only, and recovery codes as hashes', async () => {
    const [user, other] = [await newUser(), await newUser()];
    const { secret, recoveryCodes } = await withAuthenticator(user);
    const [row] = await t.db.select().from(secondFactors).where(eq(secondFactors.userId, user.id));
    const stored = Buffer.from(row.secret);
    expect(stored.includes(Buffer.from(Secret.fromBase32(secret).bytes))).toBe(false);
    expect(JSON.stringify(row)).not.toContain(secret);
    for (const code of recoveryCodes) {
      expect(JSON.stringify(row.recoveryHashes)).not.toContain(code.replaceAll('-', ''));
    }
    const authenticators = openAuthenticators(t.deps.config.auth.jwtSecret);
    expect(authenticators.stepOf(codeOf(secret), user.id, row.secret)).toBeDefined();
    expect(authenticators.stepOf(codeOf(secret), other.id, row.secret)).toBeUndefined();
    const elsewhere = openAuthenticators('x'.repeat(48));
    expect(elsewhere.stepOf(codeOf(secret), user.id, row.secret)).toBeUndefined();
  });
});

describe('signing in', () => {
  test('asks for the code only after the right password', async () => {
    const user = await newUser();
    const { secret } = await withAuthenticator(user);
    await expect(signIn(user)).rejects.toMatchObject({ status: 401, code: 'second_factor_required' });
    const body = { email: user.email, password: 'wrong', totp: codeOf(secret) };
    await expect(t.anonymous('login', { body })).rejects.toMatchObject({ code: 'invalid_credentials' });
    await expect(signIn(user, '123456')).rejects.toMatchObject({ code: 'second_factor_required' });
    const failures = await t.db.select().from(userActivityLog).where(eq(userActivityLog.userId, user.id));
    expect(failures.filter(({ activityType }) => activityType === 'login.failed')).toMatchObject([
      { metadata: { reason: 'password' } },
      { metadata: { reason: 'second factor' } },
    ]);
    expect((await signIn(user, codeOf(secret))).user.id).toBe(user.id);
  });

  test('takes a code once, however many try it at once, and none of an earlier step after it [second-factor]', async () => {
    const user = await newUser();
    const { secret } = await withAuthenticator(user);
    const now = codeOf(secret);
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => signIn(user, now)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(signIn(user, now)).rejects.toMatchObject({ code: 'second_factor_required' });
    await signIn(user, codeOf(secret, 1));
    await expect(signIn(user, codeOf(secret))).rejects.toMatchObject({ code: 'second_factor_required' });
  });

  test('takes a recovery code once, however it is typed [second-factor]', async () => {
    const user = await newUser();
    const { call, recoveryCodes } = await withAuthenticator(user);
    const [first, second] = recoveryCodes;
    await signIn(user, first.toUpperCase().replaceAll('-', ' '));
    await expect(signIn(user, first)).rejects.toMatchObject({ code: 'second_factor_required' });
    expect((await call('me', {})).secondFactor).toEqual({ recoveryCodesLeft: 9 });
    const both = await Promise.allSettled([signIn(user, second), signIn(user, second)]);
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('slows down who knows the password and guesses codes', async () => {
    const user = await newUser();
    const { secret } = await withAuthenticator(user);
    for (let guess = 0; guess < 10; guess++) {
      await expect(signIn(user, '000000')).rejects.toMatchObject({ code: 'second_factor_required' });
    }
    await expect(signIn(user, codeOf(secret))).rejects.toMatchObject({ status: 429 });
  });

  test('needs no code again once an administrator removed the authenticator, who is noted', async () => {
    const user = await newUser();
    const { call } = await withAuthenticator(user);
    const reset = (as: User, id: string) => t.as(as)('resetSecondFactor', { params: { id } });
    await expect(reset(staff.uploader, user.id)).rejects.toMatchObject({ status: 403 });
    expect(await reset(staff.admin, user.id)).toMatchObject({ id: user.id, secondFactor: null });
    await expect(call('me', {})).rejects.toMatchObject({ status: 401 });
    await signIn(user);
    const acts = await t.db.select().from(userActivityLog).where(eq(userActivityLog.entityId, user.id));
    expect(acts.filter(({ activityType }) => activityType === 'user.reset_second_factor')).toMatchObject([
      { userId: staff.admin.id },
    ]);
    await expect(reset(staff.admin, user.id)).rejects.toMatchObject({ code: 'conflict' });
    await expect(reset(staff.admin, staff.admin.id)).rejects.toMatchObject({ code: 'conflict' });
  });
});
