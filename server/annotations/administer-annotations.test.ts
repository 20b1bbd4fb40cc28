import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { userActivityLog } from '../db/tables/operational.ts';
import { readings, sampleAnnotations } from '../db/tables/readings.ts';
import { insertPatientWithSample, insertStaff } from '../testing/factories.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

let t: TestApp;
beforeAll(async () => {
  t = await createTestApp();
});
afterAll(() => t?.close());

const BOX = { x: 100, y: 120, width: 40, height: 30 };
const TYPES = ['WBC-Mast', 'WBC-Lymphocyte', 'WBC-Macrophage'];

/** Three cells of one reader, in a hospital and laboratory of their own. */
async function scene() {
  const staff = await insertStaff(t.db);
  const made = await insertPatientWithSample(t.db, staff.uploader);
  const { annotations } = await t.as(staff.annotator)('annotate', {
    body: {
      sampleId: made.sample.id,
      annotations: TYPES.map((cellType) => ({
        cellCoordinates: BOX,
        cellType,
        comments: `100% ${cellType}`,
      })),
    },
  });
  const call = t.as(staff.admin);
  const list = (query: object) => call('listAllAnnotations', { query });
  const typesOf = async (query: object) => (await list(query)).items.map(({ cellType }) => cellType);
  const ids = annotations.map(({ id }) => id);
  return { ...staff, ...made, call, list, typesOf, ids };
}
const actsOn = (id: string, userId: string) =>
  t.db
    .select()
    .from(userActivityLog)
    .where(and(eq(userActivityLog.entityId, id), eq(userActivityLog.userId, userId)));
const rowOf = async (id: string) =>
  (await t.db.select().from(sampleAnnotations).where(eq(sampleAnnotations.id, id)))[0];

test('cells of all readers by filter, each once over pages, with whose they are', async () => {
  const elsewhere = await scene();
  const { hospital, patient, sample, annotator, list, typesOf } = await scene();
  for (const query of [
    { hospitalId: hospital.id },
    { patientId: patient.id },
    { sampleId: sample.id },
    { userId: annotator.id },
  ]) {
    expect(await typesOf({ ...query, sort: 'created_at' })).toEqual(TYPES);
    expect(await typesOf({ ...query, sort: '-created_at' })).toEqual(TYPES.toReversed());
  }
  const ofReader = { userId: annotator.id };
  expect(await typesOf({ ...ofReader, cellType: 'WBC-Mast' })).toEqual(['WBC-Mast']);
  expect(await typesOf({ ...ofReader, q: '% wbc-ly' })).toEqual(['WBC-Lymphocyte']);
  expect(await typesOf({ ...ofReader, source: 'rejection' })).toEqual([]);
  expect(await typesOf({ ...ofReader, to: '2026-01-01T00:00:00.000Z' })).toEqual([]);
  expect(await typesOf({ ...ofReader, hospitalId: elsewhere.hospital.id })).toEqual([]);
  const first = await list({ ...ofReader, perPage: 2 });
  expect(first).toMatchObject({ total: 3, totalIsLowerBound: false });
  expect(first.items[0]).toMatchObject({
    reader: { id: annotator.id, name: annotator.name },
    readingStatus: 'open',
    patient: { id: patient.id, name: patient.name },
    hospital: { id: hospital.id },
    originalFilename: sample.originalFilename,
  });
  expect(await typesOf({ ...ofReader, perPage: 2, next: first.next })).toEqual([TYPES[0]]);
  const [{ metadata }] = (
    await t.db.select().from(userActivityLog).where(eq(userActivityLog.activityType, 'annotation.list'))
  ).slice(-1);
  expect(metadata).toEqual({ samples: [sample.id] });
});

test('whoever reads a lavage blinded sees nothing of the others, as an administrator neither', async () => {
  const { admin, annotator, lavage, laboratoryId, call, ids, typesOf } = await scene();
  await t.db.insert(readings).values({
    lavageId: lavage.id,
    userId: admin.id,
    purpose: 'second',
    blinded: true,
    laboratoryId,
    settingsVersion: 1,
  });
  expect(await typesOf({ userId: annotator.id })).toEqual([]);
  const target = { params: { id: ids[0] }, ifMatch: 1 };
  await expect(call('deleteAnyAnnotation', target)).rejects.toMatchObject({ status: 404 });
});

test("changes a cell in another's reading by its version, and notes who did", async () => {
  const { admin, call, ids, annotator } = await scene();
  const params = { id: ids[0] };
  const change = (ifMatch: number, body: object) => call('updateAnyAnnotation', { params, ifMatch, body });
  expect(await change(1, { cellType: 'WBC-Neutrophil' })).toMatchObject({
    cellType: 'WBC-Neutrophil',
    cellCoordinates: BOX,
    version: 2,
  });
  await expect(change(1, { comments: 'x' })).rejects.toMatchObject({
    status: 412,
    current: { cell_type: 'WBC-Neutrophil', version: 2 },
  });
  await expect(change(2, { cellType: 'Unicorn' })).rejects.toMatchObject({ status: 422 });
  await expect(call('deleteAnyAnnotation', { params, ifMatch: 1 })).rejects.toMatchObject({ status: 412 });
  await call('deleteAnyAnnotation', { params, ifMatch: 2 });
  await expect(change(3, { comments: 'x' })).rejects.toMatchObject({ status: 404 });
  expect(await rowOf(ids[0])).toMatchObject({ userId: annotator.id, deletedAt: expect.any(String) });
  const acts = (await actsOn(ids[0], admin.id)).map(({ activityType }) => activityType);
  expect(acts).toEqual(['annotation.update', 'annotation.delete']);
  // By the ordinary address it is not theirs.
  const ordinary = { params: { id: ids[1] }, ifMatch: 1, body: {} };
  await expect(call('updateAnnotation', ordinary)).rejects.toMatchObject({ status: 404 });
});

test('many at once: each is done and noted, or refused with the reason', async () => {
  const { admin, call, ids, annotator } = await scene();
  const closed = await scene();
  await t.db.update(readings).set({ status: 'closed' }).where(eq(readings.userId, closed.annotator.id));
  const nowhere = crypto.randomUUID();
  const annotationIds = [ids[0], closed.ids[0], nowhere, ids[1], ids[0]];
  const refused = [
    {
      id: closed.ids[0],
      code: 'conflict',
      detail: 'The reading is closed. Have its reader reopen it first.',
    },
    { id: nowhere, code: 'not_found', detail: 'There is no such annotation.' },
  ];
  const cellType = 'WBC-Eosinophil';
  expect(await call('relabelAnnotations', { body: { annotationIds, cellType } })).toEqual({
    done: ids.slice(0, 2),
    refused,
  });
  expect((await rowOf(ids[1])).cellType).toBe(cellType);
  expect((await rowOf(closed.ids[0])).cellType).toBe(TYPES[0]);
  const unknown = await call('relabelAnnotations', {
    body: { annotationIds: [ids[0]], cellType: 'Unicorn' },
  });
  expect(unknown).toMatchObject({ done: [], refused: [{ id: ids[0], code: 'validation_failed' }] });
  expect(await call('deleteAnnotations', { body: { annotationIds } })).toEqual({
    done: ids.slice(0, 2),
    refused,
  });
  expect((await actsOn(ids[0], admin.id)).map(({ activityType }) => activityType)).toEqual([
    'annotation.update',
    'annotation.delete',
  ]);
  expect(await actsOn(closed.ids[0], admin.id)).toEqual([]);
  const left = await call('listAllAnnotations', { query: { userId: annotator.id } });
  expect(left.items.map(({ id }) => id)).toEqual([ids[2]]);
  const tooMany = { annotationIds: Array.from({ length: 201 }, () => crypto.randomUUID()) };
  await expect(call('deleteAnnotations', { body: tooMany })).rejects.toMatchObject({ status: 422 });
});
