import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { connect, type Database } from '../db/client.ts';
import { samples } from '../db/tables/patients.ts';
import type { Objects } from '../platform/objects.ts';
import { openFileObjects } from '../platform/objects-files.ts';
import { openS3Objects } from '../platform/objects-s3.ts';
import { createTestBucket, testAws, variablesOf } from '../testing/aws.ts';
import { insertPatientWithSample, insertStaff } from '../testing/factories.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

const BALSCOPE = path.join(import.meta.dirname, '../../bin/balscope.js');
const ROOM = { maxBytes: 1e8 };

let testDatabase: TestDatabase;
let database: Database;
let folder: string;
let bucket: string;
let files: Objects;
let s3: Objects;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = connect(testDatabase.uri);
});
beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'balscope-move-'));
  files = await openFileObjects(path.join(folder, 'objects'));
  ({ bucket } = await createTestBucket());
  s3 = openS3Objects({ ...testAws(), bucket });
});
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function moveObjects(...args: string[]) {
  const child = spawn(process.execPath, [BALSCOPE, 'move-objects', ...args], {
    env: { ...process.env, ...variablesOf({ bucket }), SQL_URI: testDatabase.uri, DATA_DIR: folder },
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { status: child.exitCode, stdout, stderr };
}

async function keysOf(objects: Objects): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of objects.list('')) keys.push(key);
  return keys.sort();
}

/** An image of a sample in the database, with what was made of it. */
async function storeSample(where: Objects, content: string) {
  const { uploader } = await insertStaff(database.db);
  const { sample } = await insertPatientWithSample(database.db, uploader);
  const { sha256 } = await where.put(sample.s3Key, Readable.from([Buffer.from(content)]), ROOM);
  await database.db.update(samples).set({ sha256 }).where(eq(samples.id, sample.id));
  const thumbnail = sample.s3Key.replace('original', 'thumbnail');
  await where.put(thumbnail, Readable.from([Buffer.from(`small ${content}`)]), ROOM);
  return { original: sample.s3Key, thumbnail };
}

test('moves everything to the bucket and back, and keeps the source until told', async () => {
  const { original } = await storeSample(files, 'one');
  await storeSample(files, 'two');
  const keys = await keysOf(files);
  expect(await moveObjects('--to', 's3')).toMatchObject({
    status: 0,
    stdout: '4 objects (0.0 MB): 4 copied, 0 already there, 0 failed. The source is kept.\n',
  });
  expect([await keysOf(s3), await keysOf(files)]).toEqual([keys, keys]);

  expect((await moveObjects('--to', 's3', '--remove-source')).stdout).toBe(
    '4 objects (0.0 MB): 0 copied, 4 already there, 0 failed. The source was removed.\n',
  );
  expect([await keysOf(s3), await keysOf(files)]).toEqual([keys, []]);

  expect((await moveObjects('--to', 'files')).stdout).toMatch(/4 copied/);
  expect((await files.read(original)).toString()).toBe('one');
});

test('what was only half moved, or damaged on the other side, is moved again', async () => {
  const { original, thumbnail } = await storeSample(files, 'three');
  await s3.put(original, Readable.from([Buffer.from('THREE')]), ROOM);
  expect((await moveObjects('--to', 's3')).stdout).toMatch(/2 copied, 0 already there/);
  expect((await s3.read(original)).toString()).toBe('three');
  expect((await s3.read(thumbnail)).toString()).toBe('small three');
});

test('an image that is no longer the one that was uploaded is not copied, and nothing is removed', async () => {
  const { original, thumbnail } = await storeSample(files, 'four');
  await files.put(original, Readable.from([Buffer.from('changed')]), ROOM);
  const { status, stdout, stderr } = await moveObjects('--to', 's3', '--remove-source');
  expect(status).toBe(1);
  expect(stdout).toMatch(/1 copied, 0 already there, 1 failed\. The source is kept because of the failures/);
  expect(stderr).toMatch(new RegExp(`${original}: .*has the hash`));
  expect([await keysOf(s3), (await keysOf(files)).length]).toEqual([[thumbnail], 2]);
});

test('a call or an installation that is wrong is said in a sentence', async () => {
  expect(await moveObjects('--to', 'tape')).toMatchObject({
    status: 2,
    stderr: 'balscope move-objects: give --to s3 or --to files\n',
  });
  expect((await moveObjects('--fast')).status).toBe(2);
  bucket = '';
  expect(await moveObjects('--to', 's3')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('S3_BUCKET_NAME is not set'),
  });
});
