import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { eq } from 'drizzle-orm';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { decodePackedCells } from '../../core/detection/packed-cells.ts';
import { DEFAULT_LABORATORY_SETTINGS, type LaboratorySettings } from '../../core/laboratory-settings.ts';
import { detectionRuns, samples } from '../db/tables/patients.ts';
import { openModel } from '../model/model.ts';
import type { Job } from '../platform/jobs.ts';
import { createLog } from '../platform/log.ts';
import { openModelEndpoint } from '../platform/model-endpoint.ts';
import {
  insertHospital,
  insertLaboratory,
  insertPatientWithSample,
  insertUser,
} from '../testing/factories.ts';
import { fieldImage, tiffImage } from '../testing/image-files.ts';
import {
  answering,
  detection,
  dripping,
  flooding,
  hanging,
  type ModelBehaviour,
  type ModelStub,
  starting,
  startModelStub,
} from '../testing/model-stub.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { type JobProcesses, openJobProcesses } from './job-processes.ts';
import { type ProcessingDependencies, processSample } from './process-sample.ts';

const MIB = 1024 * 1024;
const KEY = 'hf_aVeryPrivateKey';
const REPLY = [detection('lymphocyte', [10, 20, 50, 60], 0.8), detection('LABEL_7', [300, 200, 400, 300])];

let app: TestApp;
let stub: ModelStub;
let processes: JobProcesses;
let deps: ProcessingDependencies;
let field: Buffer;
const folder = mkdtempSync(path.join(os.tmpdir(), 'balscope-model-'));
const logFile = path.join(folder, 'log');

beforeAll(async () => {
  app = await createTestApp();
  stub = await startModelStub();
  field = await fieldImage('png', { width: 320, height: 240 });
  const memoryBytes = 2048 * MIB;
  processes = openJobProcesses({
    processes: 1,
    memoryBytes,
    cacheBytes: 0,
    longestTaskMs: 60_000,
    longestQueue: 5,
  });
});
beforeEach(() => {
  const limits = { decodedPixels: 100_000_000, tiledPixels: 1_000_000_000, jobTimeoutS: 60, reserveBytes: 0 };
  const log = createLog('trace', openSync(logFile, 'a'));
  deps = { ...app.deps, processes, limits, workFolder: folder, log, model: openHasty(60_000) };
});
afterAll(async () => {
  processes.close();
  await stub.close();
  await app.close();
  rmSync(folder, { recursive: true });
});

/** A model whose pauses take no time. */
function openHasty(timeoutMs: number) {
  const clock = { now: () => performance.now(), wait: async () => {} };
  return openModel({ endpoint: openModelEndpoint({ url: stub.url, key: KEY }), timeoutMs, clock });
}
async function insertStored(settings: Partial<LaboratorySettings> = { detection: { engine: 'model' } }) {
  const laboratory = await insertLaboratory(app.db, { ...DEFAULT_LABORATORY_SETTINGS, ...settings });
  const { id: hospitalId } = await insertHospital(app.db, { laboratoryId: laboratory.id });
  const uploader = await insertUser(app.db, 'UPLOADER', { hospitalId });
  const { sample } = await insertPatientWithSample(app.db, uploader);
  const stored = await app.deps.objects.put(sample.s3Key, Readable.from([field]), { maxBytes: 1e8 });
  await app.db.update(samples).set({ sha256: stored.sha256 }).where(eq(samples.id, sample.id));
  return { id: sample.id, folder: path.posix.dirname(sample.s3Key), uploader };
}
const jobFor = (sampleId: string, signal = new AbortController().signal): Job => ({
  sampleId,
  retries: 0,
  isLastAttempt: false,
  signal,
});
const runsOf = (id: string) => app.db.select().from(detectionRuns).where(eq(detectionRuns.sampleId, id));
async function read(id: string) {
  const [row] = await app.db.select().from(samples).where(eq(samples.id, id));
  return row;
}
async function repliesOf(of: string) {
  const replies: string[] = [];
  for await (const key of app.deps.objects.list(`${of}/model-reply`)) replies.push(key);
  return replies;
}

test("the laboratory's model finds the cells; its answer lies beside the image", async () => {
  const { id, folder: of } = await insertStored();
  stub.behave(starting(20), answering(REPLY));
  await processSample(deps, jobFor(id));
  const [run, ...others] = await runsOf(id);
  expect(others).toEqual([]);
  expect(run).toMatchObject({
    engine: 'model',
    version: 'laboratory/bal',
    parameters: {},
    downscale: null,
    scaleSource: null,
    cellCount: 2,
    fallbackReason: null,
  });
  const cells = decodePackedCells(run.cells);
  expect([...cells.type].map((type) => cells.types[type])).toEqual(['WBC-Lymphocyte', 'Unclassified']);
  expect([...cells.box]).toEqual([10, 20, 40, 40, 300, 200, 20, 40]);
  expect([...cells.nucleus]).toEqual([30, 40, 310, 220]);
  expect(cells.outline).toHaveLength(0);
  const sample = await read(id);
  expect(sample).toMatchObject({ inferenceStatus: 'completed', latestRunId: run.id, attempts: 1 });
  expect(await app.deps.objects.head(sample.thumbnailKey!)).toBeDefined();
  expect(await repliesOf(of)).toEqual([`${of}/model-reply-${run.id}`]);
  expect(JSON.parse((await app.deps.objects.read(`${of}/model-reply-${run.id}`)).toString())).toEqual(REPLY);
});

test('the model gets what is shown: upright, as JPEG, without what the file says of its making', async () => {
  const original = field;
  field = await sharp(original)
    .withExif({ IFD0: { Artist: 'Anna Berg' } })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
  const { id } = await insertStored();
  field = original;
  stub.behave(answering([]));
  await processSample(deps, jobFor(id));
  const [{ body }] = stub.requests;
  expect(await sharp(body).metadata()).toMatchObject({ format: 'jpeg', width: 240, height: 320 });
  expect(body.includes('Anna Berg')).toBe(false);
  expect(body).toEqual(await app.deps.objects.read((await read(id)).displayKey!));
});

test('lines of balscope detect are taken as well, and the names that the laboratory gives', async () => {
  const { id } = await insertStored({
    detection: { engine: 'model' },
    modelLabels: { LABEL_7: 'WBC-Eosinophil' },
  });
  const cell = { x: 10, y: 20, width: 40, height: 40, cell_type: 'LABEL_7', confidence: 0.5 };
  const outline = [
    [20, 30],
    [40, 30],
    [30, 50],
  ];
  const nucleus = { x: 30, y: 36, area_px: 200, outline };
  stub.behave(answering({ file: 'x.jpg', cells: [{ ...cell, nucleus }], engine: 'net', version: '3.1' }));
  await processSample(deps, jobFor(id));
  const [run] = await runsOf(id);
  const cells = decodePackedCells(run.cells);
  expect(run).toMatchObject({ engine: 'model', version: '3.1', cellCount: 1 });
  expect(cells.types[cells.type[0]]).toBe('WBC-Eosinophil');
  expect([cells.nucleusAreaPx[0], ...cells.outline]).toEqual([200, 20, 30, 40, 30, 30, 50]);
});

const QUICK_MS = 500;
test.each<[string, ModelBehaviour, number, string]>([
  ['hangs', hanging, QUICK_MS, 'within 0.5 s'],
  ['drips byte by byte', dripping, QUICK_MS, 'within 0.5 s'],
  ['answers 500', answering('oops', 500), 60_000, 'status 500'],
  ['answers garbage', answering('<html>'), 60_000, 'not JSON'],
  ['sends 100 MB', flooding(100e6), 60_000, 'the rest was cut'],
  ['answers NaN', answering('[{"label":"wbc","score":NaN}]'), 60_000, 'not JSON'],
  ['answers 1e999', answering(JSON.stringify(REPLY).replace('10', '1e999')), 60_000, '0.box.xmin'],
  ['answers null for a box', answering([{ label: 'wbc', score: 1, box: null }]), 60_000, '0.box'],
  ['answers boxes that lie outside', answering([detection('wbc', [0.1, 900, 0.9, 901])]), 60_000, 'outside'],
  ['leads elsewhere', answering('', 302, { location: 'http://169.254.169.254/' }), 60_000, 'redirect'],
  ['starts for too long', starting(600), QUICK_MS, 'is starting'],
])(
  'where the model %s our own detection serves, and the run says so',
  async (_, behaviour, timeoutMs, reason) => {
    const { id, folder: of } = await insertStored({ detection: { engine: 'model', downscale: 1 } });
    stub.behave(behaviour);
    await processSample({ ...deps, model: openHasty(timeoutMs) }, jobFor(id));
    const [run, ...others] = await runsOf(id);
    expect(others).toEqual([]);
    expect(run).toMatchObject({ engine: 'tree', fallbackReason: expect.stringContaining(reason) });
    expect(run.parameters).toMatchObject({ downscale: 1 });
    expect(await read(id)).toMatchObject({ inferenceStatus: 'completed', error: null });
    expect(await repliesOf(of)).toEqual([]);
  },
);

test('a model out of order is left alone: the fields after the third wait for nothing', async () => {
  stub.behave(answering('garbage'));
  const reasons: (string | null)[] = [];
  for (let i = 0; i < 4; i++) {
    const { id } = await insertStored();
    await processSample(deps, jobFor(id));
    reasons.push((await runsOf(id))[0].fallbackReason);
  }
  expect(reasons[3]).toContain('left alone');
  expect(stub.requests).toHaveLength(3);
});

test('where the operator has set no model our own detection serves, and the sample says so to its readers', async () => {
  const { id, uploader } = await insertStored();
  await processSample({ ...deps, model: undefined }, jobFor(id));
  const { latestRun, history } = await app.as(uploader)('getSample', { params: { jobId: id } });
  expect(latestRun).toMatchObject({
    engine: 'tree',
    fallbackReason: expect.stringContaining('MODEL_API_URL is not set'),
  });
  expect(history.at(-1)).toMatchObject({
    event: 'sample.processed',
    detail: expect.stringMatching(/cells found \(tree .*MODEL_API_URL is not set/),
  });
});

test('an image too large to be decoded whole is not sent, and the sample says so', async () => {
  const original = field;
  field = await tiffImage({ width: 320, height: 240 });
  const { id } = await insertStored();
  field = original;
  stub.behave(answering(REPLY));
  const limits = { ...deps.limits, decodedPixels: 50_000 };
  await processSample({ ...deps, limits }, jobFor(id));
  const [run] = await runsOf(id);
  expect(run).toMatchObject({
    engine: 'tree',
    fallbackReason: 'An image of 320 × 240 pixels is too large for a remote model.',
  });
  expect(stub.requests).toHaveLength(0);
});

test('a sample may ask for the model, or for other parameters, whatever its laboratory does', async () => {
  const asking = async (
    detectionParameters: Record<string, string | number>,
    settings: Partial<LaboratorySettings>,
  ) => {
    const { id } = await insertStored(settings);
    await app.db.update(samples).set({ detectionParameters }).where(eq(samples.id, id));
    await processSample(deps, jobFor(id));
    return (await runsOf(id))[0];
  };
  stub.behave(answering(REPLY));
  const tree = { detection: { min_area: 0.4 } };
  const model = { detection: { engine: 'model', min_area: 0.4 } };
  expect(await asking({ engine: 'model' }, tree)).toMatchObject({ engine: 'model', cellCount: 2 });
  expect(await asking({ engine: 'tree' }, model)).toMatchObject({ engine: 'tree', fallbackReason: null });
  const adjusted = await asking({ max_area: 3 }, model);
  expect(adjusted).toMatchObject({ engine: 'tree', parameters: { min_area: 0.4, max_area: 3 } });
});

test('a job that is handed out twice at once stores one run and keeps one answer', async () => {
  for (let round = 0; round < 20; round++) {
    const { id, folder: of } = await insertStored();
    stub.behave(answering(REPLY));
    await Promise.all([processSample(deps, jobFor(id)), processSample(deps, jobFor(id))]);
    const [run, ...others] = await runsOf(id);
    expect(others).toEqual([]);
    expect(await repliesOf(of)).toEqual([`${of}/model-reply-${run.id}`]);
  }
});

test('a worker that has to stop does not wait for the model: the sample waits again', async () => {
  const { id } = await insertStored();
  stub.behave(hanging);
  const stop = new AbortController();
  const stopped = processSample(deps, jobFor(id, stop.signal));
  await vi.waitFor(() => expect(stub.requests).toHaveLength(1), { timeout: 10_000 });
  stop.abort();
  await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
  expect(await read(id)).toMatchObject({ inferenceStatus: 'pending', error: null });
  expect(await runsOf(id)).toEqual([]);
});

test('a damaged image fails for its own reason', async () => {
  const original = field;
  field = field.subarray(0, 300);
  const { id } = await insertStored();
  field = original;
  stub.behave(answering(REPLY));
  await expect(processSample(deps, jobFor(id))).rejects.toThrow('Export');
  expect(stub.requests).toEqual([]);
  expect(await read(id)).toMatchObject({ inferenceStatus: 'failed' });
});

test('after all this the log holds no key', async () => {
  const { id } = await insertStored();
  stub.behave((response, { headers }) => response.end(`you sent ${headers.authorization}`));
  await processSample(deps, jobFor(id));
  const log = readFileSync(logFile, 'utf8');
  expect(log).toContain('the model was not used');
  expect(log).not.toContain(KEY);
  expect(log).not.toContain('Bearer');
});
