import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DrizzleQueryError } from 'drizzle-orm/errors';
import Fastify, { type FastifyBaseLogger } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog, type Logger, openLogFile } from './log.ts';

let folder: string;
let file: string;
let log: Logger;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'balscope-log-'));
  file = path.join(folder, 'logs', 'balscope.log');
  log = createLog('info', openLogFile(file));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const written = () => readFileSync(file, 'utf8');
const entries = () =>
  written()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

test('secrets and what names a patient are hidden at every usual depth [no-patient-data]', () => {
  log.info({
    headers: { authorization: 'Bearer LEAK', cookie: 'session=LEAK' },
    body: { password: 'LEAK', name: 'LEAK', nested: { token: 'LEAK' } },
    patient: { id: 'p-1', name: 'LEAK', date_of_birth: 'LEAK', contact: 'LEAK' },
    patients: [{ id: 'p-2', name: 'LEAK' }],
    password: 'LEAK',
  });
  expect(written()).not.toContain('LEAK');
  expect(entries()[0].patient.id).toBe('p-1');
});

test('a line break in a value cannot forge an entry [CVE-2023-28432]', () => {
  log.warn({ filename: 'a.png\r\n{"level":"fatal","msg":"forged"}' }, 'two\nlines');
  log.info('next');
  expect(entries().map(({ msg }) => msg)).toEqual(['two\nlines', 'next']);
});

test('errors of the database say what failed without the values of the row', () => {
  const cause = Object.assign(new Error('duplicate key value violates unique constraint'), {
    code: '23505',
    detail: 'Key (name)=(LEAK) already exists.',
  });
  log.error(
    { err: new DrizzleQueryError('insert into patients (name) values ($1)', ['LEAK\n    at LEAK'], cause) },
    'failed',
  );
  const [entry] = entries();
  expect(written()).not.toContain('LEAK');
  expect(entry.err.message).toContain('insert into patients');
  expect(entry.err.cause).toMatchObject({ code: '23505', message: expect.stringContaining('duplicate key') });
  expect(entry.err.stack).toContain('log.test.ts');
});

test('requests are logged by path: a search text may be a name [no-patient-data]', async () => {
  const app = Fastify({ loggerInstance: log as FastifyBaseLogger });
  app.get('/patients', () => ({}));
  await app.inject({ url: '/patients?q=LEAK', headers: { authorization: 'Bearer LEAK', cookie: 'LEAK' } });
  await app.close();
  expect(entries().some(({ req }) => req?.path === '/patients')).toBe(true);
  expect(written()).not.toContain('LEAK');
});

test('the address of a stored image opens it, so it is not logged', async () => {
  const app = Fastify({ loggerInstance: log as FastifyBaseLogger });
  app.get('/api/v1/objects/:token', () => ({}));
  await app.inject({ url: '/api/v1/objects/LEAK.LEAK' });
  await app.close();
  expect(entries().some(({ req }) => req?.path === '/api/v1/objects/[hidden]')).toBe(true);
  expect(written()).not.toContain('LEAK');
});

test('the level is the one asked for', () => {
  log.debug('unheard');
  log.info('heard');
  expect(entries()).toHaveLength(1);
  expect(entries()[0]).toMatchObject({ level: 'info', msg: 'heard' });
});

test('a large file is moved aside at the start, and only so many are kept', () => {
  for (let round = 1; round <= 7; round++) {
    writeFileSync(file, `round ${round} `.repeat(100));
    createLog('info', openLogFile(file, 500)).info('fresh');
  }
  expect(readdirSync(path.dirname(file)).sort()).toEqual([
    'balscope.log',
    'balscope.log.1',
    'balscope.log.2',
    'balscope.log.3',
    'balscope.log.4',
  ]);
  expect(readFileSync(`${file}.1`, 'utf8')).toContain('round 7');
  expect(readFileSync(`${file}.4`, 'utf8')).toContain('round 4');
  expect(statSync(file).mode & 0o077).toBe(0);
});
