import { eq, sql } from 'drizzle-orm';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { userActivityLog } from '../db/tables/operational.ts';
import { sessions, users } from '../db/tables/people.ts';
import { insertStaff, insertUser, TEST_PASSWORD } from '../testing/factories.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

let t: TestApp;
let staff: Awaited<ReturnType<typeof insertStaff>>;
beforeAll(async () => {
  t = await createTestApp();
  staff = await insertStaff(t.db);
});
afterAll(() => t?.close());

const newUser = () => insertUser(t.db, 'UPLOADER', { hospitalId: staff.hospital.id });
const signIn = ({ email }: { email: string }) =>
  t.anonymous('login', { body: { email, password: TEST_PASSWORD } });
const refresh = (refreshToken: string) => t.anonymous('refreshToken', { body: { refreshToken } });
const statusWith = async (accessToken: string) =>
  (await t.inject({ url: '/api/v1/me', headers: { authorization: `Bearer ${accessToken}` } })).statusCode;

test('a refresh token gives a new pair without any other credential', async () => {
  const first = await signIn(await newUser());
  const second = await refresh(first.refreshToken);
  expect(second.refreshToken).toBeDefined();
  expect(second.refreshToken).not.toBe(first.refreshToken);
  expect(await statusWith(second.accessToken)).toBe(200);
  const third = await refresh(second.refreshToken!);
  expect(await statusWith(third.accessToken)).toBe(200);
});

test('one that comes twice ends the session with every token of it, and is noted [revocation]', async () => {
  const user = await newUser();
  const stolen = await signIn(user);
  const elsewhere = await signIn(user);
  const next = await refresh(stolen.refreshToken);
  await expect(refresh(stolen.refreshToken)).rejects.toMatchObject({ code: 'unauthenticated' });
  await expect(refresh(next.refreshToken!)).rejects.toMatchObject({ code: 'unauthenticated' });
  for (const { accessToken } of [stolen, next]) expect(await statusWith(accessToken)).toBe(401);
  expect(await statusWith(elsewhere.accessToken)).toBe(200);
  const acts = await t.db.select().from(userActivityLog).where(eq(userActivityLog.userId, user.id));
  expect(acts.map(({ activityType }) => activityType)).toContain('session.refresh_reused');
});

test('two at once with one token: at most one gets a pair', async () => {
  const { refreshToken } = await signIn(await newUser());
  const outcomes = await Promise.allSettled([refresh(refreshToken), refresh(refreshToken)]);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('access and refresh tokens are no use as each other, nor are forged ones [CVE-2022-23540]', async () => {
  const { accessToken, refreshToken } = await signIn(await newUser());
  expect(await statusWith(refreshToken)).toBe(401);
  const payload = JSON.parse(Buffer.from(refreshToken.split('.')[1], 'base64url').toString());
  const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${refreshToken.split('.')[1]}.`;
  const foreign = await new SignJWT(payload)
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode('x'.repeat(64)));
  for (const token of [accessToken, unsigned, foreign, 'x']) {
    await expect(refresh(token)).rejects.toMatchObject({ code: 'unauthenticated' });
  }
  expect((await refresh(refreshToken)).accessToken).toBeDefined();
});

test('is refused once the session was ended, is too old, or the user was disabled or changed', async () => {
  const cases = {
    ended: (id: string) =>
      t.db
        .update(sessions)
        .set({ endedAt: sql`now()` as never })
        .where(eq(sessions.userId, id)),
    'too old': (id: string) =>
      t.db
        .update(sessions)
        .set({ expiresAt: sql`now()` as never })
        .where(eq(sessions.userId, id)),
    disabled: (id: string) => t.db.update(users).set({ status: 'disabled' }).where(eq(users.id, id)),
    changed: (id: string) => t.db.update(users).set({ securityVersion: 2 }).where(eq(users.id, id)),
  };
  for (const [what, happens] of Object.entries(cases)) {
    const user = await newUser();
    const { refreshToken } = await signIn(user);
    await happens(user.id);
    await expect(refresh(refreshToken), what).rejects.toMatchObject({ code: 'unauthenticated' });
  }
});

test('without one, the session itself must ask: by token, or by cookie from our own pages', async () => {
  const post = (headers: Record<string, string>) =>
    t.inject({ method: 'POST', url: '/api/v1/token/refresh', headers });
  expect((await post({})).statusCode).toBe(401);
  const user = await newUser();
  const login = await t.inject({
    method: 'POST',
    url: '/api/v1/login',
    payload: { email: user.email, password: TEST_PASSWORD },
  });
  const cookie = String(login.headers['set-cookie']).split(';')[0];
  expect((await post({ cookie })).json().code).toBe('csrf');
  expect((await post({ cookie, 'sec-fetch-site': 'same-origin' })).json().access_token).toBeDefined();
  const authorization = `Bearer ${login.json().access_token}`;
  expect((await post({ authorization })).json().access_token).toBeDefined();
});

const renew = async (accessToken: string) => {
  const headers = { authorization: `Bearer ${accessToken}` };
  return t.inject({ method: 'POST', url: '/api/v1/token/refresh', headers });
};

test('an access token renews itself until the session ends, and no longer [session-limits]', async () => {
  const user = await newUser();
  const { accessToken, expiresIn } = await signIn(user);
  await t.db
    .update(sessions)
    .set({ expiresAt: sql`now() + interval '100 seconds'` as never })
    .where(eq(sessions.userId, user.id));
  const renewed = (await renew(accessToken)).json();
  expect(renewed.expires_in).toBeLessThanOrEqual(100);
  expect(renewed.expires_in).toBeLessThan(expiresIn);
  const { exp, iat } = JSON.parse(Buffer.from(renewed.access_token.split('.')[1], 'base64url').toString());
  expect(exp - iat).toBeLessThanOrEqual(101);
  await t.db
    .update(sessions)
    .set({ expiresAt: sql`now()` as never })
    .where(eq(sessions.userId, user.id));
  for (const token of [accessToken, renewed.access_token]) expect((await renew(token)).statusCode).toBe(401);
});

test('a stolen access token does not renew itself beside refresh tokens, which would tell of it [revocation]', async () => {
  const stolen = await signIn(await newUser());
  const taken = (await renew(stolen.accessToken)).json().access_token;
  const { accessToken, refreshToken } = await refresh(stolen.refreshToken);
  for (const token of [stolen.accessToken, taken, accessToken]) {
    const refused = await renew(token);
    expect([refused.statusCode, refused.json().detail]).toEqual([
      401,
      expect.stringContaining('refresh_token'),
    ]);
  }
  expect((await refresh(refreshToken!)).accessToken).toBeDefined();
});
