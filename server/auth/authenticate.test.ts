import { eq, sql } from 'drizzle-orm';
import Fastify from 'fastify';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sessions, users } from '../db/tables/people.ts';
import { insertStaff, TEST_PASSWORD } from '../testing/factories.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { installAuthentication } from './authenticate.ts';
import { sessionCookie } from './session-cookie.ts';
import { createTokens } from './tokens.ts';

let t: TestApp;
let staff: Awaited<ReturnType<typeof insertStaff>>;
beforeAll(async () => {
  t = await createTestApp();
  staff = await insertStaff(t.db);
});
afterAll(() => t?.close());

const me = (headers: Record<string, string>) => t.inject({ url: '/api/v1/me', headers });
const withToken = (token: string) => me({ authorization: `Bearer ${token}` });
const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const partsOf = (token: string) => {
  const [header, payload, signature] = token.split('.');
  return { header, signature, payload: JSON.parse(Buffer.from(payload, 'base64url').toString()) };
};
const signed = (payload: Record<string, unknown>, secret: string, alg = 'HS256') =>
  new SignJWT(payload).setProtectedHeader({ alg }).sign(new TextEncoder().encode(secret));

async function signInByCookie(user: { email: string }): Promise<string> {
  const response = await t.inject({
    method: 'POST',
    url: '/api/v1/login',
    payload: { email: user.email, password: TEST_PASSWORD },
  });
  return String(response.headers['set-cookie']).split(';')[0];
}

describe('tokens', () => {
  test('a token of ours is taken', async () => {
    const token = await t.tokenOf(staff.uploader);
    expect((await withToken(token)).statusCode).toBe(200);
    const { payload } = partsOf(token);
    expect((await withToken(await signed(payload, t.deps.config.auth.jwtSecret))).statusCode).toBe(200);
  });

  test('unsigned, of another algorithm, with a key in the header, foreign and expired ones are not [CVE-2022-23540, CVE-2023-48223, CVE-2026-34950]', async () => {
    const token = await t.tokenOf(staff.uploader);
    const { header, payload, signature } = partsOf(token);
    const { jwtSecret } = t.deps.config.auth;
    const now = Math.floor(Date.now() / 1000);
    const forged = {
      'no signature': `${base64url({ alg: 'none' })}.${base64url(payload)}.`,
      'alg none with the old signature': `${base64url({ alg: 'none' })}.${base64url(payload)}.${signature}`,
      'another key': await signed(payload, 'x'.repeat(64)),
      'another algorithm': await signed(payload, jwtSecret, 'HS512'),
      'another user, old signature': `${header}.${base64url({ ...payload, sub: staff.admin.id })}.${signature}`,
      'another user, signed': await signed({ ...payload, sub: staff.admin.id }, jwtSecret),
      expired: await signed({ ...payload, exp: now - 10 }, jwtSecret),
      'never expiring': await signed({ ...payload, exp: undefined }, jwtSecret),
      'another audience': await signed({ ...payload, aud: 'elsewhere' }, jwtSecret),
      'another issuer': await signed({ ...payload, iss: 'elsewhere' }, jwtSecret),
      'an older security version': await signed({ ...payload, sv: 0 }, jwtSecret),
      'no session': await signed({ ...payload, sid: crypto.randomUUID() }, jwtSecret),
      'a key in its header': `${base64url({ alg: 'HS256', jwk: { kty: 'oct', k: 'eA' } })}.${base64url(payload)}.${signature}`,
      'a key to fetch': `${base64url({ alg: 'HS256', jku: 'https://evil.example/keys' })}.${base64url(payload)}.${signature}`,
      'the name of a file as key': `${base64url({ alg: 'HS256', kid: '/dev/null' })}.${base64url(payload)}.${signature}`,
      'a public key taken as secret': `${base64url({ alg: 'RS256' })}.${base64url(payload)}.${signature}`,
      'nothing at all': 'x',
    };
    for (const [what, one] of Object.entries(forged)) {
      const response = await withToken(one);
      expect(response.statusCode, what).toBe(401);
      expect(response.json().code).toBe('unauthenticated');
    }
  });

  test('a wrong token is not excused by a good cookie', async () => {
    const cookie = await signInByCookie(staff.uploader);
    expect((await me({ cookie })).statusCode).toBe(200);
    expect((await me({ cookie, authorization: 'Bearer x' })).statusCode).toBe(401);
  });
});

describe('what ends a session at once', () => {
  test.each([
    ['disabled', { status: 'disabled' as const }],
    ['changed in role or password', { securityVersion: 2 }],
  ])('the user was %s [CVE-2026-78357]', async (_, change) => {
    const { uploader } = await insertStaff(t.db);
    const token = await t.tokenOf(uploader);
    const cookie = await signInByCookie(uploader);
    expect((await withToken(token)).statusCode).toBe(200);
    await t.db.update(users).set(change).where(eq(users.id, uploader.id));
    expect((await withToken(token)).statusCode).toBe(401);
    expect((await me({ cookie })).statusCode).toBe(401);
  });

  test('for browsers: half an hour without a request, or twelve hours; a token is not bound to that [session-limits]', async () => {
    const { uploader } = await insertStaff(t.db);
    const cookie = await signInByCookie(uploader);
    const token = await t.tokenOf(uploader);
    const age = (column: 'lastSeenAt' | 'createdAt', interval: string) =>
      t.db
        .update(sessions)
        .set({ [column]: sql.raw(`now() - interval '${interval}'`) })
        .where(eq(sessions.userId, uploader.id));
    await age('lastSeenAt', '29 minutes');
    expect((await me({ cookie })).statusCode).toBe(200);
    // The request above began the half hour anew.
    const [{ lastSeenAt }] = await t.db.select().from(sessions).where(eq(sessions.userId, uploader.id));
    expect(Date.now() - Date.parse(lastSeenAt)).toBeGreaterThanOrEqual(-1000);
    await age('lastSeenAt', '31 minutes');
    expect((await me({ cookie })).statusCode).toBe(401);
    expect((await withToken(token)).statusCode).toBe(200);
    await age('lastSeenAt', '0 minutes');
    expect((await me({ cookie })).statusCode).toBe(200);
    await age('createdAt', '12 hours 1 minute');
    expect((await me({ cookie })).statusCode).toBe(401);
  });
});

test('polls of an empty chair and live events do not keep a session from ending', async () => {
  const { uploader } = await insertStaff(t.db);
  const cookie = await signInByCookie(uploader);
  const idleSince = async () => {
    const [{ lastSeenAt }] = await t.db.select().from(sessions).where(eq(sessions.userId, uploader.id));
    return lastSeenAt;
  };
  await t.db
    .update(sessions)
    .set({ lastSeenAt: sql.raw(`now() - interval '10 minutes'`) })
    .where(eq(sessions.userId, uploader.id));
  const before = await idleSince();
  expect((await me({ cookie, 'x-unattended': '1' })).statusCode).toBe(200);
  const address = await t.app.listen({ port: 0 });
  const stream = await fetch(`${address}/api/v1/events`, { headers: { cookie } });
  expect(stream.status).toBe(200);
  await stream.body?.cancel();
  expect(await idleSince()).toBe(before);
  const rename = { 'sec-fetch-site': 'same-origin', 'x-unattended': '1', cookie };
  await t.inject({ method: 'PATCH', url: '/api/v1/me', headers: rename, payload: { name: 'Dr Save' } });
  expect(await idleSince()).not.toBe(before);
});

describe("writes with the browser's cookie [GHSA-4m3m-ppvx-xgw9]", () => {
  const rename = (headers: Record<string, string>) =>
    t.inject({ method: 'PATCH', url: '/api/v1/me', headers, payload: { name: 'Dr Cookie' } });

  test.each([
    ['same-origin by fetch metadata', { 'sec-fetch-site': 'same-origin' }, 200],
    ['the origin of PUBLIC_URL', { origin: 'PUBLIC_URL' }, 200],
    ['an origin that is the host asked', { origin: 'http://localhost:8081', host: 'localhost:8081' }, 200],
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, 403],
    ['a sibling site', { 'sec-fetch-site': 'same-site' }, 403],
    ['another origin, without metadata', { origin: 'https://evil.example' }, 403],
    ['an opaque origin', { origin: 'null' }, 403],
    ['no word of where from', {}, 403],
  ])('%s', async (_, given, status) => {
    const cookie = await signInByCookie(staff.uploader);
    const headers: Record<string, string> = { ...given, cookie };
    if (headers.origin === 'PUBLIC_URL') headers.origin = t.deps.config.http.publicUrl;
    const response = await rename(headers);
    expect(response.statusCode).toBe(status);
    if (status === 403) expect(response.json().code).toBe('csrf');
  });

  test('a token needs none of that, and reading by cookie neither', async () => {
    const authorization = `Bearer ${await t.tokenOf(staff.uploader)}`;
    expect((await rename({ authorization, origin: 'https://elsewhere.example' })).statusCode).toBe(200);
    const cookie = await signInByCookie(staff.uploader);
    expect((await me({ cookie, 'sec-fetch-site': 'cross-site' })).statusCode).toBe(200);
  });
});

test('authentication comes before role, role before body', async () => {
  const garbage = { method: 'PATCH', url: '/api/v1/me', payload: '{', headers: {} } as const;
  const json = { 'content-type': 'application/json' };
  expect((await t.inject({ ...garbage, headers: json })).statusCode).toBe(401);
  const authorization = `Bearer ${await t.tokenOf(staff.uploader)}`;
  expect((await t.inject({ ...garbage, headers: { ...json, authorization } })).statusCode).toBe(400);
});

test('an application with a route that does not say who may call it does not start [CVE-2026-25927]', async () => {
  const app = Fastify();
  installAuthentication(app, {
    database: t.deps.database,
    tokens: createTokens('x'.repeat(40)),
    cookie: sessionCookie('http://localhost'),
    publicUrl: 'http://localhost',
  });
  app.get('/forgotten', async () => 'open to all');
  await expect(app.ready()).rejects.toThrow(/GET \/forgotten/);
});
