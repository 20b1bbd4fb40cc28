import { eq } from 'drizzle-orm';
import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Role } from '../../contract/route.ts';
import { connect, type Database } from '../db/client.ts';
import { userActivityLog } from '../db/tables/operational.ts';
import { isDeeperThan } from '../http/json-bodies.ts';
import { type Operation, readOperations } from '../testing/api-operations.ts';
import { type ApiRequest, injectable, injectPatiently, shortestRequest } from '../testing/api-requests.ts';
import { type Caller, insertWorld, type World } from '../testing/api-world.ts';
import { takeRowChanges, watchRows } from '../testing/row-changes.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

let t: TestApp;
let owner: Database;
let world: World;
let operations: Operation[];
let tokens: Map<Role, string>;
beforeAll(async () => {
  t = await createTestApp();
  operations = await readOperations(t);
  owner = connect(t.ownerUri, { max: 1 });
  await watchRows(owner.pool);
});
beforeEach(async () => {
  world = await insertWorld(t.db);
  const { uploader, annotator } = world.places[0];
  tokens = new Map();
  for (const user of [world.admin, uploader, annotator]) tokens.set(user.role, await t.tokenOf(user));
});
afterAll(async () => {
  await owner?.close();
  await t?.close();
});

const LAST = ['changePassword', 'logout'];
/** Those that sign out come last; the stream of events never ends. */
const everyRoute = (isWanted: (operation: Operation) => unknown) =>
  operations
    .filter((one) => isWanted(one) && one.name !== 'events')
    .toSorted((one, other) => LAST.indexOf(one.name) - LAST.indexOf(other.name));

/** As somebody who may call the route. */
async function send(
  operation: Operation,
  change: (request: InjectOptions) => InjectOptions,
  given?: ApiRequest,
) {
  const { access } = operation.route;
  const request = given ?? shortestRequest(operation, world.places[0].rows);
  const token = access === 'public' ? undefined : tokens.get(access.at(-1)!);
  return injectPatiently(t, change(await injectable(request, token)));
}

const retyped = (type: string) => (request: InjectOptions) => ({
  ...request,
  headers: { ...request.headers, 'content-type': type },
});

describe('the way to a route', () => {
  test('odd content types are refused by every route with a body [CVE-2025-32442]', async () => {
    const odd = ['text/plain', 'text/json', 'application/xml', 'application/x-www-form-urlencoded'];
    const mangled = [
      'application/jsonp',
      'application/json, text/html',
      'x/application/json',
      'image/svg+xml',
    ];
    const form = 'multipart/form-data; boundary=x';
    for (const operation of everyRoute(({ body }) => body)) {
      const takesForm = operation.route.consumes?.includes('multipart');
      for (const type of [...odd, ...mangled, ...(takesForm ? [] : [form])]) {
        const { statusCode } = await send(operation, retyped(type));
        expect(statusCode, `${operation.name} ${type}`).toBe(415);
      }
    }
  });

  test('however JSON is spelt, its body is checked [CVE-2025-32442]', async () => {
    const spellings = [
      'Application/JSON',
      'application/json ; charset=utf-8',
      'application/json\t;',
      ' application/json',
    ];
    for (const operation of everyRoute(({ body }) => body?.kind === 'json' && body.isRequired)) {
      for (const type of spellings) {
        const unknown = (request: InjectOptions) => ({ ...request, payload: '{"no such field": 1}' });
        const { statusCode } = await send(operation, (request) => unknown(retyped(type)(request)));
        expect([415, 422], `${operation.name} ${type}`).toContain(statusCode);
      }
    }
  });

  test('no spelling of an address is a way around signing in [CVE-2025-32442]', async () => {
    for (const operation of everyRoute(({ route }) => route.access !== 'public')) {
      const { url, ...request } = await injectable(
        shortestRequest(operation, world.places[0].rows),
        undefined,
      );
      const path = String(url);
      const inside = path.slice('/api/v1/'.length);
      const spellings = [
        `/${path}`,
        `/api//v1/${inside}`,
        `/api/v1/x/../${inside}`,
        `/api/v1/health/../${inside}`,
        `/api/v1/./${inside}`,
        `/api/v1/%2e%2e/v1/${inside}`,
        `/api%2Fv1%2F${inside}`,
        path.replace('/v1/', '/v1%2F'),
        path.replace('/api/v1/', '/API/V1/'),
        path.replace(/(?<=\/v1\/)./, (first) => `%${first.charCodeAt(0).toString(16)}`),
        `${path}/`,
        `${path};x=/health`,
        `${path}%00`,
        `${path}#/health`,
      ];
      for (const spelling of spellings) {
        const { statusCode } = await injectPatiently(t, { ...request, url: spelling });
        expect([400, 401, 404], `${operation.method} ${spelling}`).toContain(statusCode);
      }
    }
  });

  test('no answer takes an address from the Host that was asked [GHSA-fqh6-6h6c-366m]', async () => {
    const evil = { host: 'evil.example', 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' };
    for (const operation of everyRoute(() => true)) {
      const { payload, headers } = await send(operation, (request) => ({
        ...request,
        headers: { ...request.headers, ...evil },
      }));
      expect(payload + JSON.stringify(headers), operation.name).not.toContain('evil.example');
    }
  });

  test('a forged X-Forwarded-For is not what the activity log says [CVE-2026-92395]', async () => {
    const headers = {
      'x-forwarded-for': '198.51.100.7',
      'x-real-ip': '198.51.100.7',
      forwarded: 'for=198.51.100.7',
    };
    const remoteAddress = '192.0.2.77';
    await injectPatiently(t, {
      method: 'POST',
      url: '/api/v1/login',
      remoteAddress,
      headers,
      payload: { email: 'nobody@example.org', password: 'wrong' },
    });
    const rows = await t.db
      .select()
      .from(userActivityLog)
      .where(eq(userActivityLog.activityType, 'login.failed'));
    expect(rows.map(({ address }) => address)).toContain(remoteAddress);
    expect(rows.map(({ address }) => address)).not.toContain('198.51.100.7');
  });
});

describe('the content of a request', () => {
  const withText = (payload: string) => (request: InjectOptions) => ({
    ...retyped('application/json')(request),
    payload,
  });

  test('__proto__ and constructor are refused in every body and change no prototype [CVE-2021-23597]', async () => {
    for (const operation of everyRoute(({ body }) => body?.kind === 'json')) {
      for (const poison of ['"__proto__":{"polluted":1}', '"constructor":{"prototype":{"polluted":1}}']) {
        const { statusCode } = await send(operation, (request) => {
          const body = String(request.payload ?? '{}');
          return withText(`{${poison}${body === '{}' ? '}' : `,${body.slice(1)}`}`)(request);
        });
        expect([400, 422], `${operation.name} ${poison}`).toContain(statusCode);
      }
    }
    for (const operation of everyRoute(({ method }) => method === 'GET')) {
      await send(operation, (request) => ({
        ...request,
        url: `${request.url}?__proto__[polluted]=1&constructor=x`,
      }));
    }
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test('what a route does not name is refused, in query and body, by every route [CVE-2026-31070]', async () => {
    const unknown = 'no_such_field';
    for (const operation of everyRoute(() => true)) {
      const inQuery = await send(operation, (request) => {
        const url = String(request.url);
        return { ...request, url: `${url}${url.includes('?') ? '&' : '?'}${unknown}=1` };
      });
      expect(inQuery.statusCode, `${operation.name} query`).toBe(422);
      if (['GET', 'HEAD', 'OPTIONS'].includes(operation.method) || operation.route.consumes === 'bytes')
        continue;
      const request = shortestRequest(operation, world.places[0].rows);
      const body = { ...(request.body as object), [unknown]: '1' };
      const inBody = await send(operation, (one) => one, {
        ...request,
        kind: operation.body?.kind ?? 'json',
        body,
      });
      expect(inBody.statusCode, `${operation.name} body`).toBe(422);
    }
  });

  test('100 kB in any field of any route is answered, and not with a fault of ours [CVE-2021-23597]', async () => {
    const slow = ['a', ' ', '@a.', 'a-', '\t', '((', '0', '%2e'].map((one) =>
      one.repeat(100_000 / one.length),
    );
    for (const operation of everyRoute(({ body }) => body?.kind === 'json')) {
      const request = shortestRequest(operation, world.places[0].rows);
      for (const field of Object.keys((request.body ?? {}) as object)) {
        for (const text of slow) {
          const long = { ...request, body: { ...(request.body as object), [field]: text } };
          const { statusCode } = await send(operation, (one) => one, long);
          expect([400, 401, 422], `${operation.name} ${field}`).toContain(statusCode);
        }
      }
    }
  });

  test('JSON nested deeper than any request is refused before it is read [CVE-2021-23597]', async () => {
    for (const operation of everyRoute(({ body }) => body?.kind === 'json')) {
      for (const [opening, closing] of ['[]', '{}']) {
        const deep = opening === '[' ? opening.repeat(100_000) : '{"a":'.repeat(100_000);
        const { statusCode } = await send(operation, withText(deep + closing.repeat(100_000)));
        expect(statusCode, operation.name).toBe(400);
      }
    }
    expect(isDeeperThan(2, '{"a":[1,"[[[[\\"[[[["],"b":[]}')).toBe(false);
    expect(isDeeperThan(1, '{"a":[1]}')).toBe(true);
  });

  test('a body beyond the limit is refused [CVE-2023-25576]', async () => {
    for (const operation of everyRoute(({ body }) => body?.kind === 'json')) {
      const { statusCode } = await send(operation, withText(`"${'a'.repeat(5 * 1024 * 1024)}"`));
      expect(statusCode, operation.name).toBe(413);
    }
  });

  test('lists filter and sort by nothing that is not in their closed sets [CVE-2023-47117]', async () => {
    const leaks = [
      'password_hash=x',
      'password_hash__startswith=%242b',
      'user.password_hash=x',
      'uploader__password=x',
      'secret_hash=x',
      'sort=password_hash',
      'sort=-uploader.email',
      'sort=secret_hash',
      'sort=name;drop table users',
      'filter[password]=x',
    ];
    const lists = everyRoute(
      ({ method, parameters }) => method === 'GET' && parameters.some(({ name }) => name === 'per_page'),
    );
    expect(lists.length).toBeGreaterThan(3);
    for (const operation of lists) {
      for (const leak of leaks) {
        const { statusCode } = await send(operation, (request) => ({
          ...request,
          url: `${request.url}?${leak}`,
        }));
        expect(statusCode, `${operation.name}?${leak}`).toBe(422);
      }
    }
  });
});

describe('the own account', () => {
  test('nobody makes themselves more than they are, by any route [CVE-2026-31070]', async () => {
    const grants = {
      role: 'ADMIN',
      status: 'active',
      can_sign: true,
      hospital_id: world.places[2].rows.hospital,
      id: world.admin.id,
    };
    const callers = world.callers.filter(({ user }) => user.role !== 'ADMIN');
    await takeRowChanges(owner.pool);
    for (const operation of everyRoute(({ body, name }) => body?.kind === 'json' && name !== 'login')) {
      const request = shortestRequest(operation, world.places[0].rows);
      for (const [field, value] of Object.entries(grants)) {
        for (const { user } of [callers[0], callers[2]] as Caller[]) {
          const body = { ...(request.body as object), [field]: value };
          await injectPatiently(t, await injectable({ ...request, body }, tokens.get(user.role)));
        }
      }
    }
    const changes = (await takeRowChanges(owner.pool)).filter(({ table }) => table === 'users');
    expect(changes.filter(({ new: now }) => now?.role === 'ADMIN' || now?.can_sign)).toEqual([]);
    expect(
      changes.filter(({ old, new: now }) => old && (old.role !== now?.role || old.status !== now?.status)),
    ).toEqual([]);
  });

  test('a new password asks for the present one [re-authentication]', async () => {
    const body = { currentPassword: 'not it', newPassword: 'a new long password' };
    await expect(t.as(world.places[1].uploader)('changePassword', { body })).rejects.toMatchObject({
      status: 401,
    });
  });
});

describe('what an answer tells', () => {
  test('every answer of the API is kept by nobody and runs nowhere [headers]', async () => {
    for (const operation of everyRoute(() => true)) {
      const { headers } = await send(operation, (request) => request);
      expect(headers, operation.name).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'same-origin',
      });
      expect(headers['content-security-policy'], operation.name).toContain("default-src 'self'");
      expect(headers['x-powered-by'], operation.name).toBeUndefined();
    }
  });

  test.each(['/api/v1/patients/%E0%A4%A', '/api/v1/patients/%', `/api/v1/patients/${'a'.repeat(5000)}`])(
    'an address that no route could have, %.40s, is answered as any other fault [CVE-2023-28432]',
    async (url) => {
      const response = await injectPatiently(t, { url });
      expect(response.headers['content-type']).toContain('problem+json');
      expect([400, 404]).toContain(response.statusCode);
      expect(response.payload).not.toMatch(/FST_|aaa/);
    },
  );

  test('what is large and always the same is answered whole each time', async () => {
    for (const url of ['/api/v1/openapi.json', '/docs/js/scalar.js']) {
      const [one, other] = [await injectPatiently(t, { url }), await injectPatiently(t, { url })];
      expect(one.statusCode).toBe(200);
      expect(other.rawPayload.equals(one.rawPayload)).toBe(true);
      expect(one.headers['content-length']).toBe(String(one.rawPayload.length));
    }
  });

  test('no fault shows environment, SQL or stack, by any route [CVE-2023-28432]', async () => {
    const broken = await createTestApp();
    const names = ['users', 'sessions', 'patients', 'lavages', 'samples', 'user_activity_log'];
    const { admin } = await insertWorld(broken.db);
    const token = await broken.tokenOf(admin);
    const brokenOwner = connect(broken.ownerUri, { max: 1 });
    for (const name of names.slice(2))
      await brokenOwner.pool.query(`alter table ${name} rename to ${name}_gone`);
    await brokenOwner.close();
    let faults = 0;
    for (const operation of everyRoute(({ name }) => name !== 'logout')) {
      const request = await injectable(shortestRequest(operation, world.places[0].rows), token);
      const { statusCode, payload } = await injectPatiently(broken, request);
      if (statusCode >= 500) faults++;
      expect(payload, operation.name).not.toMatch(
        /select |insert |relation|_gone|node_modules|server\/|\.ts:|postgres|JWT|\/tmp\//i,
      );
      expect(payload, operation.name).not.toContain(broken.deps.config.auth.jwtSecret);
      expect(payload, operation.name).not.toContain(process.env.PATH);
    }
    expect(faults).toBeGreaterThan(20);
    await broken.close();
  });
});
