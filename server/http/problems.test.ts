import type { AddressInfo } from 'node:net';
import multipart from '@fastify/multipart';
import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { AppError } from '../errors.ts';
import { installProblemHandler } from './problems.ts';

test('a full disk of the database is told as such, through what drizzle wraps around it', async () => {
  const app = Fastify();
  installProblemHandler(app);
  app.get('/', () => {
    const full = Object.assign(new Error('could not extend file'), { code: '53100' });
    throw new Error('Failed query', { cause: full });
  });
  const response = await app.inject({ url: '/' });
  expect([response.statusCode, response.json().code]).toEqual([507, 'storage_full']);
  await app.close();
});

test('a connection goes on after a form was refused before its end', async () => {
  const app = Fastify();
  installProblemHandler(app);
  await app.register(multipart);
  app.post('/', async (request) => {
    for await (const part of request.parts()) {
      if (part.type === 'file') for await (const _ of part.file) throw new AppError('storage_full');
    }
  });
  await app.listen({ port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const statuses: number[] = [];
  for (let sent = 0; sent < 5; sent++) {
    const body = new FormData();
    body.append('file', new Blob([new Uint8Array(300_000)]), 'field.png');
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body });
    statuses.push(response.status);
    await response.text();
  }
  expect(statuses).toEqual([507, 507, 507, 507, 507]);
  await app.close();
});
