import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KEY, ROOM, randomBytes, testObjects } from '../testing/objects-contract.ts';
import type { Objects } from './objects.ts';
import { openFileObjects } from './objects-files.ts';

let folder: string;
let objects: Objects;

beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'balscope-objects-'));
  objects = await openFileObjects(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const filesBelow = () =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));

describe('as every adapter', () => {
  testObjects(async () => ({
    objects,
    damage: async (key, bytes) => writeFileSync(path.join(folder, key), bytes),
    leftovers: async () => filesBelow(),
  }));
});

test('an object is a file under its key', async () => {
  const bytes = randomBytes(1000);
  await objects.put(KEY, Readable.from([bytes]), ROOM);
  expect(readFileSync(path.join(folder, KEY)).equals(bytes)).toBe(true);
  expect(objects.localPath?.(KEY)).toBe(path.join(folder, KEY));
});

test('removing takes the empty folders along and may be repeated', async () => {
  await objects.put('samples/a/original', Readable.from([Buffer.from('1')]), ROOM);
  await objects.put('samples/b/original', Readable.from([Buffer.from('2')]), ROOM);
  await objects.remove('samples/a/original');
  await objects.remove('samples/a/original');
  expect(readdirSync(path.join(folder, 'samples'))).toEqual(['b']);
});

test('the sweep takes what a dead process left, not what is being written', async () => {
  const abandoned = path.join(folder, '.incoming', 'abandoned');
  const current = path.join(folder, '.incoming', 'current');
  for (const file of [abandoned, current]) writeFileSync(file, 'half');
  const anHourAgo = new Date(Date.now() - 3_600_000);
  utimesSync(abandoned, anHourAgo, anHourAgo);
  expect(await objects.sweepTemporary(1_800_000)).toBe(1);
  expect(filesBelow()).toEqual([path.join('.incoming', 'current')]);
});

test('check tells a usable store from one that is gone', async () => {
  await expect(objects.check()).resolves.toBeUndefined();
  rmSync(folder, { recursive: true });
  await expect(objects.check()).rejects.toThrow();
});
