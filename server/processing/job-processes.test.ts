import { setTimeout as delay } from 'node:timers/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emptyPng, fieldImage } from '../testing/image-files.ts';
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
const maxPixels = 100_000_000;

let pool: JobProcesses;
let field: Buffer;
beforeAll(async () => {
  pool = openJobProcesses({ ...LIMITS, processes: 2 });
  field = await fieldImage('jpeg', { width: 640, height: 480 });
});
afterAll(() => pool.close());

const check = (bytes: Uint8Array) => pool.run('check', { source: { bytes }, maxPixels }, inTime);
const detection = (bytes: Uint8Array, cacheKey?: string, parameters = {}) => ({
  source: { bytes },
  maxPixels,
  engine: 'tree',
  parameters,
  micronsPerPixel: undefined,
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

describe('a task that goes wrong takes its process along, and nothing else', () => {
  test('when the process dies', async () => {
    const own = openJobProcesses({ ...LIMITS, processes: 1 });
    await own.run('check', { source: { bytes: field }, maxPixels }, inTime);
    const dying = own.run('process', detection(emptyPng(9000, 9000)), inTime);
    const waiting = own.run('check', { source: { bytes: field }, maxPixels }, inTime);
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
    const bomb = small.run('process', { ...detection(emptyPng(20_000, 20_000)), maxPixels: 1e9 }, inTime);
    await expect(bomb).rejects.toMatchObject({ kind: 'out_of_memory' });
    expect(await small.run('check', { source: { bytes: field }, maxPixels }, inTime)).toMatchObject({
      width: 640,
    });
    small.close();
  });

  test('when too many wait, further ones are refused at once', async () => {
    const narrow = openJobProcesses({ ...LIMITS, longestQueue: 1, processes: 1 });
    const first = narrow.run('check', { source: { bytes: field }, maxPixels }, inTime);
    const second = narrow.run('check', { source: { bytes: field }, maxPixels }, inTime);
    await expect(second).rejects.toMatchObject({ kind: 'busy' });
    await first;
    narrow.close();
  });
});
