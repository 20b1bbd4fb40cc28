import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_LABORATORY_SETTINGS } from '../../core/laboratory-settings.ts';
import { userActivityLog } from '../db/tables/operational.ts';
import { laboratorySettings } from '../db/tables/people.ts';
import {
  insertDetectionRun,
  insertLavage,
  insertPatientWithSample,
  insertSample,
  insertSlide,
  insertStaff,
  insertUser,
  testCell,
} from '../testing/factories.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

let test: TestApp;
beforeAll(async () => {
  test = await createTestApp();
});
afterAll(() => test.close());

const BOX = { x: 100, y: 120, width: 40, height: 30 };

/** A lavage of two fields that count, with three cells found in the first, and a field of an iron stain. */
async function scene() {
  const staff = await insertStaff(test.db);
  const { patient, lavage, slide, sample: first } = await insertPatientWithSample(test.db, staff.uploader);
  const second = await insertSample(test.db, lavage, staff.uploader, { slideId: slide.id });
  const ironSlide = await insertSlide(test.db, lavage, { countsInDifferential: false });
  const iron = await insertSample(test.db, lavage, staff.uploader, { slideId: ironSlide.id });
  const run = await insertDetectionRun(test.db, first, [
    testCell(100, 100, 'WBC-Macrophage'),
    testCell(300, 200, 'WBC-Macrophage'),
    testCell(500, 300, 'WBC-Lymphocyte'),
  ]);
  const call = test.as(staff.annotator);
  const params = { id: lavage.id };
  const counts = async (as = call) =>
    Object.fromEntries(
      (await as('getDifferential', { params, query: {} })).rows
        .filter(({ count }) => count > 0)
        .map(({ cellType, count }) => [cellType, count]),
    );
  return { ...staff, patient, lavage, first, second, iron, run, call, params, counts };
}

const accept = (detectionIndex: number, cellType: string) => ({
  cellCoordinates: BOX,
  cellType,
  source: 'detection' as const,
  detectionIndex,
});

/** Changes a reading as it is now. */
async function change(call: ReturnType<TestApp['as']>, lavageId: string, readingId: string, body: object) {
  const { items } = await call('listReadings', { params: { id: lavageId } });
  const { version } = items.find(({ id }) => id === readingId)!;
  return call('updateReading', { params: { id: readingId }, ifMatch: version, body });
}

async function expectRefusal(request: Promise<unknown>, code: string, more: object = {}) {
  await expect(request).rejects.toMatchObject({ code, ...more });
}

describe('the differential', () => {
  it('counts nothing that nobody looked at', async () => {
    const { call, params, counts, uploader, admin } = await scene();
    expect(await counts()).toEqual({});
    for (const caller of [call, test.as(uploader), test.as(admin)]) {
      expect(await caller('getDifferential', { params, query: {} })).toMatchObject({
        readingId: null,
        settingsVersion: 1,
        immuneCount: 0,
        fields: { total: 2, complete: 0, excluded: 0, unread: 2 },
      });
    }
  });

  it('follows accepting, completing, rejecting, excluding and going back to unread', async () => {
    const { call, first, second, counts, params } = await scene();
    const save = (sampleId: string, ...annotations: ReturnType<typeof accept>[]) =>
      call('annotate', { body: { sampleId, annotations } });
    const { differential } = await save(first.id, accept(2, 'WBC-Mast'));
    expect(await counts()).toEqual({ 'WBC-Mast': 1 });

    const id = differential.readingId!;
    const mark = (
      ...fields: { sampleId: string; state: 'unread' | 'complete' | 'excluded'; excludedBecause?: string }[]
    ) => change(call, params.id, id, { fields });
    const marked = await mark({ sampleId: first.id, state: 'complete' });
    expect(marked.differential).toMatchObject({ immuneCount: 3, fields: { complete: 1, unread: 1 } });
    expect(await counts()).toEqual({ 'WBC-Mast': 1, 'WBC-Macrophage': 2 });
    expect(await call('getDifferential', { params, query: {} })).toEqual(marked.differential);

    await call('annotate', {
      body: { sampleId: first.id, annotations: [{ ...accept(0, 'Debris'), source: 'rejection' }] },
    });
    expect(await counts()).toEqual({ 'WBC-Mast': 1, 'WBC-Macrophage': 1 });

    await mark({ sampleId: first.id, state: 'excluded', excludedBecause: 'out of focus' });
    expect(await counts()).toEqual({});
    await mark({ sampleId: first.id, state: 'unread' });
    expect(await counts()).toEqual({ 'WBC-Mast': 1 });

    await call('annotate', {
      body: { sampleId: second.id, annotations: [{ cellCoordinates: BOX, cellType: 'WBC-Lymphocyte' }] },
    });
    expect(await counts()).toEqual({ 'WBC-Mast': 1, 'WBC-Lymphocyte': 1 });
  });

  it('leaves iron stains out', async () => {
    const { call, iron, counts } = await scene();
    await call('annotate', {
      body: { sampleId: iron.id, annotations: [{ cellCoordinates: BOX, cellType: 'WBC-Macrophage' }] },
    });
    expect(await counts()).toEqual({});
  });

  it('keeps counting the run that the reader saw when the sample is processed again', async () => {
    const { call, first, run, counts, lavage } = await scene();
    const { differential } = await call('annotate', {
      body: { sampleId: first.id, annotations: [accept(0, 'WBC-Neutrophil')] },
    });
    await insertDetectionRun(test.db, first, [testCell(50, 60, 'RBC')]);
    const mark = (runId?: string) =>
      change(call, lavage.id, differential.readingId!, {
        fields: [{ sampleId: first.id, state: 'complete', runId }],
      });
    await mark(run.id);
    expect(await counts()).toEqual({ 'WBC-Neutrophil': 1, 'WBC-Macrophage': 1, 'WBC-Lymphocyte': 1 });
    await mark();
    expect(await counts()).toEqual({ 'WBC-Neutrophil': 1, RBC: 1 });
    await expectRefusal(mark(crypto.randomUUID()), 'validation_failed');
  });

  it('shows uploaders and administrators the primary reading', async () => {
    const { call, first, uploader, admin, counts, laboratoryId } = await scene();
    await call('annotate', { body: { sampleId: first.id, annotations: [accept(2, 'WBC-Mast')] } });
    for (const user of [uploader, admin]) expect(await counts(test.as(user))).toEqual({ 'WBC-Mast': 1 });
    const colleague = await insertUser(test.db, 'ANNOTATOR', { laboratoryId });
    expect(await counts(test.as(colleague))).toEqual({});
  });

  it('stays under the settings that the reading was begun with', async () => {
    const { call, params, first, laboratoryId, lavage } = await scene();
    await call('annotate', { body: { sampleId: first.id, annotations: [accept(2, 'WBC-Mast')] } });
    await test.db.insert(laboratorySettings).values({
      laboratoryId,
      version: 2,
      settings: { ...DEFAULT_LABORATORY_SETTINGS, countTarget: 600 },
    });
    expect(await call('getDifferential', { params, query: {} })).toMatchObject({
      settingsVersion: 1,
      countTarget: 400,
    });
    expect(await call('laboratorySettings', { query: { lavageId: lavage.id } })).toMatchObject({
      version: 1,
    });
    expect(await call('laboratorySettings', { query: {} })).toMatchObject({
      version: 2,
      countTarget: 600,
      cellTypes: [...DEFAULT_LABORATORY_SETTINGS.cellTypes],
    });
  });

  it("hides another laboratory's lavage", async () => {
    const { params, lavage } = await scene();
    const stranger = test.as(await insertUser(test.db, 'ANNOTATOR'));
    await expectRefusal(stranger('getDifferential', { params, query: {} }), 'not_found');
    await expectRefusal(stranger('listReadings', { params }), 'not_found');
    await expectRefusal(stranger('createReading', { params, body: {} }), 'not_found');
    await expectRefusal(stranger('laboratorySettings', { query: { lavageId: lavage.id } }), 'not_found');
  });
});

describe('readings', () => {
  it('close once every field that counts is complete or excluded, then take nothing until reopened', async () => {
    const { call, params, first, second, iron, annotator } = await scene();
    const reading = await call('createReading', { params, body: {} });
    expect(reading).toMatchObject({ purpose: 'primary', status: 'open', reader: { id: annotator.id } });
    expect(reading.fields.map(({ sampleId }) => sampleId)).toEqual([first.id, second.id, iron.id]);
    const update = (body: object) => change(call, params.id, reading.id, body);

    const half = { fields: [{ sampleId: first.id, state: 'complete' }], status: 'closed' };
    await expectRefusal(update(half), 'conflict', { message: expect.stringContaining('1 field is unread') });
    await expectRefusal(
      update({ fields: [{ sampleId: second.id, state: 'excluded' }] }),
      'validation_failed',
    );
    const rest = {
      status: 'closed',
      fields: [
        { sampleId: first.id, state: 'complete' },
        { sampleId: second.id, state: 'excluded', excludedBecause: 'smudged' },
      ],
    };
    const closed = await update(rest);
    expect(closed.reading).toMatchObject({ status: 'closed', version: 2 });
    expect(closed.differential.fields).toEqual({ total: 2, complete: 1, excluded: 1, unread: 0 });

    const cell = { body: { sampleId: first.id, annotations: [accept(0, 'RBC')] } };
    await expectRefusal(call('annotate', cell), 'conflict');
    await expectRefusal(update({ fields: [{ sampleId: first.id, state: 'unread' }] }), 'conflict');
    expect((await update({ status: 'open' })).reading.status).toBe('open');
    const [{ id }] = (await call('annotate', cell)).annotations;
    await update(rest);
    const relabel = { params: { id }, ifMatch: 1, body: { cellType: 'Debris' } };
    await expectRefusal(call('updateAnnotation', relabel), 'conflict');
    await expectRefusal(call('deleteAnnotation', { params: { id } }), 'conflict');

    const log = await test.db
      .select({ type: userActivityLog.activityType })
      .from(userActivityLog)
      .where(eq(userActivityLog.entityId, reading.id));
    expect(log.map(({ type }) => type).sort()).toEqual([
      'reading.close',
      'reading.close',
      'reading.create',
      'reading.reopen',
    ]);
  });

  it('change only as their reader knows them: an older version answers with the reading as it is', async () => {
    const { call, params, first, second } = await scene();
    const { id, version } = await call('createReading', { params, body: {} });
    const mark = (sampleId: string) =>
      call('updateReading', {
        params: { id },
        ifMatch: version,
        body: { fields: [{ sampleId, state: 'complete' }] },
      });
    await mark(first.id);
    await expectRefusal(mark(second.id), 'stale_version', {
      status: 412,
      current: expect.objectContaining({
        id,
        version: version + 1,
        fields: expect.arrayContaining([
          { sample_id: first.id, state: 'complete', excluded_because: null },
          { sample_id: second.id, state: 'unread', excluded_because: null },
        ]),
      }),
    });
    await call('annotate', {
      body: { sampleId: second.id, annotations: [{ cellCoordinates: BOX, cellType: 'RBC' }] },
    });
    expect((await call('listReadings', { params })).items[0].version).toBe(version + 1);
    const bare = { params: { id }, body: { status: 'closed' as const } };
    await expectRefusal(call('updateReading', bare), 'precondition_required');
  });

  it('refuses a second open or a second primary one, and fields of another lavage', async () => {
    const { call, params, lavage, uploader, laboratoryId } = await scene();
    const reading = await call('createReading', { params, body: {} });
    await expectRefusal(call('createReading', { params, body: {} }), 'conflict');
    const colleague = test.as(await insertUser(test.db, 'ANNOTATOR', { laboratoryId }));
    await expectRefusal(colleague('createReading', { params, body: { purpose: 'primary' } }), 'conflict');
    const other = await insertLavage(test.db, { id: lavage.patientId, hospitalId: lavage.hospitalId });
    const foreign = await insertSample(test.db, other, uploader);
    await expectRefusal(
      call('updateReading', {
        params: { id: reading.id },
        ifMatch: reading.version,
        body: { fields: [{ sampleId: foreign.id, state: 'complete' }] },
      }),
      'validation_failed',
    );
    await expectRefusal(
      colleague('updateReading', { params: { id: reading.id }, ifMatch: 1, body: { status: 'closed' } }),
      'not_found',
    );
  });

  it('show themselves to others when closed, and never to one who reads blinded', async () => {
    const { call, params, first, second, laboratoryId } = await scene();
    const colleague = test.as(await insertUser(test.db, 'ANNOTATOR', { laboratoryId }));
    const blind = test.as(await insertUser(test.db, 'ANNOTATOR', { laboratoryId }));
    const reading = await call('createReading', { params, body: {} });
    const seenBy = async (as: typeof call) =>
      (await as('listReadings', { params })).items.map(({ purpose }) => purpose);
    expect(await seenBy(colleague)).toEqual([]);

    const done = {
      status: 'closed' as const,
      fields: [first, second].map(({ id }) => ({ sampleId: id, state: 'complete' as const })),
    };
    await call('updateReading', { params: { id: reading.id }, ifMatch: reading.version, body: done });
    expect(await seenBy(colleague)).toEqual(['primary']);
    const query = { readingId: reading.id };
    expect(await colleague('getDifferential', { params, query })).toMatchObject({ immuneCount: 3 });

    const blinded = await blind('createReading', { params, body: { blinded: true } });
    expect(await seenBy(blind)).toEqual(['second']);
    await expectRefusal(blind('getDifferential', { params, query }), 'not_found');
    await expectRefusal(blind('listAnnotations', { params: { jobId: first.id }, query }), 'not_found');
    await blind('updateReading', { params: { id: blinded.id }, ifMatch: blinded.version, body: done });
    expect(await seenBy(blind)).toEqual(['primary', 'second']);
    expect(await seenBy(colleague)).toEqual(['primary']);
    expect(await seenBy(call)).toEqual(['primary', 'second']);
  });
});
