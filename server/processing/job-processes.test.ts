import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emptyPng, fieldImage, tiffImage } from '../testing/image-files.ts';
import type { ProcessLimits } from './job-process.ts';
import { type JobProcesses, openJobProcesses } from './job-processes.ts';

const MIB = 1024 * 1024;
const LIMITS: ProcessLimits & { longestQueue: number } = {
  memoryBytes: 1200 * MIB,
  cacheBytes: 64 * MIB,
  longestTaskMs: 20_000,
  longestQueue: 50,
};
const inTime = { timeoutMs: 20_000 };
const jobFolder = mkdtempSync(path.join(os.tmpdir(), 'balscope-job-'));
const limits = { decodedPixels: 100_000_000, tiledPixels: 1_000_000_000 };

let pool: JobProcesses;
let field: Buffer;
beforeAll(async () => {
  pool = openJobProcesses({ ...LIMITS, processes: 2 });
  field = await fieldImage('jpeg', { width: 640, height: 480 });
});
afterAll(() => {
  pool.close();
  rmSync(jobFolder, { recursive: true });
});

const check = (bytes: Uint8Array) => pool.run('check', { source: { bytes }, limits }, inTime);
const detection = (bytes: Uint8Array, cacheKey?: string, parameters = {}) => ({
  source: { bytes },
  limits,
  maxPixels: limits.decodedPixels,
  engine: 'tree',
  parameters,
  micronsPerPixel: undefined,
  jobFolder,
  cacheKey,
});

describe('checking a file', () => {
  test.each(['jpeg', 'png', 'tiff', 'webp'] as const)('takes a whole %s', async (format) => {
    expect(await check(await fieldImage(format))).toEqual({ format, width: 320, height: 240 });
  });

  test.each(['jpeg', 'png', 'tiff', 'webp'] as const)('refuses a %s that was cut short', async (format) => {
    const whole = await fieldImage(format, { width: 640, height: 480 });
    const cut = whole.subarray(0, Math.floor(whole.length * 0.7));
    await expect(check(cut)).rejects.toMatchObject({ code: 'damaged_image' });
  });

  test.each([
    ['nothing', Buffer.alloc(0), 'damaged_image'],
    ['text', Buffer.from('This is a letter, not an image.'), 'unsupported_image'],
    [
      'SVG',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"/>'),
      'unsupported_image',
    ],
    ['a PNG signature alone', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), 'damaged_image'],
    ['400 megapixels in few bytes', emptyPng(20_000, 20_000), 'image_too_large'],
    ['too few pixels', emptyPng(15, 400), 'image_too_small'],
  ])('refuses %s', async (_, bytes, code) => {
    await expect(check(bytes)).rejects.toMatchObject({ name: 'ImageRefusal', code });
  });

  test('swaps the sides of a photograph that was turned', async () => {
    const turned = await sharp(field).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(await check(turned)).toMatchObject({ width: 480, height: 640 });
  });
});

const SIGNED_LONG = 9;

/** Lets every tile of a TIFF be its longest one, in place. */
function repeatLongestTile(tiff: Buffer): void {
  const directory = tiff.readUInt32LE(4);
  const tableOf = (tag: number) => {
    let entry = directory + 2;
    while (tiff.readUInt16LE(entry) !== tag) entry += 12;
    const bytesEach = tiff.readUInt16LE(entry + 2) === 3 ? 2 : 4;
    const at = tiff.readUInt32LE(entry + 8);
    const places = Array.from({ length: tiff.readUInt32LE(entry + 4) }, (_, i) => at + i * bytesEach);
    return { bytesEach, places, values: places.map((place) => tiff.readUIntLE(place, bytesEach)) };
  };
  const [offsets, lengths] = [tableOf(324), tableOf(325)];
  const longest = lengths.values.indexOf(Math.max(...lengths.values));
  for (const { bytesEach, places, values } of [offsets, lengths]) {
    for (const place of places) tiff.writeUIntLE(values[longest], place, bytesEach);
  }
}

describe('an image too large to be decoded whole', () => {
  const size = { width: 1500, height: 1100 };
  const small = { decodedPixels: 1_000_000, tiledPixels: 2_000_000 };
  const checkLarge = (bytes: Uint8Array) => pool.run('check', { source: { bytes }, limits: small }, inTime);

  test.each([
    ['tiled', {}],
    ['pyramidal', { pyramid: true }],
    ['BigTIFF', { bigtiff: true, pyramid: true }],
  ])('is taken as a %s TIFF', async (_, options) => {
    expect(await checkLarge(await tiffImage(size, options))).toEqual({ format: 'tiff', ...size });
  });

  test.each([
    ['in strips', () => tiffImage(size, { tile: false }), /Save it as a tiled TIFF/],
    ['as a PNG', () => fieldImage('png', size), /at most 1 megapixels .* Save it as a tiled TIFF/],
    [
      'beyond the limit of tiled ones',
      () => tiffImage({ width: 2000, height: 1500 }),
      /at most 2 megapixels/,
    ],
  ])('is refused %s, with the remedy', async (_, make, message) => {
    await expect(checkLarge(await make())).rejects.toMatchObject({
      code: 'image_too_large',
      message: expect.stringMatching(message),
    });
  });

  test('is refused when it was cut short, or its table of tiles is nonsense', async () => {
    const whole = await tiffImage(size);
    await expect(checkLarge(whole.subarray(0, whole.length * 0.7))).rejects.toMatchObject({
      code: 'damaged_image',
    });
    // The directory follows the tiles; every byte of it is tried.
    const directory = whole.readUInt32LE(4);
    for (let at = directory; at < whole.length; at += 7) {
      const bent = Buffer.from(whole);
      bent[at] ^= 0xff;
      await checkLarge(bent).catch((error) => expect(error.name).toBe('ImageRefusal'));
    }
    expect(await checkLarge(whole)).toMatchObject(size);
  });

  test('is refused when its tiles are one and the same, however many it says there are', async () => {
    const bomb = await tiffImage(size);
    await expect(checkLarge(bomb)).resolves.toMatchObject(size);
    repeatLongestTile(bomb);
    await expect(checkLarge(bomb)).rejects.toMatchObject({ code: 'damaged_image' });
  });

  test('is refused when its table of tiles is in numbers that only libtiff reads', async () => {
    const disguised = await tiffImage(size);
    repeatLongestTile(disguised);
    const directory = disguised.readUInt32LE(4);
    for (let entry = directory + 2; entry < disguised.length - 12; entry += 12) {
      const isTable = [324, 325].includes(disguised.readUInt16LE(entry));
      if (isTable) disguised.writeUInt16LE(SIGNED_LONG, entry + 2);
    }
    await expect(checkLarge(disguised)).rejects.toMatchObject({ code: 'damaged_image' });
  });

  test('has the cells of one pass, tells its progress, and is not for the engine that needs it whole', async () => {
    const bytes = await tiffImage({ width: 2600, height: 2300 });
    const request = detection(bytes, undefined, { downscale: 1, threshold_start: 10 });
    const told: number[] = [];
    const tiled = { ...request, limits: { decodedPixels: 1e6, tiledPixels: 1e9 } };
    const inTiles = await pool.run('process', tiled, { ...inTime, onProgress: (done) => told.push(done) });
    const whole = await pool.run('process', request, inTime);
    expect(whole.cellCount).toBeGreaterThan(3);
    expect(Buffer.from(inTiles.cells).equals(Buffer.from(whole.cells))).toBe(true);
    expect(await sharp(inTiles.display).metadata()).toMatchObject({ width: 2600, height: 2300 });
    expect(whole.tilesFile).toBe(null);
    expect(readFileSync(inTiles.tilesFile!).length).toBeGreaterThan(inTiles.display.length / 2);
    for (const done of told) expect(done).toBeLessThanOrEqual(1);
    await expect(pool.run('process', { ...tiled, engine: 'opencv', parameters: {} }, inTime)).rejects.toThrow(
      /Process it with engine tree/,
    );
  });
});

describe('one task at a time', () => {
  test('does not begin what nobody waits for any more, and keeps the process', async () => {
    const affinity = { ...inTime, affinity: 'left' };
    await pool.run('detect', detection(field, 'left'), affinity);
    const pids = pool.pids();
    const left = new AbortController();
    const first = pool.run('detect', detection(field, 'left', { min_score: 0.8 }), affinity);
    const second = pool.run('detect', detection(field, 'left'), { ...affinity, abandoned: left.signal });
    left.abort();
    await expect(second).rejects.toMatchObject({ kind: 'aborted' });
    expect((await first).timingMs.cached).toBe(true);
    expect(pool.pids()).toEqual(pids);
  });

  test('keeps the decoded image for the next request about the same sample', async () => {
    const first = await pool.run('detect', detection(field, 'a'), { ...inTime, affinity: 'a' });
    const again = await pool.run('detect', detection(field, 'a', { min_score: 0.9 }), {
      ...inTime,
      affinity: 'a',
    });
    expect([first.timingMs.cached, again.timingMs.cached]).toEqual([false, true]);
    expect(again.parameters.min_score).toBe(0.9);
  });

  test('refuses parameters out of range, naming them', async () => {
    await expect(
      pool.run('detect', detection(field, undefined, { min_score: 9 }), inTime),
    ).rejects.toMatchObject({
      code: 'validation_failed',
      message: expect.stringContaining('min_score'),
    });
  });

  test('makes the display image, thumbnail and cells of an upload', async () => {
    const result = await pool.run('process', detection(await fieldImage('png')), inTime);
    const display = await sharp(result.display).metadata();
    expect([display.format, display.width, display.height]).toEqual(['jpeg', 320, 240]);
    expect([display.exif, display.icc]).toEqual([undefined, undefined]);
    expect((await sharp(result.thumbnail).metadata()).format).toBe('webp');
    expect(result.cells.length).toBeGreaterThan(0);
  });
});

describe('what is shown of a JPEG', () => {
  const shownOf = async (jpeg: Buffer) => (await pool.run('process', detection(jpeg), inTime)).display;
  const pixelsOf = (image: Uint8Array) => sharp(image).raw().toBuffer();

  test('is itself without metadata when every viewer shows it as it is stored', async () => {
    const jpeg = await sharp(await fieldImage('png'))
      .jpeg()
      .withExif({ IFD0: { ImageDescription: 'Ingrid Solheim' } })
      .toBuffer();
    const shown = await shownOf(jpeg);
    expect(Buffer.from(shown).includes('Ingrid')).toBe(false);
    expect(await pixelsOf(shown)).toEqual(await pixelsOf(jpeg));
  });

  test.each([
    ['lies on its side', (image: Sharp) => image.withMetadata({ orientation: 6 })],
    ['has a colour profile', (image: Sharp) => image.withIccProfile('p3')],
  ])('is made anew, upright and without profile, when it %s', async (_, change) => {
    const jpeg = await change(sharp(await fieldImage('png')).jpeg()).toBuffer();
    const upright = await sharp(jpeg).autoOrient().toBuffer({ resolveWithObject: true });
    const { width, height, orientation, icc } = await sharp(await shownOf(jpeg)).metadata();
    expect([orientation, icc]).toEqual([undefined, undefined]);
    expect([width, height]).toEqual([upright.info.width, upright.info.height]);
  });
});

describe('a task that goes wrong takes its process along, and nothing else', () => {
  test('when the process dies', async () => {
    const own = openJobProcesses({ ...LIMITS, processes: 1 });
    await own.run('check', { source: { bytes: field }, limits }, inTime);
    const dying = own.run('process', detection(emptyPng(9000, 9000)), inTime);
    const waiting = own.run('check', { source: { bytes: field }, limits }, inTime);
    await delay(100);
    process.kill(own.pids()[0], 'SIGKILL');
    await expect(dying).rejects.toMatchObject({ name: 'TaskFailure', kind: 'crashed' });
    expect(await waiting).toMatchObject({ width: 640 });
    own.close();
  });

  test('when it takes too long', async () => {
    const slow = pool.run('process', detection(emptyPng(9000, 9000)), { timeoutMs: 300 });
    await expect(slow).rejects.toMatchObject({ kind: 'timed_out' });
  });

  test('when it is told to stop', async () => {
    const stop = new AbortController();
    const stopped = pool.run('process', detection(emptyPng(9000, 9000)), { ...inTime, signal: stop.signal });
    setTimeout(() => stop.abort(), 200);
    await expect(stopped).rejects.toMatchObject({ kind: 'aborted' });
  });

  test.runIf(process.platform === 'linux')('when it needs more memory than it may', async () => {
    const small = openJobProcesses({ ...LIMITS, memoryBytes: 900 * MIB, processes: 1 });
    const bomb = small.run(
      'process',
      { ...detection(emptyPng(20_000, 20_000)), limits: { decodedPixels: 1e9, tiledPixels: 1e9 } },
      inTime,
    );
    await expect(bomb).rejects.toMatchObject({ kind: 'out_of_memory' });
    expect(await small.run('check', { source: { bytes: field }, limits }, inTime)).toMatchObject({
      width: 640,
    });
    small.close();
  });

  test('when too many wait, further ones are refused at once', async () => {
    const narrow = openJobProcesses({ ...LIMITS, longestQueue: 1, processes: 1 });
    const first = narrow.run('check', { source: { bytes: field }, limits }, inTime);
    const second = narrow.run('check', { source: { bytes: field }, limits }, inTime);
    await expect(second).rejects.toMatchObject({ kind: 'busy' });
    await first;
    narrow.close();
  });
});
