import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodePackedCells } from '../../core/detection/packed-cells.ts';
import {
  insertDetectionRun,
  insertPatientWithSample,
  insertStaff,
  insertUser,
} from '../testing/factories.ts';
import { emptyPng, fieldImage } from '../testing/image-files.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { postForm, storedKeys } from '../testing/upload-form.ts';

let app: TestApp;
let staff: Awaited<ReturnType<typeof insertStaff>>;
let sampleId: string;
let field: Buffer;

beforeAll(async () => {
  app = await createTestApp();
  staff = await insertStaff(app.db);
  const { sample } = await insertPatientWithSample(app.db, staff.uploader);
  sampleId = sample.id;
  field = await fieldImage('png', { width: 640, height: 480 });
  await app.deps.objects.put(sample.s3Key, Readable.from([field]), { maxBytes: 1e6 });
});
afterAll(() => app.close());

test('names every parameter with its range', async () => {
  const { parameters, engines } = await app.as(staff.uploader)('detectionParameters', {});
  expect(engines).toEqual(['tree', 'opencv']);
  expect(parameters.find(({ name }) => name === 'circularity')).toMatchObject({ engines: ['opencv'] });
  expect(parameters.find(({ name }) => name === 'min_score')).toMatchObject({ min: 0.7, max: 1.3 });
});

test('a moved slider is answered from the image that was decoded before', async () => {
  const call = app.as(staff.annotator);
  const first = await call('dynamicDetect', { query: { sampleId, downscale: '1' } as never });
  const again = await call('dynamicDetect', {
    query: { sampleId, downscale: '1', min_area: '0.9' } as never,
  });
  expect([first.timingMs.cached, again.timingMs.cached]).toEqual([false, true]);
  expect(again.parameters.min_area).toBe(0.9);
  expect([first.width, first.height]).toEqual([640, 480]);
});

test('either engine starts from the same cached score, and from the image sent along', async () => {
  const call = app.as(staff.annotator);
  const tree = await call('dynamicDetect', { query: { sampleId, downscale: '1.1' } as never });
  const opencv = await call('dynamicDetect', {
    query: { sampleId, downscale: '1.1', engine: 'opencv', circularity: '0.2' } as never,
  });
  expect([tree.engine, opencv.engine, opencv.timingMs.cached]).toEqual(['tree', 'opencv', true]);
  expect(opencv.parameters).toMatchObject({ circularity: 0.2, downscale: 1.1 });
  expect(opencv.cells.length).toBeGreaterThan(tree.cells.length / 2);
  const asked = { sampleId, engine: 'opencv', parameters: { downscale: 1.1, circularity: 0.2 } } as const;
  const posted = await app.as(staff.uploader)('detectCells', { body: asked });
  expect(posted.cells).toEqual(opencv.cells);
  const sent = await postForm(
    app,
    staff.uploader,
    [
      ['engine', 'opencv'],
      ['parameters', '{"downscale": 1.1, "circularity": 0.2}'],
      ['file', { name: 'field.png', bytes: field }],
    ],
    { path: '/api/v1/cells/detect' },
  );
  expect(sent.body.cells).toHaveLength(opencv.cells.length);
});

test('the same detection comes from the sample and from its bytes sent along, which are not kept', async () => {
  const before = await storedKeys(app);
  const bySample = await app.as(staff.uploader)('detectCells', {
    body: { sampleId, parameters: { downscale: 1 } },
  });
  const sent = await postForm(
    app,
    staff.uploader,
    [
      ['parameters', '{"downscale": 1}'],
      ['file', { name: 'field.png', bytes: field }],
    ],
    { path: '/api/v1/cells/detect' },
  );
  expect(sent.status).toBe(200);
  expect(bySample.cells.length).toBeGreaterThan(0);
  expect(sent.body.cells).toHaveLength(bySample.cells.length);
  expect(sent.body.cells[0].x).toBe(bySample.cells[0].x);
  expect(bySample.counts.reduce((sum, { count }) => sum + count, 0)).toBe(bySample.cells.length);
  expect(await storedKeys(app)).toEqual(before);
});

test('wrong parameters and images say what to do', async () => {
  const call = app.as(staff.uploader);
  const query = { sampleId, min_score: '99' } as never;
  await expect(call('dynamicDetect', { query })).rejects.toMatchObject({
    code: 'validation_failed',
    message: expect.stringContaining('min_score'),
  });
  await expect(
    call('dynamicDetect', { query: { sampleId, engine: 'opencv', min_score: '1' } as never }),
  ).rejects.toMatchObject({ code: 'validation_failed', message: expect.stringContaining('engine opencv') });
  const bomb = { name: 'bomb.png', bytes: emptyPng(20_000, 20_000) };
  const options = { path: '/api/v1/cells/detect' };
  const answers = [
    await postForm(app, staff.uploader, [['file', bomb]], options),
    await postForm(app, staff.uploader, [['file', { name: 'a.png', bytes: Buffer.from('text') }]], options),
    await postForm(app, staff.uploader, [['parameters', '{}']], options),
    await postForm(
      app,
      staff.uploader,
      [
        ['parameters', '{'],
        ['file', { name: 'a.png', bytes: field }],
      ],
      options,
    ),
  ];
  expect(answers.map(({ body }) => body.code)).toEqual([
    'image_too_large',
    'unsupported_image',
    'validation_failed',
    'validation_failed',
  ]);
});

test("another hospital's sample is not there", async () => {
  const call = app.as(await insertUser(app.db, 'UPLOADER'));
  await expect(call('dynamicDetect', { query: { sampleId } })).rejects.toMatchObject({ code: 'not_found' });
  await expect(call('detectCells', { body: { sampleId } })).rejects.toMatchObject({ code: 'not_found' });
  await expect(call('sampleCells', { params: { jobId: sampleId } })).rejects.toMatchObject({
    code: 'not_found',
  });
});

test('the cells of the latest run come packed, and once', async () => {
  const { sample } = await insertPatientWithSample(app.db, staff.uploader);
  const call = app.as(staff.annotator);
  await expect(call('sampleCells', { params: { jobId: sample.id } })).rejects.toMatchObject({
    code: 'not_found',
  });
  const run = await insertDetectionRun(app.db, sample);
  const response = await call('sampleCells', { params: { jobId: sample.id } });
  expect(response.headers.get('content-type')).toBe('application/octet-stream');
  expect(response.headers.get('x-run-id')).toBe(run.id);
  const cells = decodePackedCells(new Uint8Array(await response.arrayBuffer()));
  expect([cells.count, ...cells.nucleus]).toEqual([2, 100, 100, 300, 200]);
  const known = await app.inject({
    url: `/api/v1/samples/${sample.id}/cells`,
    headers: {
      authorization: `Bearer ${await app.tokenOf(staff.annotator)}`,
      'if-none-match': response.headers.get('etag') ?? '',
    },
  });
  expect([known.statusCode, known.payload]).toEqual([304, '']);
});
