import Fastify from 'fastify';
import { expect, test } from 'vitest';
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
