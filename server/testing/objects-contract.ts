import { createHash } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Objects } from '../platform/objects.ts';

export const KEY = 'samples/0197e5a4-0000-7000-8000-000000000001/original';
export const ROOM = { maxBytes: 100_000_000 };
const MIB = 1024 * 1024;

export interface ObjectsUnderTest {
  objects: Objects;
  /** Replaces the stored bytes behind the adapter's back. */
  damage(key: string, bytes: Buffer): Promise<void>;
  /** Everything the adapter has put anywhere, halves of objects included. */
  leftovers(): Promise<string[]>;
}

export const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
export const randomBytes = (length: number, seed = 1) =>
  Buffer.from(Array.from({ length }, (_, at) => (at * 31 * seed + seed) & 255));

/** What every adapter of the port promises. */
export function testObjects(open: () => Promise<ObjectsUnderTest>): void {
  let objects: Objects;
  let damage: ObjectsUnderTest['damage'];
  let leftovers: ObjectsUnderTest['leftovers'];
  beforeEach(async () => {
    ({ objects, damage, leftovers } = await open());
  });

  async function keysWith(prefix: string): Promise<string[]> {
    const keys: string[] = [];
    for await (const key of objects.list(prefix)) keys.push(key);
    return keys.sort();
  }

  describe('put', () => {
    test('stores the bytes under their key with their hash', async () => {
      const bytes = randomBytes(300_000);
      const { content = bytes, ...stored } = await objects.put(
        KEY,
        Readable.from([bytes.subarray(0, 100_000), bytes.subarray(100_000)]),
        ROOM,
      );
      expect(stored).toEqual({ sha256: sha256(bytes), bytes: 300_000 });
      expect(content.equals(bytes)).toBe(true);
      expect((await objects.read(KEY)).equals(bytes)).toBe(true);
      expect(await leftovers()).toEqual([KEY]);
    });

    test.each([8 * MIB, 8 * MIB + 1, 20 * MIB + 1])(
      'stores %i bytes, in one part or several',
      async (size) => {
        const bytes = Buffer.alloc(size, 'a field of cells');
        const stored = await objects.put(KEY, Readable.from(piecesOf(bytes)), ROOM);
        expect(stored).toMatchObject({ sha256: sha256(bytes), bytes: bytes.length });
        expect(sha256(await objects.read(KEY, stored))).toBe(stored.sha256);
        expect(await leftovers()).toEqual([KEY]);
      },
    );

    test('nothing is stored as nothing', async () => {
      const stored = await objects.put(KEY, Readable.from([]), ROOM);
      expect(stored).toMatchObject({ sha256: sha256(Buffer.alloc(0)), bytes: 0 });
      expect(await objects.read(KEY, stored)).toHaveLength(0);
    });

    test.each([
      ['a small one', 200_000],
      ['one of several parts', 20 * MIB],
    ])(
      'an upload that breaks off, %s, leaves nothing, not even what was there half replaced',
      async (_, half) => {
        await objects.put(KEY, Readable.from([Buffer.from('first')]), ROOM);
        const source = new PassThrough({ highWaterMark: 64 * MIB });
        source.write(Buffer.alloc(half, 'half'));
        const storing = objects.put(KEY, source, ROOM);
        setTimeout(() => source.destroy(new Error('the client went away')), 50);
        await expect(storing).rejects.toThrow('the client went away');
        expect(await leftovers()).toEqual([KEY]);
        expect((await objects.read(KEY)).toString()).toBe('first');
      },
    );

    test('a source destroyed without a word is no complete object', async () => {
      const source = new PassThrough();
      source.write('half');
      const storing = objects.put(KEY, source, ROOM);
      setTimeout(() => source.destroy(), 20);
      await expect(storing).rejects.toThrow();
      expect(await leftovers()).toEqual([]);
    });

    test.each([
      { maxBytes: 9_999, chunk: 1000 },
      { maxBytes: 10 * MIB, chunk: 100_000 },
    ])(
      'of $maxBytes bytes one too many is refused as soon as it comes, and leaves nothing',
      async ({ maxBytes, chunk }) => {
        let pulled = 0;
        const endless = Readable.from(
          (function* () {
            for (;;) {
              pulled++;
              yield randomBytes(chunk);
            }
          })(),
        );
        await expect(objects.put(KEY, endless, { maxBytes })).rejects.toMatchObject({
          code: 'too_large',
        });
        expect(pulled).toBeLessThan(maxBytes / chunk + 100);
        expect(endless.destroyed).toBe(true);
        expect(await leftovers()).toEqual([]);
        await expect(
          objects.put(KEY, Readable.from([randomBytes(10)]), { maxBytes: 10 }),
        ).resolves.toMatchObject({ bytes: 10 });
      },
    );

    test('many at once, also under one key, each arrive whole', async () => {
      const contents = Array.from({ length: 24 }, (_, at) => randomBytes(50_000 + at, at + 1));
      const own = contents.map((bytes, at) =>
        objects.put(`samples/${at}/original`, Readable.from([bytes]), ROOM),
      );
      const shared = contents.map((bytes) => objects.put(KEY, Readable.from([bytes]), ROOM));
      await Promise.all([...own, ...shared]);
      for (const [at, bytes] of contents.entries()) {
        expect((await objects.read(`samples/${at}/original`)).equals(bytes)).toBe(true);
      }
      const winner = await objects.read(KEY);
      expect(contents.some((bytes) => bytes.equals(winner))).toBe(true);
      expect(await leftovers()).toHaveLength(25);
    });

    test('a removal next door does not pull the folder away', async () => {
      for (let round = 0; round < 50; round++) {
        await Promise.all([
          objects.put('samples/a/one', Readable.from([Buffer.from('1')]), ROOM),
          objects.remove('samples/a/other'),
        ]);
        expect(await objects.head('samples/a/one')).toMatchObject({ bytes: 1 });
        await objects.remove('samples/a/one');
      }
    });

    test.each([
      '../escape',
      'samples/../../escape',
      '/etc/passwd',
      'a//b',
      '',
      '.incoming/x',
      'a/.hidden',
      'A',
      'a\0b',
      'a\\b',
      '%2e%2e/x',
      `${'a/'.repeat(120)}a`,
    ])('the key %j is refused', async (key) => {
      const invalid = { code: 'invalid_key' };
      await expect(objects.put(key, Readable.from([Buffer.from('x')]), ROOM)).rejects.toMatchObject(invalid);
      await expect(objects.read(key)).rejects.toMatchObject(invalid);
      await expect(objects.remove(key)).rejects.toMatchObject(invalid);
    });
  });

  describe('reading', () => {
    const bytes = randomBytes(200_000);
    beforeEach(async () => {
      await objects.put(KEY, Readable.from([bytes]), ROOM);
    });

    test('the whole, with its length beforehand', async () => {
      const opened = await objects.get(KEY);
      expect(opened.bytes).toBe(200_000);
      expect((await buffer(opened.stream)).equals(bytes)).toBe(true);
    });

    test.each([
      [0, 0, 1],
      [10, 19, 10],
      [199_990, 999_999, 10],
      [199_990, Number.POSITIVE_INFINITY, 10],
      [200_000, 200_001, 0],
    ])('bytes %i to %i are %i', async (start, end, expected) => {
      const opened = await objects.getRange(KEY, start, end);
      expect(opened.bytes).toBe(expected);
      expect((await buffer(opened.stream)).equals(bytes.subarray(start, end + 1))).toBe(true);
    });

    test('a changed byte is noticed when the hash is asked for', async () => {
      const { sha256: hash } = await objects.put(KEY, Readable.from([bytes]), ROOM);
      await expect(objects.read(KEY, { sha256: hash })).resolves.toHaveLength(200_000);
      const damaged = Buffer.from(bytes);
      damaged[123_456] ^= 1;
      await damage(KEY, damaged);
      await expect(objects.read(KEY, { sha256: hash })).rejects.toMatchObject({ code: 'corrupt' });
      const { stream } = await objects.get(KEY, { sha256: hash });
      await expect(buffer(stream)).rejects.toMatchObject({ code: 'corrupt' });
    });

    test('what is not there is not found', async () => {
      for (const missing of ['samples/none', `${KEY}/below`, 'samples']) {
        await expect(objects.read(missing)).rejects.toMatchObject({ code: 'not_found' });
        await expect(objects.getRange(missing, 0, 9)).rejects.toMatchObject({ code: 'not_found' });
        expect(await objects.head(missing)).toBeUndefined();
      }
    });

    test('head tells the length and when it was stored', async () => {
      const found = await objects.head(KEY);
      expect(found?.bytes).toBe(200_000);
      expect(Math.abs(Date.now() - found!.storedAt.getTime())).toBeLessThan(60_000);
    });
  });

  test('removing may be repeated', async () => {
    await objects.put('samples/a/original', Readable.from([Buffer.from('1')]), ROOM);
    await objects.remove('samples/a/original');
    await objects.remove('samples/a/original');
    expect(await objects.head('samples/a/original')).toBeUndefined();
  });

  test('list gives the keys of a prefix, which need not be a folder', async () => {
    for (const key of ['samples/a/original', 'samples/a/thumbnail', 'samples/ab/original', 'reports/r1']) {
      await objects.put(key, Readable.from([Buffer.from(key)]), ROOM);
    }
    expect(await keysWith('samples/a')).toEqual([
      'samples/a/original',
      'samples/a/thumbnail',
      'samples/ab/original',
    ]);
    expect(await keysWith('samples/a/')).toEqual(['samples/a/original', 'samples/a/thumbnail']);
    expect(await keysWith('')).toHaveLength(4);
    expect(await keysWith('nothing/')).toEqual([]);
  });

  test('check says nothing of a usable store, and leaves nothing there', async () => {
    await expect(objects.check()).resolves.toBeUndefined();
    expect(await leftovers()).toEqual([]);
  });
}

function* piecesOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}
