import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { userActivityLog } from '../db/tables/operational.ts';
import { hospitals, users } from '../db/tables/people.ts';
import {
  insertHospital,
  insertLaboratory,
  insertStaff,
  insertUser,
  TEST_PASSWORD,
} from '../testing/factories.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

let t: TestApp;
beforeAll(async () => {
  t = await createTestApp();
  await insertLaboratory(t.db);
});
afterAll(() => t?.close());

const drawnEmail = () => `${crypto.randomUUID()}@Example.org`;
const newcomer = (changes: Record<string, unknown> = {}) => ({
  name: 'Dr New',
  email: drawnEmail(),
  password: 'a good long one',
  role: 'UPLOADER',
  hospital: 'Lakeside',
  location: 'Lakeville',
  ...changes,
});
const post = (path: string, payload: object, headers: Record<string, string> = {}) =>
  t.inject({ method: 'POST', url: `/api/v1${path}`, payload, headers });
const activitiesOf = async (userId: string) =>
  (await t.db.select().from(userActivityLog).where(eq(userActivityLog.userId, userId))).map(
    (row) => row.activityType,
  );

describe('open registration', () => {
  test('founds a hospital, and the next one joins it', async () => {
    const first = await t.anonymous('register', { body: newcomer({ hospital: 'Hillside' }) as never });
    const second = await t.anonymous('register', { body: newcomer({ hospital: 'HILLSIDE' }) as never });
    if (first.status !== 'active' || second.status !== 'active') throw new Error('not registered');
    expect(first.user).toMatchObject({ role: 'UPLOADER', status: 'active', hospital: { name: 'Hillside' } });
    expect(first.user.laboratory).not.toBeNull();
    expect(second.user.hospital).toEqual(first.user.hospital);
    const [hospital] = await t.db.select().from(hospitals).where(eq(hospitals.id, first.user.hospital!.id));
    expect(hospital.location).toBe('Lakeville');
    expect(await activitiesOf(first.user.id)).toEqual(['user.register']);
  });

  test('takes the spelling ANNONATOR and stores ANNOTATOR', async () => {
    const response = await post('/register', newcomer({ role: 'ANNONATOR' }));
    expect(response.statusCode).toBe(201);
    expect(response.json().user.role).toBe('ANNOTATOR');
  });

  test.each([
    ['the role ADMIN', { role: 'ADMIN' }],
    ['an unknown field', { status: 'active' }],
    ['a short password', { password: 'short' }],
    ['a password beyond 72 bytes', { password: 'ä'.repeat(40) }],
    ['no e-mail address', { email: 'nobody' }],
  ])('refuses %s [CVE-2026-31070]', async (_, changes) => {
    const response = await post('/register', newcomer(changes));
    expect(response.statusCode).toBe(422);
    expect(response.json().code).toBe('validation_failed');
  });

  test('refuses an address that is taken, in any case', async () => {
    const email = drawnEmail();
    expect((await post('/register', newcomer({ email }))).statusCode).toBe(201);
    const again = await post('/register', newcomer({ email: email.toUpperCase() }));
    expect(again.statusCode).toBe(409);
    expect(again.json().code).toBe('email_taken');
  });
});

describe('signing in', () => {
  test('answers a token that works, and a cookie for browsers', async () => {
    const { uploader } = await insertStaff(t.db);
    const response = await post('/login', { email: uploader.email, password: TEST_PASSWORD });
    expect(response.statusCode).toBe(200);
    const body = response.json();
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600, user: { id: uploader.id } });
    expect(String(response.headers['set-cookie'])).toMatch(
      /^balscope_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    const me = await t.inject({
      url: '/api/v1/me',
      headers: { authorization: `Bearer ${body.access_token}` },
    });
    expect(me.json()).toMatchObject({ id: uploader.id, role: 'UPLOADER' });
    expect(JSON.stringify(me.json())).not.toContain('hash');
    expect(await activitiesOf(uploader.id)).toEqual(['login']);
  });

  test('answers alike for wrong passwords and for unknown, waiting and disabled accounts [GHSA-6f65-4fv2-wwch]', async () => {
    const { hospital } = await insertStaff(t.db);
    const [active, waiting, disabled] = await Promise.all(
      (['active', 'pending', 'disabled'] as const).map((status) =>
        insertUser(t.db, 'UPLOADER', { hospitalId: hospital.id, status }),
      ),
    );
    const answers = await Promise.all([
      post('/login', { email: active.email, password: 'wrong' }),
      post('/login', { email: 'nobody@example.org', password: TEST_PASSWORD }),
      post('/login', { email: waiting.email, password: TEST_PASSWORD }),
      post('/login', { email: disabled.email, password: TEST_PASSWORD }),
    ]);
    const bodies = answers.map((answer) => ({ ...answer.json(), request_id: undefined }));
    expect(answers.map((answer) => answer.statusCode)).toEqual([401, 401, 401, 401]);
    for (const body of bodies) expect(body).toEqual(bodies[0]);
    for (const answer of answers) expect(answer.headers['set-cookie']).toBeUndefined();
    expect(await activitiesOf(active.id)).toEqual(['login.failed']);
  });

  test('opens a new session each time and ends the one the browser came with [CVE-2014-7198]', async () => {
    const { uploader } = await insertStaff(t.db);
    const credentials = { email: uploader.email, password: TEST_PASSWORD };
    const cookieOf = (headers: Record<string, unknown>) => String(headers['set-cookie']).split(';')[0];
    const planted = await post('/login', credentials, { cookie: 'balscope_session=chosen-by-an-attacker' });
    const first = cookieOf(planted.headers);
    expect(first).not.toContain('chosen-by-an-attacker');
    const second = cookieOf((await post('/login', credentials, { cookie: first })).headers);
    expect(second).not.toBe(first);
    const me = (cookie: string) => t.inject({ url: '/api/v1/me', headers: { cookie } });
    expect((await me(first)).statusCode).toBe(401);
    expect((await me(second)).statusCode).toBe(200);
  });

  test('cookies are Secure and bound to the host where the address is https [tls-or-loopback]', async () => {
    const http = { ...t.deps.config.http, publicUrl: 'https://bal.example.org' };
    const secure = await createTestApp({ config: { http } });
    const { uploader } = await insertStaff(secure.db);
    const response = await secure.inject({
      method: 'POST',
      url: '/api/v1/login',
      payload: { email: uploader.email, password: TEST_PASSWORD },
    });
    expect(String(response.headers['set-cookie'])).toMatch(
      /^__Host-balscope=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    await secure.close();
  });
});

describe('the own account', () => {
  test('changes its name, never role, status or workplace [CVE-2026-31070]', async () => {
    const { annotator } = await insertStaff(t.db);
    const me = await t.as(annotator)('updateMe', { body: { name: 'Dr Renamed' } });
    expect(me.name).toBe('Dr Renamed');
    const authorization = `Bearer ${await t.tokenOf(annotator)}`;
    for (const forbidden of [
      { role: 'ADMIN' },
      { status: 'active' },
      { can_sign: true },
      { hospital_id: null },
    ]) {
      const response = await t.inject({
        method: 'PATCH',
        url: '/api/v1/me',
        headers: { authorization },
        payload: { name: 'x', ...forbidden },
      });
      expect(response.statusCode).toBe(422);
    }
    const [row] = await t.db.select().from(users).where(eq(users.id, annotator.id));
    expect(row).toMatchObject({ name: 'Dr Renamed', role: 'ANNOTATOR', canSign: false });
  });

  test('a changed password ends every other session and every token [CVE-2026-78357]', async () => {
    const { uploader } = await insertStaff(t.db);
    const elsewhere = `Bearer ${await t.tokenOf(uploader)}`;
    const login = await post('/login', { email: uploader.email, password: TEST_PASSWORD });
    const authorization = `Bearer ${login.json().access_token}`;
    const change = (current: string) =>
      post(
        '/me/password',
        { current_password: current, new_password: 'another long one' },
        { authorization },
      );
    expect((await change('not the password')).json().code).toBe('invalid_credentials');
    const changed = await change(TEST_PASSWORD);
    expect(changed.statusCode).toBe(200);

    const me = (headers: Record<string, string>) => t.inject({ url: '/api/v1/me', headers });
    expect((await me({ authorization: elsewhere })).statusCode).toBe(401);
    expect((await me({ authorization })).statusCode).toBe(401);
    expect((await me({ cookie: String(changed.headers['set-cookie']).split(';')[0] })).statusCode).toBe(200);
    expect((await post('/login', { email: uploader.email, password: TEST_PASSWORD })).statusCode).toBe(401);
    expect((await post('/login', { email: uploader.email, password: 'another long one' })).statusCode).toBe(
      200,
    );
  });

  test('changes its address only with the password, and sessions elsewhere end', async () => {
    const { uploader, annotator } = await insertStaff(t.db);
    const [call, elsewhere] = [t.as(uploader), t.as(uploader)];
    await elsewhere('me', {});
    const email = drawnEmail().toLowerCase();
    const change = (body: { email: string; currentPassword?: string }) => call('updateMe', { body });
    await expect(change({ email })).rejects.toMatchObject({ errors: [{ path: 'current_password' }] });
    await expect(change({ email, currentPassword: 'wrong' })).rejects.toMatchObject({
      code: 'invalid_credentials',
    });
    const taken = { email: annotator.email.toUpperCase(), currentPassword: TEST_PASSWORD };
    await expect(change(taken)).rejects.toMatchObject({ code: 'email_taken' });
    expect((await change({ email, currentPassword: TEST_PASSWORD })).email).toBe(email);
    await expect(elsewhere('me', {})).rejects.toMatchObject({ status: 401 });
    expect((await post('/login', { email, password: TEST_PASSWORD })).statusCode).toBe(200);
  });

  test('ends all sessions but the one that asks', async () => {
    const { uploader } = await insertStaff(t.db);
    const calls = [t.as(uploader), t.as(uploader), t.as(uploader)];
    for (const call of calls) await call('me', {});
    await calls[0]('endOtherSessions', {});
    expect((await calls[0]('listSessions', {})).items).toMatchObject([
      { current: true, address: '127.0.0.1' },
    ]);
    await expect(calls[1]('me', {})).rejects.toMatchObject({ status: 401 });
  });

  test('lists its sessions and ends one, never those of others', async () => {
    const { uploader, annotator } = await insertStaff(t.db);
    const call = t.as(uploader);
    const other = t.as(uploader);
    await other('me', {});
    const { items } = await call('listSessions', {});
    expect(items.map((session) => session.current).sort()).toEqual([false, true]);
    const others = items.find((session) => !session.current)!;
    await expect(t.as(annotator)('endSession', { params: { id: others.id } })).rejects.toMatchObject({
      status: 404,
    });
    await call('endSession', { params: { id: others.id } });
    await expect(other('me', {})).rejects.toMatchObject({ status: 401 });
    expect((await call('listSessions', {})).items).toHaveLength(1);
  });

  test('a signed-out session is over; a refreshed token works [revocation]', async () => {
    const { uploader } = await insertStaff(t.db);
    const call = t.as(uploader);
    const { accessToken, expiresIn } = await call('refreshToken', {});
    expect(expiresIn).toBe(3600);
    const withRefreshed = () =>
      t.inject({ url: '/api/v1/me', headers: { authorization: `Bearer ${accessToken}` } });
    expect((await withRefreshed()).statusCode).toBe(200);
    await call('logout', {});
    expect((await withRefreshed()).statusCode).toBe(401);
    await expect(call('me', {})).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test("notes what the client reports, as the client's words", async () => {
    const { annotator } = await insertStaff(t.db);
    const floodOf = (entries: number, value: string) => ({
      activityType: 'viewer.zoom',
      description: 'Too much for a log that keeps all',
      metadata: Object.fromEntries(Array.from({ length: entries }, (_, n) => [`key ${n}`, value])),
    });
    for (const flood of [floodOf(51, 'x'), floodOf(5, 'x'.repeat(1000))]) {
      await expect(t.as(annotator)('logActivity', { body: flood })).rejects.toMatchObject({
        code: 'validation_failed',
      });
    }
    const { id } = await t.as(annotator)('logActivity', {
      body: { activityType: 'viewer.open', description: 'Opened the viewer', metadata: { tile_size: 256 } },
    });
    const [row] = await t.db.select().from(userActivityLog).where(eq(userActivityLog.id, id));
    expect(row).toMatchObject({
      userId: annotator.id,
      activityType: 'viewer.open',
      entityType: 'client_report',
      metadata: { tile_size: 256 },
      address: '127.0.0.1',
    });
  });
});

describe('other modes of registration', () => {
  const withMode = (registration: 'approval' | 'closed') =>
    createTestApp({ config: { auth: { ...t.deps.config.auth, registration } } });

  test('approval: known and unknown addresses are received alike, and nobody can sign in yet [CVE-2026-31070]', async () => {
    const app = await withMode('approval');
    const known = await insertUser(app.db, 'UPLOADER', { hospitalId: (await insertHospital(app.db)).id });
    const ask = (email: string) =>
      app.inject({ method: 'POST', url: '/api/v1/register', payload: newcomer({ email }) });
    const email = drawnEmail();
    for (const address of [email, known.email, email]) {
      const response = await ask(address);
      expect(response.statusCode).toBe(202);
      expect(response.json()).toEqual({ status: 'received' });
    }
    const rows = await app.db.select().from(users).where(eq(users.email, email.toLowerCase()));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      status: 'pending',
      role: 'UPLOADER',
      hospitalId: null,
      requested: { hospital: 'Lakeside', location: 'Lakeville' },
    });
    const payload = { email, password: 'a good long one' };
    expect((await app.inject({ method: 'POST', url: '/api/v1/login', payload })).statusCode).toBe(401);
    await app.close();
  });

  test('closed: refused [CVE-2026-23526]', async () => {
    const app = await withMode('closed');
    expect(await app.anonymous('signInOptions', {})).toEqual({
      registration: 'closed',
      recaptchaSiteKey: null,
    });
    await expect(app.anonymous('register', { body: newcomer() as never })).rejects.toMatchObject({
      status: 403,
    });
    await app.close();
  });
});
