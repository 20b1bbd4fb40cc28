import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';
import { isPostgresProcess } from './postgres-process.ts';

let base: string;
let folder: string;
let postgres: EmbeddedPostgres;

beforeAll(async () => {
  base = mkdtempSync(path.join(os.tmpdir(), 'balscope-embedded-'));
  chmodSync(base, 0o711);
  folder = path.join(base, 'postgres');
  postgres = await startEmbeddedPostgres(folder);
});
afterAll(async () => {
  await postgres.stop();
  rmSync(base, { recursive: true, force: true });
});

const dataFolder = () => path.join(folder, 'data');
const postmasterPid = () =>
  Number(readFileSync(path.join(dataFolder(), 'postmaster.pid'), 'utf8').split('\n')[0]);

async function query(statement: string, uri = postgres.ownerUri): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: uri });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}

async function killPostmaster(): Promise<void> {
  const pid = postmasterPid();
  process.kill(pid, 'SIGKILL');
  while (isPostgresProcess(pid, dataFolder())) await delay(20);
}

test('the server checks its pages, keeps what is committed, and listens on this machine only', async () => {
  const [settings] = await query(
    `select current_setting('data_checksums') as checksums, current_setting('fsync') as fsync,
            current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets,
            current_setting('server_encoding') as encoding, current_database() as database`,
  );
  expect(settings).toEqual({
    checksums: 'on',
    fsync: 'on',
    addresses: '127.0.0.1',
    sockets: '',
    encoding: 'UTF8',
    database: 'balscope',
  });
  expect(statSync(path.join(folder, 'password')).mode & 0o777).toBe(0o600);
});

test('the application works as a role that owns nothing and has a password of its own', async () => {
  const [role] = await query(
    'select current_user as name, rolsuper as super, rolcreaterole as roles from pg_roles where rolname = current_user',
    postgres.uri,
  );
  expect(role).toEqual({ name: 'balscope_app', super: false, roles: false });
  expect(statSync(path.join(folder, 'application-password')).mode & 0o777).toBe(0o600);
});

test('nobody enters without the password', async () => {
  const uri = new URL(postgres.ownerUri);
  uri.password = 'wrong';
  await expect(query('select', uri.href)).rejects.toMatchObject({ code: '28P01' });
});

test('a second launcher adopts the running server instead of starting another', async () => {
  const pid = postmasterPid();
  const adopted = await startEmbeddedPostgres(folder);
  expect(adopted).toMatchObject({ adopted: true, uri: postgres.uri });
  expect(postmasterPid()).toBe(pid);
});

test('a killed server is started again on its port with all that was committed', async () => {
  await query('create table if not exists kept (value int); insert into kept values (42)');
  await killPostmaster();
  expect(await postgres.revive()).toBe(true);
  expect(await query('select value from kept')).toEqual([{ value: 42 }]);
  expect(await postgres.revive()).toBe(false);
});

test('after the server was killed without a launcher, the next start clears up and starts', async () => {
  await killPostmaster();
  expect(existsSync(path.join(dataFolder(), 'postmaster.pid'))).toBe(true);
  postgres = await startEmbeddedPostgres(folder);
  expect(postgres.adopted).toBe(false);
  expect(await query('select value from kept')).toEqual([{ value: 42 }]);
});

test('a number left behind that now belongs to another process is no server', async () => {
  await postgres.stop();
  const stale = [process.pid, dataFolder(), '1700000000', '1', '', '127.0.0.1', '', 'ready'].join('\n');
  writeFileSync(path.join(dataFolder(), 'postmaster.pid'), stale);
  postgres = await startEmbeddedPostgres(folder);
  expect(postgres.adopted).toBe(false);
  expect(await query('select value from kept')).toEqual([{ value: 42 }]);
});

test('stopNow ends the server at once, and stop is content with one that is gone', async () => {
  const pid = postmasterPid();
  postgres.stopNow();
  const deadline = Date.now() + 10_000;
  while (isPostgresProcess(pid, dataFolder()) && Date.now() < deadline) await delay(20);
  expect(isPostgresProcess(pid, dataFolder())).toBe(false);
  await postgres.stop();
  postgres = await startEmbeddedPostgres(folder);
});

describe('sentences for the operator', () => {
  let other: string;
  beforeAll(async () => {
    other = path.join(base, 'other');
    await (await startEmbeddedPostgres(other)).stop();
  });

  test.each([
    ['99', /is of a newer version \(PostgreSQL 99/],
    ['12', /is of PostgreSQL 12, and this BALscope brings/],
  ])('a database of version %s', async (version, sentence) => {
    writeFileSync(path.join(other, 'data', 'PG_VERSION'), `${version}\n`);
    await expect(startEmbeddedPostgres(other)).rejects.toThrow(sentence);
  });

  test('a password file that is gone', async () => {
    writeFileSync(path.join(other, 'data', 'PG_VERSION'), '18\n');
    rmSync(path.join(other, 'password'));
    await expect(startEmbeddedPostgres(other)).rejects.toThrow(/password is missing/);
  });
});

test.runIf(process.getuid?.() === 0)('root may keep its data below a folder closed to others', async () => {
  const closed = mkdtempSync(path.join(os.tmpdir(), 'balscope-closed-'));
  expect(statSync(closed).mode & 0o077).toBe(0);
  const inside = await startEmbeddedPostgres(path.join(closed, 'postgres'));
  try {
    expect(await query('select 1 as one', inside.uri)).toEqual([{ one: 1 }]);
  } finally {
    await inside.stop();
    rmSync(closed, { recursive: true, force: true });
  }
});
