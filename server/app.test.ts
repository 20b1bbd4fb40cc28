import { openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { api } from '../contract/api.ts';
import { ERRORS } from '../contract/errors.ts';
import { errorCodesOf, type RouteDefinition } from '../contract/route.ts';
import { createLog } from './platform/log.ts';
import { insertStaff, TEST_PASSWORD } from './testing/factories.ts';
import { createTestApp, type TestApp } from './testing/test-app.ts';

let t: TestApp;
beforeAll(async () => {
  t = await createTestApp();
});
afterAll(() => t?.close());

describe('every answer', () => {
  test('names its request and carries the security headers [headers]', async () => {
    const { headers } = await t.inject('/api/v1/me');
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['x-frame-options']).toBe('DENY');
    expect(headers['content-security-policy']).toContain("script-src 'self' 'wasm-unsafe-eval';");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['strict-transport-security']).toBeUndefined();
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  test('errors are problems that show nothing internal', async () => {
    const response = await t.inject('/api/v1/nowhere');
    expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(response.json()).toEqual({
      type: 'urn:balscope:error:not_found',
      title: 'Not found',
      status: 404,
      code: 'not_found',
      detail: 'There is nothing at this address.',
      request_id: response.headers['x-request-id'],
    });
  });
});

describe('odd requests', () => {
  test.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'text/json'])(
    'a body of type %s is refused',
    async (type) => {
      const response = await t.inject({
        method: 'POST',
        url: '/api/v1/login',
        headers: { 'content-type': type },
        payload: '{"email":"a@b.org","password":"x"}',
      });
      expect(response.json()).toMatchObject({ status: 415, code: 'unsupported_media_type' });
    },
  );

  test.each(['{"__proto__": {"admin": true}}', '{"constructor": {"prototype": {}}}', '{', '', '[]', 'null'])(
    'a body like %s is refused',
    async (payload) => {
      const headers = { 'content-type': 'application/json' };
      const response = await t.inject({ method: 'POST', url: '/api/v1/login', headers, payload });
      expect([400, 422]).toContain(response.statusCode);
    },
  );

  test.each([
    '/api/v1//me',
    '/api/v1/%6de',
    '/api/v1/x/../me',
    '/api/v1/patients%2Fx',
    '/API/v1/me',
    '/api/v1/me/',
  ])('%s is no way around signing in', async (url) => {
    expect([401, 404]).toContain((await t.inject(url)).statusCode);
  });
});

describe('the description of the API', () => {
  test('is OpenAPI 3.1 and holds every route with who may call it', async () => {
    const response = await t.inject('/api/v1/openapi.json');
    expect(response.statusCode).toBe(200);
    const document = response.json();
    expect(document.openapi).toBe('3.1.0');
    const described = Object.values(document.paths as Record<string, Record<string, { operationId: string }>>)
      .flatMap((methods) => Object.values(methods))
      .map((operation) => operation.operationId);
    expect(described.sort()).toEqual(Object.keys(api).sort());
    const { get, post } = document.paths['/api/v1/patients'];
    expect(get.security).toEqual([{ token: [] }, { session: [] }]);
    expect(post.requestBody.content['application/json'].schema).toMatchObject({
      type: 'object',
      additionalProperties: false,
      required: ['name', 'age', 'gender'],
    });
    expect(document.paths['/api/v1/login'].post.security).toEqual([]);
    expect(document.paths['/api/v1/register'].post.requestBody).toBeDefined();
    expect(
      document.paths['/api/v1/upload_img'].post.requestBody.content['multipart/form-data'],
    ).toBeDefined();
    expect(document.paths['/api/v1/events'].get.responses['200'].content['text/event-stream']).toBeDefined();
    expect(post.parameters).toMatchObject([{ in: 'header', name: 'Idempotency-Key', required: false }]);
    const { patch } = document.paths['/api/v1/patients/{patient_id}'];
    expect(patch.parameters).toContainEqual(expect.objectContaining({ name: 'If-Match', required: true }));
  });

  test('shows an example of all that is sent and answered, and names the codes of every error', async () => {
    const { paths, components } = (await t.inject('/api/v1/openapi.json')).json();
    for (const [name, route] of Object.entries(api as Record<string, RouteDefinition>)) {
      const path = `/api/v1${route.path.replace(/:(\w+)/g, '{$1}')}`;
      const { requestBody, responses } = paths[path][route.method.toLowerCase()];
      const { 'application/octet-stream': _, ...readable } = responses[route.status ?? 200].content ?? {};
      const sent = route.consumes === 'bytes' ? {} : (requestBody?.content ?? {});
      for (const { example } of Object.values({ ...sent, ...readable }) as { example?: unknown }[]) {
        expect(example, name).toBeDefined();
      }
      for (const code of errorCodesOf(route)) {
        if (route.alsoAnswers?.includes(ERRORS[code][0])) continue;
        const { description, content } = responses[ERRORS[code][0]];
        expect(description, name).toContain(code);
        expect(content['application/problem+json'].examples[code], name).toBeDefined();
        expect(components.examples[code].value).toMatchObject({ code, status: ERRORS[code][0] });
      }
    }
  });

  test('is shown on a page whose scripts the content security policy allows', async () => {
    const page = await t.inject('/docs/');
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-security-policy']).toMatch(/script-src 'self' 'sha256-[\w+/=]+'[ ;]/);
    expect((await t.inject('/docs/js/scalar.js')).statusCode).toBe(200);
    expect((await t.inject('/docs')).statusCode).toBe(301);
  });
});

describe('limits', () => {
  const limited = (rateLimits: Partial<TestApp['deps']['config']['rateLimits']>) =>
    createTestApp({ config: { rateLimits: { ...t.deps.config.rateLimits, ...rateLimits } } });

  test('signing in: by address and by account, known or not [throttling] [CVE-2026-92395]', async () => {
    const app = await limited({ loginsPerMinute: 3 });
    const { uploader } = await insertStaff(app.db);
    const login = (email: string, remoteAddress: string, headers = {}) =>
      app.inject({
        method: 'POST',
        url: '/api/v1/login',
        remoteAddress,
        headers,
        payload: { email, password: 'wrong' },
      });
    for (let attempt = 0; attempt < 3; attempt++) {
      expect((await login(`a${attempt}@example.org`, '192.0.2.1')).statusCode).toBe(401);
    }
    const forged = { 'x-forwarded-for': '198.51.100.7' };
    const response = await login('b@example.org', '192.0.2.1', forged);
    expect(response.statusCode).toBe(429);
    expect(response.json().code).toBe('rate_limited');
    expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
    expect(response.headers).toMatchObject({ 'ratelimit-limit': '3', 'ratelimit-remaining': '0' });

    for (const email of [uploader.email, 'nobody@example.org']) {
      for (let attempt = 0; attempt < 3; attempt++) {
        expect((await login(email, `192.0.2.${10 + attempt}`)).statusCode).toBe(401);
      }
      expect((await login(email.toUpperCase(), '192.0.2.20')).statusCode).toBe(429);
    }
    await app.close();
  });

  test('the right password makes earlier mistakes forgotten [throttling]', async () => {
    const app = await limited({ loginsPerMinute: 3 });
    const { uploader } = await insertStaff(app.db);
    const statuses: number[] = [];
    for (const [at, password] of ['x', 'x', TEST_PASSWORD, 'x', 'x', TEST_PASSWORD].entries()) {
      const remoteAddress = `192.0.2.${at}`;
      const payload = { email: uploader.email, password };
      const response = await app.inject({ method: 'POST', url: '/api/v1/login', remoteAddress, payload });
      statuses.push(response.statusCode);
    }
    expect(statuses).toEqual([401, 401, 200, 401, 401, 200]);
    await app.close();
  });

  test('requests: by account, whatever the address; registering by address', async () => {
    const app = await limited({ requestsPerMinute: 2, registrationsPerHour: 1 });
    const { uploader, annotator } = await insertStaff(app.db);
    const authorization = `Bearer ${await app.tokenOf(uploader)}`;
    const me = (remoteAddress: string) =>
      app.inject({ url: '/api/v1/me', remoteAddress, headers: { authorization } });
    expect((await me('192.0.2.1')).headers).toMatchObject({
      'ratelimit-limit': '2',
      'ratelimit-remaining': '1',
    });
    expect((await me('192.0.2.2')).statusCode).toBe(200);
    expect((await me('192.0.2.3')).statusCode).toBe(429);
    expect((await app.as(annotator)('me', {})).id).toBe(annotator.id);

    const register = () => app.inject({ method: 'POST', url: '/api/v1/register', payload: {} });
    expect((await register()).statusCode).toBe(422);
    expect((await register()).statusCode).toBe(429);
    await app.close();
  });

  test('guessing tokens is limited by address before the database is asked', async () => {
    const app = await limited({ requestsPerMinute: 1 });
    const statuses = [];
    for (let attempt = 0; attempt < 11; attempt++) statuses.push((await app.inject('/api/v1/me')).statusCode);
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(401));
    expect(statuses[10]).toBe(429);
    await app.close();
  });
});

test('other origins are let in by list, without the cookie [headers]', async () => {
  const http = {
    ...t.deps.config.http,
    corsOrigins: ['https://lab.example.org'],
    publicUrl: 'https://bal.example.org',
  };
  const app = await createTestApp({ config: { http } });
  const preflight = (origin: string) =>
    app.inject({
      method: 'OPTIONS',
      url: '/api/v1/patients',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'if-match',
      },
    });
  const listed = await preflight('https://lab.example.org');
  expect(listed.statusCode).toBe(204);
  expect(listed.headers['access-control-allow-origin']).toBe('https://lab.example.org');
  expect(listed.headers['access-control-allow-credentials']).toBeUndefined();
  expect((await preflight('https://evil.example')).headers['access-control-allow-origin']).not.toBe(
    'https://evil.example',
  );
  expect(listed.headers['strict-transport-security']).toContain('max-age=31536000');
  await app.close();
});

test('the log says which request was made and by no word about whom [no-patient-data]', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'balscope-log-'));
  const file = path.join(folder, 'log');
  const app = await createTestApp({ log: createLog('trace', openSync(file, 'a')) });
  const { uploader } = await insertStaff(app.db);
  await app.as(uploader)('createPatient', { body: { name: 'Anna Berg', age: 61, gender: 'female' } });
  await app.as(uploader)('listPatients', { query: { q: 'Anna Berg' } });
  await app.inject({
    method: 'POST',
    url: '/api/v1/login',
    payload: { email: uploader.email, password: 'hunter2' },
  });
  await app.inject('/api/v1/patients?q=Anna\r\nBerg');
  await app.close();
  const log = readFileSync(file, 'utf8');
  await rm(folder, { recursive: true });
  const lines = log
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toContainEqual(
    expect.objectContaining({
      reqId: expect.any(String),
      req: expect.objectContaining({ path: '/api/v1/patients' }),
    }),
  );
  for (const secret of ['Anna', 'Berg', 'hunter2', uploader.email, 'Bearer'])
    expect(log).not.toContain(secret);
});
