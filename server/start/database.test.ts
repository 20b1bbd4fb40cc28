import { expect, test } from 'vitest';
import { findFreePort } from '../db/postgres-process.ts';
import { migrateWhenReachable } from './database.ts';
import { halfAMinute } from './patience.ts';

const notStopped = new AbortController().signal;

test('a database that cannot be reached is given time, then named without its password', async () => {
  const port = await findFreePort();
  const startedAt = performance.now();
  const said = await migrateWhenReachable(
    { uri: '', ownerUri: `postgres://me:hunter2@127.0.0.1:${port}/bal` },
    { ...halfAMinute(notStopped), ms: 1500 },
  ).catch((error: Error) => error);
  expect(performance.now() - startedAt).toBeGreaterThan(1500);
  expect(said).toMatchObject({
    name: 'OperatorError',
    message: `The database at 127.0.0.1:${port} cannot be reached (ECONNREFUSED). Check SQL_URI.`,
  });
});

test('waiting ends when the process is asked to stop', async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 100);
  const uri = `postgres://me:hunter2@127.0.0.1:${await findFreePort()}/bal`;
  await expect(migrateWhenReachable({ uri, ownerUri: uri }, halfAMinute(stop.signal))).rejects.toThrow(
    /abort/i,
  );
});
