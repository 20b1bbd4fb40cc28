import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sealActivities } from '../activity/seal-queries.ts';
import { connect, type Database } from '../db/client.ts';
import type { DatabaseUris } from '../db/embedded-postgres.ts';
import { findFreePort } from '../db/postgres-process.ts';
import { listCounters } from '../db/tables/operational.ts';
import { samples } from '../db/tables/patients.ts';
import { openPostgresJobs } from '../platform/jobs-postgres.ts';
import { insertPatient, insertStaff, TEST_PASSWORD } from '../testing/factories.ts';
import { fieldImage } from '../testing/image-files.ts';
import { eventually, launch } from '../testing/launched.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { postForm } from '../testing/upload-form.ts';
import { startWorker } from '../worker.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(path.join(os.tmpdir(), 'balscope-backup-'));
const backup = path.join(folder, 'backup');
const IMAGES = 3;

let app: TestApp;
let restored: TestDatabase;
let uploader: Awaited<ReturnType<typeof insertStaff>>['uploader'];
let waitingId: string;
let first: Buffer;

/** A system with processed images, one that waits, and rows of the types that are hard to carry. */
beforeAll(async () => {
  [app, restored] = await Promise.all([createTestApp({ backend: 'local' }), createTestDatabase()]);
  ({ uploader } = await insertStaff(app.db));
  const { id } = await insertPatient(app.db, uploader, {
    name: 'Jörg "O\'Néill" \\ \n 😀',
    identifiers: [{ value: '42', type: 'MRN', issuer: 'Testville' }],
  });
  const images = await Promise.all([1, 2, 3].map((seed) => fieldImage('png', { seed })));
  first = images[0];
  for (const [i, bytes] of images.entries()) {
    await postForm(app, uploader, [
      ['file', { name: `field ${i}.png`, bytes }],
      ['patient_id', id],
    ]);
  }
  const { config, log, database, objects } = app.deps;
  const jobs = await openPostgresJobs({ ...config, ...config.worker, log, runsJobs: true });
  const worker = await startWorker({ config, log, database, objects, jobs });
  const completed = eq(samples.inferenceStatus, 'completed');
  await eventually(async () => (await app.db.$count(samples, completed)) === IMAGES);
  await worker.stop();
  const { body } = await postForm(app, uploader, [
    ['file', { name: 'waits.png', bytes: await fieldImage('png', { seed: 9 }) }],
    ['patient_id', id],
  ]);
  waitingId = body.samples[0].job_id;
  // Longer than a lease ago, as it would be after a real restore: the worker takes it up at once.
  await app.db.execute(
    sql`update samples set created_at = now() - interval '1 minute' where id = ${waitingId}`,
  );
  await app.db.insert(listCounters).values({ name: 'large', count: Number.MAX_SAFE_INTEGER });
  await sealActivities(app.db);
});
afterAll(async () => {
  await app?.close();
  await restored?.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function balscope(args: string[], env: Record<string, string>) {
  const child = spawn(process.execPath, [path.join(ROOT, 'bin/balscope.js'), ...args], {
    env: { PATH: process.env.PATH, ...env },
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { status: child.exitCode, stdout, stderr };
}

const systemOf = ({ uri, ownerUri }: DatabaseUris, dataFolder: string) => ({
  SQL_URI: uri,
  SQL_OWNER_URI: ownerUri,
  DATA_DIR: dataFolder,
});

const LEFT_OUT = ['sessions', 'one_time_links', 'worker_heartbeats', 'rate_counts', 'unsealed_activities'];

/** A hash of all rows, table by table, without those that a backup leaves out or notes about itself. */
async function contentOf({ db }: Database): Promise<Record<string, unknown>> {
  const { rows } = await db.execute<{ name: string }>(
    sql`select tablename as name from pg_tables where schemaname = 'public' order by tablename`,
  );
  const content: Record<string, unknown> = {};
  for (const { name } of rows) {
    if (LEFT_OUT.includes(name)) continue;
    const found = await db.execute(sql`
      select count(*), md5(string_agg(t::text, chr(10) order by t::text)) from ${sql.identifier(name)} t
      where coalesce(to_jsonb(t)->>'activity_type', '') not like 'system.%'`);
    content[name] = found.rows;
  }
  const sequences = await db.execute(sql`
    select sequencename, last_value from pg_sequences where schemaname = 'public' order by 1`);
  return { ...content, sequences: sequences.rows };
}

function filesOf(dataFolder: string): Record<string, string> {
  const objects = path.join(dataFolder, 'objects');
  const files = globSync('samples/**/*', { cwd: objects, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    files.map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return [path.relative(objects, file), readFileSync(file).toString('base64')];
    }),
  );
}

test('a restored backup has every row and every byte, and the application goes on with it [restore]', async () => {
  const { config, database } = app.deps;
  const made = await balscope(['backup', backup], systemOf(app, config.dataFolder));
  expect(made).toMatchObject({ status: 0, stdout: `The backup is in ${backup}.\n` });
  expect(readdirSync(backup).sort()).toEqual(['manifest.jsonl', 'objects', 'tables']);

  const dataFolder = path.join(folder, 'restored');
  const system = systemOf(restored, dataFolder);
  const again = await balscope(['restore', backup], system);
  expect(again.stderr).toContain(`${IMAGES * 3 + 1} objects`);
  expect(again.status).toBe(0);
  const copy = connect(restored.uri, { max: 2 });
  try {
    expect(await contentOf(copy)).toEqual(await contentOf(database));
    expect(filesOf(dataFolder)).toEqual(filesOf(config.dataFolder));
    await goesOn(system, copy);
  } finally {
    await copy.close();
  }

  const third = await balscope(['restore', backup], system);
  expect(third.status).toBe(1);
  expect(third.stderr).toMatch(/There are objects already.*empty/);
});

/** API and worker on the restored system: signing in, an image, and the sample that waited. */
async function goesOn(system: Record<string, string>, { db }: Database): Promise<void> {
  const port = await findFreePort();
  const env = { ...system, PORT: String(port), JOB_LEASE_S: '10' };
  const running = ['api', 'worker'].map((role) => launch(['server/main.ts', role], env));
  try {
    await Promise.all(running.map(({ prints }) => prints(/"ready"/)));
    const origin = `http://127.0.0.1:${port}`;
    const signIn = await fetch(`${origin}/api/v1/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: uploader.email, password: TEST_PASSWORD }),
    });
    const { access_token: token } = (await signIn.json()) as { access_token: string };
    const headers = { authorization: `Bearer ${token}` };
    const [{ id }] = await db
      .select({ id: samples.id })
      .from(samples)
      .where(eq(samples.originalFilename, 'field 0.png'));
    const sample = await fetch(`${origin}/api/v1/samples/${id}`, { headers });
    const { original_url: address } = (await sample.json()) as { original_url: string };
    const image = await fetch(new URL(address, origin));
    expect(Buffer.from(await image.arrayBuffer())).toEqual(first);
    const waited = () =>
      db.select({ status: samples.inferenceStatus }).from(samples).where(eq(samples.id, waitingId));
    await eventually(async () => (await waited())[0].status === 'completed');
  } finally {
    for (const { child } of running) child.kill('SIGTERM');
    await Promise.all(running.map(({ ended }) => ended));
  }
}

test('a backup becomes the own database of an empty data folder, which can be backed up in turn', async () => {
  const env = { DATA_DIR: path.join(folder, 'own') };
  const second = path.join(folder, 'second');
  expect(await balscope(['restore', backup], env)).toMatchObject({ status: 0 });
  expect(await balscope(['backup', second], env)).toMatchObject({ status: 0 });
  const entriesOf = (of: string) =>
    readFileSync(path.join(of, 'manifest.jsonl'), 'utf8')
      .split('\n')
      .filter((line) => /"type":"(table|object|sequence)"/.test(line) && !line.includes('user_activity_log'))
      .sort();
  expect(entriesOf(second)).toEqual(entriesOf(backup));
});

test('what is no longer as it was written is refused and leaves the database empty', async () => {
  const dataFolder = path.join(folder, 'refused');
  const empty = await createTestDatabase();
  const env = systemOf(empty, dataFolder);
  const table = path.join(backup, 'tables', 'patients.jsonl.gz');
  appendFileSync(table, 'x');
  const changedTable = await balscope(['restore', backup], env);
  expect([changedTable.status, changedTable.stderr]).toEqual([
    1,
    expect.stringContaining('patients.jsonl.gz of'),
  ]);
  const database = connect(empty.uri, { max: 1 });
  expect(await database.db.$count(samples)).toBe(0);
  await database.close();
  await empty.drop();
  const manifest = path.join(backup, 'manifest.jsonl');
  appendFileSync(manifest, '{"type":"damaged","key":"x","reason":"not_found"}\n');
  const changedManifest = await balscope(['restore', backup], { DATA_DIR: path.join(folder, 'none') });
  expect([changedManifest.status, changedManifest.stderr]).toEqual([1, expect.stringContaining('manifest')]);
});

test.each([
  [['backup'], 2, 'name one folder'],
  [['backup', '.'], 1, 'is not empty'],
  [['restore', os.tmpdir()], 1, 'There is no backup in'],
])('balscope %j ends with %i: %s', async (args, status, message) => {
  const run = await balscope(args, systemOf(app, app.deps.config.dataFolder));
  expect([run.status, run.stderr]).toEqual([status, expect.stringContaining(message)]);
});

test('an image that is missing or changed is named, and the others are backed up', async () => {
  const { config } = app.deps;
  const [{ key }] = await app.db
    .select({ key: samples.s3Key })
    .from(samples)
    .where(eq(samples.originalFilename, 'field 0.png'));
  appendFileSync(path.join(config.dataFolder, 'objects', key), 'x');
  rmSync(path.join(config.dataFolder, 'objects', path.dirname(key), 'thumbnail'));
  const run = await balscope(['backup', path.join(folder, 'third')], systemOf(app, config.dataFolder));
  expect([run.status, run.stdout]).toEqual([1, expect.stringContaining('2 objects were missing or damaged')]);
  expect(run.stderr).toContain(key);
});
