import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { eq, sql } from 'drizzle-orm';
import sharp from 'sharp';
import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { decodePackedCells } from '../../core/detection/packed-cells.ts';
import { DEFAULT_LABORATORY_SETTINGS } from '../../core/laboratory-settings.ts';
import { detectionRuns, samples } from '../db/tables/patients.ts';
import { type Job, PermanentFailure } from '../platform/jobs.ts';
import { ObjectError } from '../platform/objects.ts';
import {
  insertHospital,
  insertLaboratory,
  insertPatientWithSample,
  insertUser,
} from '../testing/factories.ts';
import { emptyPng, fieldImage, tiffImage } from '../testing/image-files.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { type JobProcesses, openJobProcesses } from './job-processes.ts';
import { type ProcessingDependencies, processSample } from './process-sample.ts';
import { claimSample } from './queries.ts';
import { putBackLostSamples, removeOrphanedObjects } from './sweep.ts';

const MIB = 1024 * 1024;
/** Takes seconds to process, so that there is time to interfere. */
const SLOW = emptyPng(6000, 6000);

const workFolder = mkdtempSync(path.join(os.tmpdir(), 'balscope-in-work-'));

let app: TestApp;
let processes: JobProcesses;
let deps: ProcessingDependencies;
let uploader: Awaited<ReturnType<typeof insertUser>>;

beforeAll(async () => {
  app = await createTestApp();
  const detection = { downscale: 1 };
  const laboratory = await insertLaboratory(app.db, { ...DEFAULT_LABORATORY_SETTINGS, detection });
  const hospital = await insertHospital(app.db, { laboratoryId: laboratory.id });
  uploader = await insertUser(app.db, 'UPLOADER', { hospitalId: hospital.id });
});
beforeEach(() => {
  processes?.close();
  const memoryBytes = 2048 * MIB;
  processes = openJobProcesses({
    processes: 1,
    memoryBytes,
    cacheBytes: 0,
    longestTaskMs: 60_000,
    longestQueue: 5,
  });
  const limits = { decodedPixels: 100_000_000, tiledPixels: 1_000_000_000, jobTimeoutS: 60, reserveBytes: 0 };
  deps = { ...app.deps, processes, limits, workFolder };
});
afterAll(async () => {
  processes.close();
  await app.close();
  rmSync(workFolder, { recursive: true });
});

async function insertStored(bytes: Uint8Array, by = uploader) {
  const { sample } = await insertPatientWithSample(app.db, by);
  const stored = await app.deps.objects.put(sample.s3Key, Readable.from([Buffer.from(bytes)]), {
    maxBytes: 1e8,
  });
  await app.db.update(samples).set({ sha256: stored.sha256 }).where(eq(samples.id, sample.id));
  return sample.id;
}
const jobFor = (sampleId: string, given: Partial<Job> = {}): Job => ({
  sampleId,
  retries: 0,
  isLastAttempt: false,
  signal: new AbortController().signal,
  ...given,
});
async function read(id: string) {
  const [row] = await app.db.select().from(samples).where(eq(samples.id, id));
  return row;
}
const runsOf = (id: string) => app.db.select().from(detectionRuns).where(eq(detectionRuns.sampleId, id));
const begins = (id: string) =>
  vi.waitFor(async () => {
    expect((await read(id)).inferenceStatus).toBe('processing');
    expect(processes.pids()).toHaveLength(1);
  });

test('parameters asked for the sample hold above those of its laboratory, and the run says so', async () => {
  const id = await insertStored(await fieldImage('png', { width: 320, height: 240 }));
  await app.db
    .update(samples)
    .set({ detectionParameters: { min_area: 0.5 } })
    .where(eq(samples.id, id));
  await processSample(deps, jobFor(id));
  const [run] = await runsOf(id);
  expect(run.parameters).toMatchObject({ min_area: 0.5, downscale: 1 });
});

test('a waiting sample gets its cells, display image and thumbnail, by the settings of its laboratory', async () => {
  const id = await insertStored(await fieldImage('jpeg', { width: 640, height: 480 }));
  await processSample(deps, jobFor(id));
  const sample = await read(id);
  const [run, ...others] = await runsOf(id);
  expect(others).toEqual([]);
  expect(sample).toMatchObject({
    inferenceStatus: 'completed',
    attempts: 1,
    latestRunId: run.id,
    runId: run.id,
  });
  expect(run.parameters.downscale).toBe(1);
  expect([run.downscale, run.scaleSource]).toEqual([1, 'given']);
  expect(decodePackedCells(run.cells).uncertain).toHaveLength(run.cellCount);
  expect(run.decoder).toMatch(/^sharp .*libvips/);
  expect(decodePackedCells(run.cells).count).toBe(run.cellCount);
  expect(run.cellCount).toBeGreaterThan(0);
  const display = await sharp(await app.deps.objects.read(sample.displayKey!)).metadata();
  expect([display.width, display.height, display.exif]).toEqual([640, 480, undefined]);
  const thumbnail = await sharp(await app.deps.objects.read(sample.thumbnailKey!)).metadata();
  expect([thumbnail.width, thumbnail.format]).toEqual([320, 'webp']);
});

test("the laboratory's engine finds the cells, with those of its parameters that it knows", async () => {
  const detection = { engine: 'opencv', downscale: 1, circularity: 0.2, min_score: 1 };
  const laboratory = await insertLaboratory(app.db, { ...DEFAULT_LABORATORY_SETTINGS, detection });
  const { id: hospitalId } = await insertHospital(app.db, { laboratoryId: laboratory.id });
  const ours = await insertUser(app.db, 'UPLOADER', { hospitalId });
  const id = await insertStored(await fieldImage('jpeg', { width: 640, height: 480 }), ours);
  await processSample(deps, jobFor(id));
  const [run] = await runsOf(id);
  expect(run).toMatchObject({ engine: 'opencv', version: '4.12.0-release.1' });
  expect(run.parameters).toMatchObject({ downscale: 1, circularity: 0.2, threshold: 'auto' });
  expect(run.parameters).not.toHaveProperty('min_score');
  expect(run.cellCount).toBeGreaterThan(0);
});

test('a large image tells its progress to the pages that show it', async () => {
  const size = { width: 3000, height: 2600 };
  const id = await insertStored(await tiffImage(size));
  await app.db.update(samples).set(size).where(eq(samples.id, id));
  const heard: (number | undefined)[] = [];
  const stop = app.deps.notifications.subscribe({
    onEvent: (event) => {
      if (event.type === 'sample.status' && event.jobId === id) heard.push(event.progress);
    },
    onGap: () => {},
  });
  const limits = { ...deps.limits, decodedPixels: 1_000_000 };
  await processSample({ ...deps, limits }, jobFor(id));
  stop();
  expect(await read(id)).toMatchObject({ inferenceStatus: 'completed' });
  // The beginning and the end have none; in between about one a second.
  expect(heard.filter((progress) => progress === undefined).length).toBeGreaterThan(0);
  for (const progress of heard) if (progress !== undefined) expect(progress).toBeLessThanOrEqual(1);
});

test('a large image is there in tiles, border and all, for those who may see it', async () => {
  const size = { width: 1300, height: 700 };
  const file = await tiffImage(size);
  const id = await insertStored(file);
  await app.db.update(samples).set(size).where(eq(samples.id, id));
  await processSample({ ...deps, limits: { ...deps.limits, decodedPixels: 100_000 } }, jobFor(id));
  const { tiles } = await app.as(uploader)('getSample', { params: { jobId: id } });
  expect(tiles).toMatchObject({ levels: 3, tilePx: 510, borderPx: 1 });
  const fetchTile = async (place: string, by = uploader) =>
    app.inject({
      url: `${tiles!.url}/${place}`,
      headers: { authorization: `Bearer ${await app.tokenOf(by)}` },
    });
  const answer = await fetchTile('2/1/1');
  expect(answer.headers).toMatchObject({ 'content-type': 'image/jpeg', 'x-content-type-options': 'nosniff' });
  const shown = await sharp(answer.rawPayload).raw().toBuffer({ resolveWithObject: true });
  expect(shown.info).toMatchObject({ width: 512, height: 191 });
  const original = await sharp(file)
    .extract({ left: 509, top: 509, width: 512, height: 191 })
    .raw()
    .toBuffer();
  const difference = original.reduce((sum, value, i) => sum + Math.abs(value - shown.data[i]), 0);
  expect(difference / original.length).toBeLessThan(3);
  const smallest = await sharp((await fetchTile('0/0/0')).rawPayload).metadata();
  expect([smallest.width, smallest.height]).toEqual([325, 175]);
  for (const place of ['2/3/0', '2/0/2', '3/0/0']) expect((await fetchTile(place)).statusCode).toBe(404);
  const stranger = await insertUser(app.db, 'UPLOADER', { hospitalId: (await insertHospital(app.db)).id });
  expect((await fetchTile('0/0/0', stranger)).statusCode).toBe(404);
  expect(readdirSync(workFolder)).toEqual([]);
});

test('an original that is no file of this machine is processed from a copy, which is gone afterwards', async () => {
  const id = await insertStored(await fieldImage());
  const elsewhere = { ...app.deps.objects, localPath: undefined };
  const copies: string[] = [];
  const watched: JobProcesses = {
    ...processes,
    run: (task, request, options) => {
      copies.push(...readdirSync(workFolder));
      return processes.run(task, request, options);
    },
  };
  await processSample({ ...deps, objects: elsewhere, processes: watched }, jobFor(id));
  expect(await read(id)).toMatchObject({ inferenceStatus: 'completed' });
  expect(copies).toHaveLength(1);
  expect(readdirSync(workFolder)).toEqual([]);
});

test('a job that comes a second time changes nothing', async () => {
  const id = await insertStored(await fieldImage());
  await processSample(deps, jobFor(id));
  const before = await read(id);
  await processSample(deps, jobFor(id, { retries: 1 }));
  expect(await read(id)).toEqual(before);
});

test('a failed sample is taken up again only when somebody wishes so', async () => {
  const id = await insertStored(await fieldImage());
  await app.db.update(samples).set({ inferenceStatus: 'failed', error: 'away' }).where(eq(samples.id, id));
  await processSample(deps, jobFor(id));
  expect(await read(id)).toMatchObject({ inferenceStatus: 'failed' });
  await processSample(deps, jobFor(id, { redriven: true }));
  expect(await read(id)).toMatchObject({ inferenceStatus: 'completed', error: null });
  expect(await runsOf(id)).toHaveLength(1);
});

test('a job for a sample that never was is a dead letter, one for a sample removed meanwhile is done', async () => {
  await expect(processSample(deps, jobFor(v7()))).rejects.toThrow(PermanentFailure);
  const id = await insertStored(await fieldImage());
  await app.db.update(samples).set({ deletedAt: sql`now()` }).where(eq(samples.id, id));
  await processSample(deps, jobFor(id));
});

test('a worker that was overtaken cannot write its late result', async () => {
  const id = await insertStored(SLOW);
  const overtaken = processSample(deps, jobFor(id));
  await begins(id);
  const newer = v7();
  await claimSample(app.db, id, newer);
  await overtaken;
  expect(await runsOf(id)).toEqual([]);
  expect(await read(id)).toMatchObject({ inferenceStatus: 'processing', runId: newer, attempts: 2 });
});

test('an image that kills its process is tried once more, then failed with the reason', async () => {
  const id = await insertStored(SLOW);
  const first = processSample(deps, jobFor(id));
  await begins(id);
  process.kill(processes.pids()[0], 'SIGSEGV');
  await expect(first).rejects.not.toBeInstanceOf(PermanentFailure);
  expect(await read(id)).toMatchObject({ inferenceStatus: 'pending', error: null });

  const second = processSample(deps, jobFor(id, { retries: 1 }));
  await begins(id);
  process.kill(processes.pids()[0], 'SIGSEGV');
  await expect(second).rejects.toBeInstanceOf(PermanentFailure);
  expect(await read(id)).toMatchObject({
    inferenceStatus: 'failed',
    error: expect.stringMatching(/stop \(SIGSEGV\).*Export it again/),
  });
});

test('one that never ends is stopped', async () => {
  const id = await insertStored(SLOW);
  const limits = { ...deps.limits, jobTimeoutS: 1 };
  await expect(processSample({ ...deps, limits }, jobFor(id, { retries: 1 }))).rejects.toThrow(
    PermanentFailure,
  );
  expect((await read(id)).error).toContain('longer than 1 s');
});

test('bytes that changed in the store are not processed', async () => {
  const id = await insertStored(await fieldImage());
  const { s3Key } = await read(id);
  await app.deps.objects.put(s3Key, Readable.from([await fieldImage('png', { seed: 2 })]), { maxBytes: 1e6 });
  await expect(processSample(deps, jobFor(id))).rejects.toThrow(PermanentFailure);
  expect(await read(id)).toMatchObject({
    inferenceStatus: 'failed',
    error: expect.stringContaining('no longer'),
  });
});

test('a damaged image is failed at once, as is one that is gone', async () => {
  const cut = await insertStored((await fieldImage('png')).subarray(0, 300));
  await expect(processSample(deps, jobFor(cut))).rejects.toThrow(PermanentFailure);
  expect((await read(cut)).error).toMatch(/Export/);
  const { sample } = await insertPatientWithSample(app.db, uploader);
  await expect(processSample(deps, jobFor(sample.id))).rejects.toThrow(PermanentFailure);
  expect((await read(sample.id)).error).toMatch(/missing/);
});

test('while the store is full a sample waits, and in the end says why it failed', async () => {
  const id = await insertStored(await fieldImage('png', { width: 320, height: 240 }));
  const full = async () => {
    throw new ObjectError('full', 'The disk is full');
  };
  const withoutRoom = { ...deps, objects: { ...deps.objects, put: full } };
  await expect(processSample(withoutRoom, jobFor(id))).rejects.toThrow('full');
  expect(await read(id)).toMatchObject({ inferenceStatus: 'pending', error: null });
  const last = jobFor(id, { isLastAttempt: true });
  await expect(processSample(withoutRoom, last)).rejects.toThrow(PermanentFailure);
  expect(await read(id)).toMatchObject({
    inferenceStatus: 'failed',
    error: expect.stringContaining('storage of the images is full'),
  });
});

test('while the disk of the worker has no room for its tiles a large image waits, and in the end says why it failed', async () => {
  const size = { width: 640, height: 480 };
  const id = await insertStored(await tiffImage(size));
  await app.db.update(samples).set(size).where(eq(samples.id, id));
  const limits = { ...deps.limits, decodedPixels: 1e5, reserveBytes: Number.MAX_SAFE_INTEGER };
  await expect(processSample({ ...deps, limits }, jobFor(id))).rejects.toThrow('no room');
  expect(await read(id)).toMatchObject({ inferenceStatus: 'pending', error: null });
  const last = jobFor(id, { isLastAttempt: true });
  await expect(processSample({ ...deps, limits }, last)).rejects.toThrow(PermanentFailure);
  expect(await read(id)).toMatchObject({
    inferenceStatus: 'failed',
    error: expect.stringContaining('no room'),
  });
  const small = await insertStored(await fieldImage('png', { width: 320, height: 240 }));
  await app.db.update(samples).set({ width: 320, height: 240 }).where(eq(samples.id, small));
  await processSample({ ...deps, limits }, jobFor(small));
  expect(await read(small)).toMatchObject({ inferenceStatus: 'completed' });
});

test('a worker that has to stop gives the sample back', async () => {
  const id = await insertStored(SLOW);
  const stop = new AbortController();
  const stopped = processSample(deps, jobFor(id, { signal: stop.signal }));
  await begins(id);
  stop.abort();
  await expect(stopped).rejects.toThrow('interrupted');
  expect(await read(id)).toMatchObject({ inferenceStatus: 'pending', error: null });
});

test('samples without a job are put back, others left alone, hopeless ones failed', async () => {
  await app.db.delete(detectionRuns);
  await app.db.update(samples).set({ inferenceStatus: 'completed' });
  const make = async (given: Partial<typeof samples.$inferInsert>) => {
    const { sample } = await insertPatientWithSample(app.db, uploader);
    await app.db.update(samples).set(given).where(eq(samples.id, sample.id));
    return sample.id;
  };
  const longAgo = '2020-01-01T00:00:00.000Z';
  const lost = await make({ inferenceStatus: 'processing', runId: v7(), startedAt: longAgo, attempts: 1 });
  const waiting = await make({ createdAt: longAgo });
  const hopeless = await make({ inferenceStatus: 'processing', startedAt: longAgo, attempts: 10 });
  const young = await make({ inferenceStatus: 'processing', startedAt: new Date().toISOString() });
  const queued = await make({ createdAt: longAgo });
  await app.db.transaction((tx) => app.deps.jobs.enqueue(tx, [queued]));
  const settled = await putBackLostSamples(app.deps, 30);
  expect({ ...settled, putBack: settled.putBack.sort() }).toEqual({
    putBack: [lost, waiting].sort(),
    failed: [hopeless],
  });
  expect(await app.deps.jobs.findWithJob([lost, waiting, hopeless, young, queued])).toEqual(
    new Set([lost, waiting, queued]),
  );
  expect(await read(lost)).toMatchObject({ inferenceStatus: 'pending' });
  expect(await read(hopeless)).toMatchObject({
    inferenceStatus: 'failed',
    error: expect.stringMatching(/too often/),
  });
  expect(await read(young)).toMatchObject({ inferenceStatus: 'processing' });
});

test('objects that no sample owns are removed once they are old', async () => {
  const kept = await read(await insertStored(await fieldImage()));
  const orphan = `samples/${v7()}/original`;
  const reply = `samples/${v7()}/model-reply-${v7()}`;
  await app.deps.objects.put(reply, Readable.from([Buffer.from('[]')]), { maxBytes: 9 });
  await app.deps.objects.put(orphan, Readable.from([Buffer.from('x')]), { maxBytes: 9 });
  const { signal } = new AbortController();
  expect(await removeOrphanedObjects(app.deps, { olderThanMs: 60_000, signal })).toBe(0);
  await removeOrphanedObjects(app.deps, { olderThanMs: -1000, signal });
  expect(await app.deps.objects.head(orphan)).toBeUndefined();
  expect(await app.deps.objects.head(reply)).toBeUndefined();
  expect(await app.deps.objects.head(kept.s3Key)).toBeDefined();
});
