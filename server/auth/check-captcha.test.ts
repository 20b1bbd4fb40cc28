import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { users } from '../db/tables/people.ts';
import { openRecaptcha, RecaptchaUnavailable } from '../platform/recaptcha.ts';
import { insertLaboratory } from '../testing/factories.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

const HOSTNAME = 'bal.example.org';
const GOOD = { success: true, hostname: HOSTNAME, action: 'register', score: 0.9 };

let verifier: Server;
let verifyUrl: string;
let answer: RequestListener;
let asked: URLSearchParams[];
let t: TestApp;

const json = (value: unknown): RequestListener => {
  return (_, response) => void response.end(JSON.stringify(value));
};

beforeAll(async () => {
  verifier = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    asked.push(new URLSearchParams(Buffer.concat(chunks).toString()));
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(verifier, 'listening');
  verifyUrl = `http://127.0.0.1:${(verifier.address() as AddressInfo).port}/siteverify`;
  const publicUrl = `https://${HOSTNAME}`;
  const http = { host: '127.0.0.1', port: 8080, publicUrl, corsOrigins: [], trustedProxies: [] };
  t = await createTestApp({
    config: { http, recaptcha: { secret: 'the-secret', siteKey: 'the-site-key', verifyUrl } },
  });
  await insertLaboratory(t.db);
});
afterAll(async () => {
  await t?.close();
  verifier?.closeAllConnections();
  verifier?.close();
});
beforeEach(() => {
  asked = [];
  answer = json(GOOD);
});

async function register(recaptchaToken: string | undefined, headers: Record<string, string> = {}) {
  const email = `${crypto.randomUUID()}@example.org`;
  const response = await t.inject({
    method: 'POST',
    url: '/api/v1/register',
    headers,
    payload: {
      name: 'Dr New',
      email,
      password: 'a good long one',
      role: 'UPLOADER',
      hospital: 'Lakeside',
      location: 'Lakeville',
      ...(recaptchaToken === undefined ? {} : { recaptcha_token: recaptchaToken }),
    },
  });
  const isStored = (await t.db.select().from(users).where(eq(users.email, email))).length > 0;
  return { status: response.statusCode, body: response.json(), isStored };
}

const drawToken = () => crypto.randomUUID();

describe('where a captcha is configured', () => {
  test('a good token lets a registration pass, and the verifier is asked with our secret', async () => {
    const token = drawToken();
    expect(await register(token)).toMatchObject({ status: 201, isStored: true });
    expect(Object.fromEntries(asked[0])).toEqual({
      secret: 'the-secret',
      response: token,
      remoteip: '127.0.0.1',
    });
  });

  test('a registration without a token is refused and says what is missing', async () => {
    for (const token of [undefined, '']) {
      const { status, body, isStored } = await register(token);
      expect([status, body.errors[0].path, isStored]).toEqual([422, 'recaptcha_token', false]);
    }
    expect(asked).toEqual([]);
  });

  test('a token is good once, whatever the verifier says [CVE-2021-29047]', async () => {
    const token = drawToken();
    const both = await Promise.all([register(token), register(token)]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 422]);
    expect(await register(token)).toMatchObject({
      status: 422,
      body: { code: 'captcha_refused' },
      isStored: false,
    });
  });

  test.each([
    ['for another host', { ...GOOD, hostname: 'evil.example' }],
    ['for no host', { ...GOOD, hostname: undefined }],
    ['for another action', { ...GOOD, action: 'login' }],
    ['for no action', { ...GOOD, action: undefined }],
    ['that seems to come from a machine', { ...GOOD, score: 0.2 }],
    ['that is not successful', { success: false, 'error-codes': ['timeout-or-duplicate'] }],
  ])('a token %s is refused [CVE-2021-29047]', async (_, reply) => {
    answer = json(reply);
    const { status, body, isStored } = await register(drawToken(), { host: 'evil.example' });
    expect([status, body.code, isStored]).toEqual([422, 'captcha_refused', false]);
  });

  test.each<[string, RequestListener]>([
    ['answers an error', (_, response) => void response.writeHead(500).end('{}')],
    ['answers no JSON', (_, response) => void response.end('yes')],
    ['answers another form', json({ success: 'yes' })],
    ['redirects', (_, response) => void response.writeHead(302, { location: '/elsewhere' }).end()],
    ['answers without end', (_, response) => void response.end('x'.repeat(100_000))],
    ['breaks off', (request) => void request.socket.destroy()],
  ])('nobody passes while the verifier %s [CVE-2021-29047]', async (_, listener) => {
    answer = listener;
    const { status, body, isStored } = await register(drawToken());
    expect([status, body.code, isStored]).toEqual([503, 'unavailable', false]);
  });

  test('a verifier that does not answer is not waited for for ever [CVE-2021-29047]', async () => {
    answer = () => undefined;
    const captcha = openRecaptcha({ secret: 's', siteKey: 'k', verifyUrl }, HOSTNAME, 50);
    await expect(captcha.verify('token', 'register', '127.0.0.1')).rejects.toThrow(RecaptchaUnavailable);
  });

  test('the page gets the site key, never the secret, and it alone may load the widget', async () => {
    expect((await t.anonymous('signInOptions', {})).recaptchaSiteKey).toBe('the-site-key');
    const policyOf = async (url: string) => String((await t.inject(url)).headers['content-security-policy']);
    for (const page of ['/register', '/register/', '/register?from=invitation']) {
      const policy = await policyOf(page);
      expect(policy).toMatch(/script-src [^;]*https:\/\/www\.google\.com\/recaptcha\//);
      expect(policy).toMatch(/frame-src https:\/\/www\.google\.com\/recaptcha\//);
    }
    for (const page of ['/', '/sign-in', '/patients/register', '/registered', '/api/v1/sign-in-options']) {
      expect(await policyOf(page), page).not.toContain('google');
    }
  });
});

test('where none is configured, no token is asked for and no foreign script is allowed', async () => {
  const without = await createTestApp();
  const { headers, body } = await without.inject('/api/v1/sign-in-options');
  expect(JSON.parse(body).recaptcha_site_key).toBeNull();
  expect(String(headers['content-security-policy'])).not.toContain('google');
  await without.close();
});
