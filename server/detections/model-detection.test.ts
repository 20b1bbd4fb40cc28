import { Readable } from 'node:stream';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { DEFAULT_LABORATORY_SETTINGS } from '../../core/laboratory-settings.ts';
import { samples } from '../db/tables/patients.ts';
import { openModel } from '../model/model.ts';
import { openModelEndpoint } from '../platform/model-endpoint.ts';
import {
  insertDetectionRun,
  insertHospital,
  insertLaboratory,
  insertPatientWithSample,
  insertUser,
} from '../testing/factories.ts';
import { fieldImage } from '../testing/image-files.ts';
import { answering, detection, type ModelStub, startModelStub } from '../testing/model-stub.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { postForm, storedKeys } from '../testing/upload-form.ts';

let stub: ModelStub;
let app: TestApp;
let without: TestApp;
let field: Buffer;

beforeAll(async () => {
  stub = await startModelStub();
  const endpoint = openModelEndpoint({ url: stub.url, key: undefined });
  app = await createTestApp({ model: openModel({ endpoint, timeoutMs: 60_000 }) });
  without = await createTestApp();
  field = await fieldImage('png', { width: 320, height: 240 });
});
beforeEach(() => stub.behave(answering([detection('lymphocyte', [10, 20, 50, 60], 0.8)])));
afterAll(async () => {
  await app.close();
  await without.close();
  await stub.close();
});

/** A sample of a laboratory that starts from the model. */
async function insertAt({ db, deps }: TestApp) {
  const detection = { engine: 'model', downscale: 1 };
  const laboratory = await insertLaboratory(db, { ...DEFAULT_LABORATORY_SETTINGS, detection });
  const { id: hospitalId, laboratoryId } = await insertHospital(db, { laboratoryId: laboratory.id });
  const uploader = await insertUser(db, 'UPLOADER', { hospitalId });
  const annotator = await insertUser(db, 'ANNOTATOR', { hospitalId, laboratoryId });
  const { sample, lavage } = await insertPatientWithSample(db, uploader);
  await deps.objects.put(sample.s3Key, Readable.from([field]), { maxBytes: 1e6 });
  return { uploader, annotator, sample, lavage };
}
const formOf = (engine: string, parameters = '{}') =>
  [
    ['engine', engine],
    ['parameters', parameters],
    ['file', { name: 'field.png', bytes: field }],
  ] as Parameters<typeof postForm>[2];
const DETECT = { path: '/api/v1/cells/detect' };

test('the engines that there are name the model only where there is one', async () => {
  const engines = async (at: TestApp) => {
    const user = await insertUser(at.db, 'UPLOADER');
    return (await at.as(user)('detectionParameters', {})).engines;
  };
  expect(await engines(app)).toEqual(['tree', 'opencv', 'model']);
  expect(await engines(without)).toEqual(['tree', 'opencv']);
});

test('the model finds the cells of a sample and of an image sent along; nothing is kept', async () => {
  const { annotator, sample } = await insertAt(app);
  const before = await storedKeys(app);
  const expected = {
    engine: 'model',
    version: 'laboratory/bal',
    parameters: {},
    width: 320,
    height: 240,
    counts: [{ cellType: 'WBC-Lymphocyte', count: 1 }],
    fallbackReason: null,
  };
  const bySample = await app.as(annotator)('detectCells', { body: { sampleId: sample.id, engine: 'model' } });
  expect(bySample).toMatchObject(expected);
  expect(bySample.cells).toEqual([
    {
      x: 10,
      y: 20,
      width: 40,
      height: 40,
      cellType: 'WBC-Lymphocyte',
      confidence: 0.8,
      uncertain: false,
      nucleus: { x: 30, y: 40, areaPx: 0, outline: [] },
    },
  ]);
  const usual = await app.as(annotator)('detectCells', { body: { sampleId: sample.id } });
  expect(usual).toMatchObject(expected);
  const sent = await postForm(app, annotator, formOf('model'), DETECT);
  expect(sent.body).toMatchObject({ engine: 'model', cells: [{ cell_type: 'WBC-Lymphocyte' }] });
  expect(await storedKeys(app)).toEqual(before);
});

test('when the model does not answer the tree does, with the parameters of the laboratory, and says why', async () => {
  const { annotator, sample } = await insertAt(app);
  stub.behave(answering('garbage'));
  const found = await app.as(annotator)('detectCells', { body: { sampleId: sample.id, engine: 'model' } });
  expect(found).toMatchObject({
    engine: 'tree',
    parameters: { downscale: 1 },
    fallbackReason: 'The answer of the model is not JSON.',
  });
});

test('sliders move the tree: a model has none', async () => {
  const { annotator, sample } = await insertAt(app);
  const call = app.as(annotator);
  await expect(
    call('dynamicDetect', { query: { sampleId: sample.id, engine: 'model' } }),
  ).rejects.toMatchObject({
    code: 'validation_failed',
    message: expect.stringContaining('POST /cells/detect'),
  });
  const still = await call('dynamicDetect', { query: { sampleId: sample.id } });
  const moved = await call('dynamicDetect', { query: { sampleId: sample.id, min_area: '0.5' } as never });
  expect([still.engine, moved.engine, moved.parameters.min_area]).toEqual(['tree', 'tree', 0.5]);
  expect([still.fallbackReason, stub.requests]).toEqual([null, []]);
});

test('parameters for a model are refused by name', async () => {
  const { annotator, sample } = await insertAt(app);
  const call = app.as(annotator);
  const body = { engine: 'model', parameters: { min_area: 0.5 } } as const;
  const refusal = { code: 'validation_failed', message: expect.stringContaining('min_area: engine model') };
  await expect(call('detectCells', { body: { ...body, sampleId: sample.id } })).rejects.toMatchObject(
    refusal,
  );
  await insertDetectionRun(app.db, sample);
  const params = { jobId: sample.id };
  await expect(call('reprocessSample', { params, body })).rejects.toMatchObject(refusal);
  const sent = await postForm(app, annotator, formOf('model', '{"min_area": 0.5}'), DETECT);
  expect(sent.body).toMatchObject({ code: 'validation_failed' });
});

test('without a model a request for one is refused, and the usual request answered by the tree', async () => {
  const { annotator, sample, lavage } = await insertAt(without);
  const call = without.as(annotator);
  const refusal = {
    code: 'validation_failed',
    message: expect.stringMatching(/MODEL_API_URL.*tree or opencv/),
  };
  const body = { engine: 'model' } as const;
  await expect(call('detectCells', { body: { ...body, sampleId: sample.id } })).rejects.toMatchObject(
    refusal,
  );
  const sent = await postForm(without, annotator, formOf('model'), DETECT);
  expect(sent.body).toMatchObject({ code: 'validation_failed' });
  expect(await call('detectCells', { body: { sampleId: sample.id } })).toMatchObject({
    engine: 'tree',
    fallbackReason: expect.stringContaining('MODEL_API_URL'),
  });
  await insertDetectionRun(without.db, sample);
  await expect(call('reprocessSample', { params: { jobId: sample.id }, body })).rejects.toMatchObject(
    refusal,
  );
  await expect(call('reprocessLavage', { params: { id: lavage.id }, body })).rejects.toMatchObject(refusal);
});

test('who reads may have a sample or a lavage processed by the model, who uploads may not choose', async () => {
  const { annotator, uploader, sample, lavage } = await insertAt(app);
  const body = { engine: 'model' } as const;
  const stored = async () => {
    const [row] = await app.db.select().from(samples).where(eq(samples.id, sample.id));
    return row.detectionParameters;
  };
  await insertDetectionRun(app.db, sample);
  await expect(
    app.as(uploader)('reprocessSample', { params: { jobId: sample.id }, body }),
  ).rejects.toMatchObject({ code: 'forbidden' });
  await app.as(annotator)('reprocessSample', { params: { jobId: sample.id }, body });
  expect(await stored()).toEqual({ engine: 'model' });
  await app.db.update(samples).set({ inferenceStatus: 'completed' }).where(eq(samples.id, sample.id));
  await app.as(annotator)('reprocessLavage', {
    params: { id: lavage.id },
    body: { engine: 'opencv', parameters: { circularity: 0.4 } },
  });
  expect(await stored()).toEqual({ engine: 'opencv', circularity: 0.4 });
});
