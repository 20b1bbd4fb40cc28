import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installProblemHandler } from './problems.ts';
import { installWebApplication } from './web-application.ts';

let folder: string;
let app: FastifyInstance;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'balscope-web-'));
  const web = path.join(folder, 'web');
  await mkdir(path.join(web, 'assets'), { recursive: true });
  await writeFile(path.join(folder, 'secret.txt'), 'outside');
  await writeFile(path.join(web, '.hidden.txt'), 'hidden');
  await writeFile(path.join(web, 'index.html'), '<!doctype html><title>page</title>');
  await writeFile(path.join(web, 'favicon.svg'), '<svg/>');
  await writeFile(path.join(web, 'assets', 'main-4f2a.js'), 'start()');
  app = Fastify();
  installProblemHandler(app);
  await installWebApplication(app, web);
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

const get = (url: string, accept = 'text/html,*/*') => app.inject({ url, headers: { accept } });

test.each(['/', '/index.html', '/patients/0199', '/admin/modelprocessing/'])(
  '%s is the page',
  async (url) => {
    const response = await get(url);
    expect(response.body).toContain('<title>page</title>');
    expect(response.headers['cache-control']).toBe('no-store');
  },
);

test('files with a hash in their name are kept for a year, others are asked for again', async () => {
  const script = await get('/assets/main-4f2a.js');
  expect(script.body).toBe('start()');
  expect(script.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect((await get('/favicon.svg')).headers['cache-control']).toBe('no-cache');
});

test.each([
  '/api',
  '/api/v1/nowhere',
  '/api/patients.html',
  '/assets/gone.js',
  '/.hidden.txt',
  '/../secret.txt',
  '/..%2fsecret.txt',
  '/%2e%2e/secret.txt',
  '/assets/%2e%2e%2f%2e%2e%2fsecret.txt',
])('%s is not there [CVE-2026-47682]', async (url) => {
  const response = await get(url);
  expect(response.statusCode).toBe(404);
  expect(response.body).not.toContain('outside');
  expect(response.headers['content-type']).toContain('problem+json');
});

test('what is no page navigation gets no page', async () => {
  expect((await get('/patients/0199', 'application/json')).statusCode).toBe(404);
  expect((await app.inject({ method: 'POST', url: '/patients' })).statusCode).toBe(404);
});
