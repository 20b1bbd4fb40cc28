import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertPatientWithSample, insertStaff, insertUser } from '../testing/factories.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

let t: TestApp;
let staff: Awaited<ReturnType<typeof insertStaff>>;
beforeAll(async () => {
  t = await createTestApp();
  staff = await insertStaff(t.db);
});
afterAll(() => t?.close());

type User = Parameters<TestApp['as']>[0];

/** Reads the one field of a lavage: a cell of 20 px at each place. */
async function read(user: User, jobId: string, cells: [x: number, cellType: string][]): Promise<string> {
  const call = t.as(user);
  const annotations = cells.map(([x, cellType]) => ({
    cellCoordinates: { x, y: 100, width: 20, height: 20 },
    cellType,
  }));
  const { annotations: saved } = await call('annotate', { body: { sampleId: jobId, annotations } });
  const params = { id: saved[0].readingId };
  const fields = [{ sampleId: jobId, state: 'complete' as const }];
  await call('updateReading', { params, ifMatch: 1, body: { fields, status: 'closed' } });
  return params.id;
}

test('two readings are compared cell by cell: pairs, kappa, and where they differ', async () => {
  const { lavage, sample } = await insertPatientWithSample(t.db, staff.uploader);
  const second = await insertUser(t.db, 'ANNOTATOR', { laboratoryId: staff.laboratoryId });
  const ids = [
    await read(staff.annotator, sample.id, [
      [100, 'WBC-Macrophage'],
      [200, 'WBC-Macrophage'],
      [300, 'WBC-Lymphocyte'],
      [400, 'WBC-Lymphocyte'],
      [500, 'WBC-Neutrophil'],
    ]),
    await read(second, sample.id, [
      [102, 'WBC-Macrophage'],
      [200, 'WBC-Lymphocyte'],
      [300, 'WBC-Lymphocyte'],
      [401, 'WBC-Lymphocyte'],
      [600, 'WBC-Mast'],
    ]),
  ];
  const agreement = await t.as(staff.admin)('getAgreement', { params: { id: lavage.id } });
  expect(agreement.readings).toMatchObject([
    { id: ids[0], reader: { id: staff.annotator.id }, status: 'closed' },
    { id: ids[1], reader: { id: second.id } },
  ]);
  expect(agreement.readings[1].counts).toContainEqual({ cellType: 'WBC-Lymphocyte', count: 3 });
  // Of four cells three alike; by chance (2 * 1 + 2 * 3) / 16 = 1/2.
  expect(agreement.pairs).toMatchObject([
    {
      firstReadingId: ids[0],
      secondReadingId: ids[1],
      fields: 1,
      matched: 4,
      alike: 3,
      onlyFirst: 1,
      onlySecond: 1,
      kappa: 0.5,
    },
  ]);
  expect(agreement.pairs[0].confusion).toHaveLength(3);
  expect(agreement.pairs[0].confusion).toEqual(
    expect.arrayContaining([
      { first: 'WBC-Macrophage', second: 'WBC-Macrophage', count: 1 },
      { first: 'WBC-Macrophage', second: 'WBC-Lymphocyte', count: 1 },
      { first: 'WBC-Lymphocyte', second: 'WBC-Lymphocyte', count: 2 },
    ]),
  );
  expect(agreement.pairs[0].kappaInterval).toMatchObject({ upper: 1 });
  expect(agreement.pairs[0].discordant).toEqual(
    expect.arrayContaining([
      {
        sampleId: sample.id,
        box: { x: 200, y: 100, width: 20, height: 20 },
        first: 'WBC-Macrophage',
        second: 'WBC-Lymphocyte',
      },
      expect.objectContaining({ first: 'WBC-Neutrophil', second: null }),
      expect.objectContaining({ first: null, second: 'WBC-Mast' }),
    ]),
  );
});

test('who reads blinded learns nothing of the others, and a stranger nothing at all', async () => {
  const { lavage, sample } = await insertPatientWithSample(t.db, staff.uploader);
  await read(staff.annotator, sample.id, [[100, 'WBC-Macrophage']]);
  const blinded = await insertUser(t.db, 'ANNOTATOR', { laboratoryId: staff.laboratoryId });
  const params = { id: lavage.id };
  await t.as(blinded)('createReading', { params, body: { blinded: true } });
  const { readings, pairs } = await t.as(blinded)('getAgreement', { params });
  expect(readings.map(({ reader }) => reader.id)).toEqual([blinded.id]);
  expect(pairs).toEqual([]);
  const stranger = await insertUser(t.db, 'ANNOTATOR');
  await expect(t.as(stranger)('getAgreement', { params })).rejects.toMatchObject({ status: 404 });
  await expect(t.as(staff.uploader)('getAgreement', { params })).rejects.toMatchObject({ status: 403 });
});
