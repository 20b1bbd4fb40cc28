import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { oneTimeLinks, users } from '../db/tables/people.ts';
import { insertStaff, insertUser, TEST_PASSWORD } from '../testing/factories.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

const PUBLIC_URL = 'https://bal.example.org';
const CHOSEN = 'seven quiet herons';

let t: TestApp;
let staff: Awaited<ReturnType<typeof insertStaff>>;
beforeAll(async () => {
  const http = { host: '127.0.0.1', port: 8080, publicUrl: PUBLIC_URL, corsOrigins: [], trustedProxies: [] };
  t = await createTestApp({ config: { http } });
  staff = await insertStaff(t.db);
});
afterAll(() => t?.close());

const newUser = () => insertUser(t.db, 'UPLOADER', { hospitalId: staff.hospital.id });
const makeLink = ({ id }: { id: string }) => t.as(staff.admin)('resetPassword', { params: { id } });
const tokenIn = (link: string) => new URL(link).hash.slice(1);
const redeem = (link: string, newPassword = CHOSEN) =>
  t.anonymous('redeemPasswordLink', { body: { token: tokenIn(link), newPassword } });
const signIn = (email: string, password: string) => t.anonymous('login', { body: { email, password } });

describe('a one-time link', () => {
  test('ends password and sessions at once, and lets the user choose another password', async () => {
    const user = await newUser();
    const call = t.as(user);
    await call('me', {});
    const { link, expiresAt } = await makeLink(user);
    await expect(call('me', {})).rejects.toMatchObject({ status: 401 });
    await expect(signIn(user.email, TEST_PASSWORD)).rejects.toMatchObject({ status: 401 });
    expect(Date.parse(expiresAt) - Date.now()).toBeLessThanOrEqual(24 * 3600_000);
    await redeem(link);
    expect((await signIn(user.email, CHOSEN)).user.mustChangePassword).toBe(false);
  });

  test('leads to the configured address whatever the Host header says [GHSA-fqh6-6h6c-366m]', async () => {
    const headers = {
      authorization: `Bearer ${await t.tokenOf(staff.admin)}`,
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      forwarded: 'host=evil.example',
    };
    const url = `/api/v1/admin/users/${(await newUser()).id}/reset-password`;
    const { link } = (await t.inject({ method: 'POST', url, headers })).json();
    expect(link.startsWith(`${PUBLIC_URL}/reset-password#`)).toBe(true);
  });

  test('keeps its secret out of what servers see, and only a hash in the database', async () => {
    const user = await newUser();
    const { link } = await makeLink(user);
    const { pathname, search } = new URL(link);
    expect(pathname + search).toBe('/reset-password');
    expect(tokenIn(link)).toMatch(/^[\w-]{43}$/);
    const rows = await t.db.select().from(oneTimeLinks).where(eq(oneTimeLinks.userId, user.id));
    expect(JSON.stringify(rows)).not.toContain(tokenIn(link));
  });

  test('is good once, however many use it at once', async () => {
    const { link } = await makeLink(await newUser());
    const outcomes = await Promise.allSettled([redeem(link), redeem(link), redeem(link)]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(redeem(link)).rejects.toMatchObject({ status: 410, code: 'link_ended' });
  });

  test('ends when a newer one is made, when its time is over, and with the account', async () => {
    const user = await newUser();
    const older = await makeLink(user);
    const newer = await makeLink(user);
    await expect(redeem(older.link)).rejects.toMatchObject({ code: 'link_ended' });
    await t.db
      .update(oneTimeLinks)
      .set({ expiresAt: sql`now()` as never })
      .where(eq(oneTimeLinks.userId, user.id));
    await expect(redeem(newer.link)).rejects.toMatchObject({ code: 'link_ended' });
    const { link } = await makeLink(user);
    await t.db.update(users).set({ status: 'disabled' }).where(eq(users.id, user.id));
    await expect(redeem(link)).rejects.toMatchObject({ code: 'link_ended' });
    await expect(redeem(`${PUBLIC_URL}/reset-password#guessed`)).rejects.toMatchObject({ status: 410 });
  });

  test('stays good while the chosen password is refused', async () => {
    const { link } = await makeLink(await newUser());
    for (const [password, message] of [
      ['short', /8 characters/],
      ['password1', /many people/],
      ['ä'.repeat(40), /72 bytes/],
    ] as const) {
      await expect(redeem(link, password)).rejects.toMatchObject({
        code: 'validation_failed',
        errors: [{ path: 'new_password', message: expect.stringMatching(message) }],
      });
    }
    await redeem(link);
  });
});

test('common passwords are refused at registration and at a change too, in capitals or not [breached-passwords]', async () => {
  const user = await newUser();
  const change = t.as(user)('changePassword', {
    body: { currentPassword: TEST_PASSWORD, newPassword: 'PassWord1' },
  });
  await expect(change).rejects.toMatchObject({ errors: [{ path: 'new_password' }] });
  const person = { name: 'Noa', role: 'UPLOADER', hospital: 'Lakeside', location: 'Lakes' } as const;
  const register = t.anonymous('register', {
    body: { ...person, email: 'noa@example.org', password: 'baseball1' },
  });
  await expect(register).rejects.toMatchObject({ errors: [{ path: 'password' }] });
});

describe('a password that was drawn', () => {
  test('lets its user do nothing before it was changed', async () => {
    const place = { hospital: { id: staff.hospital.id } };
    const body = { name: 'Noa', email: 'noa.drawn@example.org', role: 'UPLOADER', ...place } as const;
    const { user, oneTimePassword } = await t.as(staff.admin)('createUser', { body });
    const { accessToken, user: me } = await signIn(user.email, oneTimePassword);
    expect(me.mustChangePassword).toBe(true);
    const headers = { authorization: `Bearer ${accessToken}` };
    const get = async (path: string) => (await t.inject({ url: `/api/v1${path}`, headers })).json();
    expect(await get('/me')).toMatchObject({ must_change_password: true });
    for (const path of ['/patients', '/samples', '/overview', '/me/sessions', '/events']) {
      expect(await get(path)).toMatchObject({ status: 403, code: 'password_change_required' });
    }
    const change = (newPassword: string) =>
      t.inject({
        method: 'POST',
        url: '/api/v1/me/password',
        headers,
        payload: { current_password: oneTimePassword, new_password: newPassword },
      });
    expect((await change(oneTimePassword)).json().errors[0].path).toBe('new_password');
    expect((await change(CHOSEN)).statusCode).toBe(200);
    const again = await signIn(user.email, CHOSEN);
    expect(again.user.mustChangePassword).toBe(false);
    const authorization = `Bearer ${again.accessToken}`;
    expect((await t.inject({ url: '/api/v1/patients', headers: { authorization } })).statusCode).toBe(200);
  });
});
