import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mountSmallDisk, smallDiskObstacle } from '../testing/small-disk.ts';
import { keepDemonstrationApart, prepareDataFolder, readOrMakeJwtSecret } from './data-folder.ts';
import { lockDataFolder } from './data-folder-lock.ts';
import { withEnvFile } from './environment.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'balscope-data-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a folder is made with all above it and left clean', () => {
  const deep = path.join(folder, 'a', 'b');
  prepareDataFolder(deep);
  prepareDataFolder(deep);
  expect(readdirSync(deep)).toEqual([]);
  expect(statSync(deep).mode & 0o066).toBe(0);
});

test('processes that start at once make one folder together', async () => {
  const deep = path.join(folder, 'a', 'b', 'c', 'd');
  const module = JSON.stringify(path.resolve(import.meta.dirname, 'data-folder.ts'));
  // All wait for the same moment, so that they meet between looking and making.
  const source = `const { prepareDataFolder } = await import(${module});
    while (Date.now() < ${Date.now() + 2500}); prepareDataFolder(${JSON.stringify(deep)});`;
  const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '--eval', source]);
  await Promise.all(Array.from({ length: 4 }, run));
  expect(readdirSync(deep)).toEqual([]);
});

test('the secret is drawn once, long, and readable by the owner only', () => {
  const secret = readOrMakeJwtSecret(folder);
  expect(secret.length).toBeGreaterThanOrEqual(64);
  expect(readOrMakeJwtSecret(folder)).toBe(secret);
  expect(readdirSync(folder)).toEqual(['secrets.json']);
  expect(statSync(path.join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);
});

test.skipIf(smallDiskObstacle())('a full disk stops no start but the very first', () => {
  const disk = mountSmallDisk(1);
  try {
    const used = path.join(disk.folder, 'used');
    prepareDataFolder(used);
    const secret = readOrMakeJwtSecret(used);
    disk.fill();
    prepareDataFolder(used);
    expect(readOrMakeJwtSecret(used)).toBe(secret);
    expect(readdirSync(used)).toEqual(['secrets.json']);
    expect(() => prepareDataFolder(path.join(disk.folder, 'new'))).toThrow(/The disk .* is full/);
  } finally {
    disk.unmount();
  }
});

test('the lock goes to one and, released, to the next', async () => {
  const first = await lockDataFolder(folder);
  await expect(lockDataFolder(folder)).rejects.toThrow(`process ${process.pid}`);
  first[Symbol.dispose]();
  (await lockDataFolder(folder))[Symbol.dispose]();
});

test('.env fills in what the environment leaves out, and never wins', () => {
  const file = path.join(folder, '.env');
  expect(withEnvFile(file, { PORT: '1' })).toEqual({ PORT: '1' });
  writeFileSync(file, '# comment\nPORT=2\nHOST="0.0.0.0"\nLOG_LEVEL=debug\n');
  expect(withEnvFile(file, { PORT: '1', LOG_LEVEL: '' })).toEqual({
    PORT: '1',
    HOST: '0.0.0.0',
    LOG_LEVEL: '',
  });
});

test.each([true, false])('a folder stays what it began as (demonstration: %s)', (isDemonstration) => {
  keepDemonstrationApart(folder, isDemonstration);
  keepDemonstrationApart(folder, isDemonstration);
  expect(() => keepDemonstrationApart(folder, !isDemonstration)).toThrow(/Set DATA_DIR to another folder/);
});
