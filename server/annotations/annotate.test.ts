import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { userActivityLog } from '../db/tables/operational.ts';
import { readings, sampleAnnotations } from '../db/tables/readings.ts';
import {
  insertDetectionRun,
  insertPatientWithSample,
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

async function scene() {
  const staff = await insertStaff(test.db);
  const { lavage, sample, patient } = await insertPatientWithSample(test.db, staff.uploader);
  const run = await insertDetectionRun(test.db, sample, [
    testCell(100, 100, 'WBC-Macrophage', 0.8),
    testCell(300, 200, 'WBC-Macrophage'),
    testCell(500, 300, 'WBC-Lymphocyte'),
  ]);
  return { ...staff, patient, lavage, sample, run, call: test.as(staff.annotator) };
}

async function expectRefusal(request: Promise<unknown>, code: string, more: object = {}) {
  await expect(request).rejects.toMatchObject({ code, ...more });
}

describe('POST /annotate', () => {
  it('makes the reading, stores the cells in the order given and answers the running differential', async () => {
    const { call, sample, lavage, run, annotator } = await scene();
    const answer = await call('annotate', {
      body: {
        sampleId: sample.id,
        annotations: [
          { cellCoordinates: BOX, cellType: 'WBC-Mast', comments: 'granules', geometry: [1, 2, 3, 4, 5, 6] },
          { cellCoordinates: BOX, cellType: 'WBC-Neutrophil', source: 'detection', detectionIndex: 2 },
          { cellCoordinates: BOX, cellType: 'Debris', source: 'rejection', detectionIndex: 0 },
        ],
      },
    });
    expect(answer.annotations).toMatchObject([
      {
        cellType: 'WBC-Mast',
        source: 'manual',
        runId: null,
        comments: 'granules',
        version: 1,
        cellCoordinates: BOX,
      },
      { cellType: 'WBC-Neutrophil', runId: run.id, detectionIndex: 2, source: 'detection' },
      { cellType: 'Debris', runId: run.id, detectionIndex: 0, source: 'rejection' },
    ]);
    expect(answer.annotations[0].geometry).toEqual([1, 2, 3, 4, 5, 6]);
    expect(answer.annotations[2].confidence).toBeCloseTo(0.8, 2);
    expect(answer.counts).toEqual([
      { cellType: 'WBC-Mast', count: 1 },
      { cellType: 'WBC-Neutrophil', count: 1 },
    ]);
    expect(answer.differential).toMatchObject({ immuneCount: 2, fields: { total: 1, unread: 1 } });
    const [reading] = await test.db.select().from(readings).where(eq(readings.lavageId, lavage.id));
    expect(reading).toMatchObject({ purpose: 'primary', userId: annotator.id, settingsVersion: 1 });
    const listed = await call('listAnnotations', { params: { jobId: sample.id }, query: {} });
    expect(listed).toMatchObject({ readingId: reading.id, fieldState: 'unread' });
    expect(listed.items).toHaveLength(3);
  });

  it('writes the audit rows with the cells', async () => {
    const { call, sample, annotator } = await scene();
    await call('annotate', {
      body: { sampleId: sample.id, annotations: [{ cellCoordinates: BOX, cellType: 'WBC-Mast' }] },
    });
    const rows = await test.db
      .select({ type: userActivityLog.activityType, entity: userActivityLog.entityId })
      .from(userActivityLog)
      .where(eq(userActivityLog.userId, annotator.id));
    expect(rows.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['reading.create', 'annotation.save']),
    );
    expect(rows.find(({ type }) => type === 'annotation.save')?.entity).toBe(sample.id);
  });

  it('tells everybody who listens, once it is saved', async () => {
    const { call, sample, lavage, annotator } = await scene();
    const told = new Promise((resolve) => {
      const unsubscribe = test.deps.notifications.subscribe({
        onEvent: (event) => {
          if (event.type !== 'annotation.saved' || event.jobId !== sample.id) return;
          unsubscribe();
          resolve(event);
        },
        onGap: () => {},
      });
    });
    await call('annotate', {
      body: { sampleId: sample.id, annotations: [{ cellCoordinates: BOX, cellType: 'WBC-Mast' }] },
    });
    expect(await told).toMatchObject({ lavageId: lavage.id, by: annotator.id });
  });

  it('changes and removes by id and version, and refuses all of it when one is stale', async () => {
    const { call, sample } = await scene();
    const save = (body: object) =>
      call('annotate', { body: { sampleId: sample.id, annotations: [], ...body } });
    const first = await save({
      annotations: ['WBC-Mast', 'WBC-Mast', 'WBC-Mast'].map((cellType) => ({
        cellCoordinates: BOX,
        cellType,
      })),
    });
    const [a, b, c] = first.annotations;
    const change = (id: string, version: number, cellType = 'WBC-Basophil') => ({
      id,
      version,
      cellCoordinates: { ...BOX, x: 7 },
      cellType,
    });
    const second = await save({ annotations: [change(b.id, 1), change(a.id, 1)], removed: [c.id] });
    expect(second.annotations).toMatchObject([
      { id: b.id, version: 2, cellType: 'WBC-Basophil', cellCoordinates: { x: 7 } },
      { id: a.id, version: 2 },
    ]);
    expect(second.counts).toEqual([{ cellType: 'WBC-Basophil', count: 2 }]);
    const stale = save({ annotations: [change(a.id, 2, 'RBC'), change(b.id, 1), change(c.id, 1)] });
    await expectRefusal(stale, 'stale_version', {
      current: expect.arrayContaining([
        { id: b.id, current: expect.objectContaining({ version: 2, cell_type: 'WBC-Basophil' }) },
        { id: c.id, current: null },
      ]),
    });
    const { items } = await call('listAnnotations', { params: { jobId: sample.id }, query: {} });
    expect(items.map(({ cellType }) => cellType)).toEqual(['WBC-Basophil', 'WBC-Basophil']);
  });

  it('keeps one annotation a detection, however often it is accepted', async () => {
    const { call, sample } = await scene();
    const accept = (cellType: string) =>
      call('annotate', {
        body: {
          sampleId: sample.id,
          annotations: [{ cellCoordinates: BOX, cellType, source: 'detection', detectionIndex: 1 }],
        },
      });
    const [first] = (await accept('WBC-Macrophage')).annotations;
    const again = await accept('WBC-Lymphocyte');
    expect(again.annotations).toMatchObject([{ id: first.id, version: 2, cellType: 'WBC-Lymphocyte' }]);
    expect(again.differential.immuneCount).toBe(1);
    const both = await Promise.all([accept('WBC-Mast'), accept('WBC-Mast')]);
    expect(both.map(({ annotations }) => annotations[0].version).sort()).toEqual([3, 4]);
  });

  it('stores a repeated request once', async () => {
    const { call, sample } = await scene();
    const request = {
      body: { sampleId: sample.id, annotations: [{ cellCoordinates: BOX, cellType: 'WBC-Mast' }] },
      idempotencyKey: crypto.randomUUID(),
    };
    const [first, second] = await Promise.all([call('annotate', request), call('annotate', request)]);
    const third = await call('annotate', request);
    expect(second).toEqual(first);
    expect(third).toEqual(first);
    const rows = await test.db
      .select()
      .from(sampleAnnotations)
      .where(eq(sampleAnnotations.sampleId, sample.id));
    expect(rows).toHaveLength(1);
    const other = { ...request, body: { ...request.body, removed: [rows[0].id] } };
    await expectRefusal(call('annotate', other), 'idempotency_mismatch');
  });

  it('makes one reading for requests that arrive together, and one primary a lavage', async () => {
    const { sample, lavage, annotator, laboratoryId } = await scene();
    const colleague = await insertUser(test.db, 'ANNOTATOR', { laboratoryId });
    const body = { sampleId: sample.id, annotations: [{ cellCoordinates: BOX, cellType: 'WBC-Mast' }] };
    const calls = [annotator, colleague].map((user) => test.as(user));
    await Promise.all([...calls, ...calls, ...calls].map((call) => call('annotate', { body })));
    const rows = await test.db.select().from(readings).where(eq(readings.lavageId, lavage.id));
    expect(rows.map(({ purpose }) => purpose).sort()).toEqual(['primary', 'second']);
  });

  it.each([
    ['an unknown cell type', { cellType: 'Elephant' }, /cell_type.*Elephant.*WBC-Macrophage/],
    ['a box outside the image', { cellCoordinates: { ...BOX, x: 1000 } }, /outside the image of 1000 × 800/],
    ['a detection without index', { source: 'detection' as const }, /detection_index/],
    ['a manual cell with index', { detectionIndex: 0 }, /detection_index/],
    ['an index beyond the run', { source: 'detection' as const, detectionIndex: 3 }, /found 3 cells/],
    ['an id without version', { id: crypto.randomUUID() }, /version/],
  ])('refuses %s and stores nothing', async (_, part, message) => {
    const { call, sample } = await scene();
    const cell = { cellCoordinates: BOX, cellType: 'WBC-Mast' };
    const request = call('annotate', {
      body: { sampleId: sample.id, annotations: [cell, { ...cell, ...part }] },
    });
    await expectRefusal(request, 'validation_failed', { message: expect.stringMatching(message) });
    const { items } = await call('listAnnotations', { params: { jobId: sample.id }, query: {} });
    expect(items).toEqual([]);
  });

  it('refuses a run of another sample and an annotation of another reading', async () => {
    const one = await scene();
    const other = await scene();
    const cell = { cellCoordinates: BOX, cellType: 'WBC-Mast' };
    await expectRefusal(
      one.call('annotate', {
        body: {
          sampleId: one.sample.id,
          runId: other.run.id,
          annotations: [{ ...cell, source: 'detection', detectionIndex: 0 }],
        },
      }),
      'validation_failed',
    );
    const theirs = await other.call('annotate', { body: { sampleId: other.sample.id, annotations: [cell] } });
    const { id } = theirs.annotations[0];
    await expectRefusal(
      one.call('annotate', {
        body: { sampleId: one.sample.id, annotations: [{ ...cell, id, version: 1 }] },
      }),
      'not_found',
    );
    await expectRefusal(
      one.call('annotate', { body: { sampleId: one.sample.id, annotations: [], removed: [id] } }),
      'not_found',
    );
  });

  it("hides another laboratory's sample and refuses uploaders", async () => {
    const { sample, uploader } = await scene();
    const stranger = await insertUser(test.db, 'ANNOTATOR');
    const body = { sampleId: sample.id, annotations: [{ cellCoordinates: BOX, cellType: 'WBC-Mast' }] };
    await expectRefusal(test.as(stranger)('annotate', { body }), 'not_found');
    await expectRefusal(
      test.as(stranger)('listAnnotations', { params: { jobId: sample.id }, query: {} }),
      'not_found',
    );
    await expectRefusal(test.as(uploader)('annotate', { body }), 'forbidden');
    const rows = await test.db
      .select()
      .from(sampleAnnotations)
      .where(and(eq(sampleAnnotations.sampleId, sample.id)));
    expect(rows).toEqual([]);
  });

  it('takes 5,000 cells at once', async () => {
    const { call, sample } = await scene();
    const annotations = Array.from({ length: 5000 }, (_, at) => ({
      cellCoordinates: { x: at % 900, y: at % 700, width: 20, height: 20 },
      cellType: 'WBC-Macrophage',
    }));
    const answer = await call('annotate', { body: { sampleId: sample.id, annotations } });
    expect(answer.annotations.map(({ cellCoordinates }) => cellCoordinates.x)).toEqual(
      annotations.map(({ cellCoordinates }) => cellCoordinates.x),
    );
  });
});

describe('PATCH and DELETE /annotations/:id', () => {
  async function saved() {
    const made = await scene();
    const answer = await made.call('annotate', {
      body: { sampleId: made.sample.id, annotations: [{ cellCoordinates: BOX, cellType: 'WBC-Mast' }] },
    });
    return { ...made, id: answer.annotations[0].id };
  }

  it('lets one of fifty changes of the same version through', async () => {
    const { call, id } = await saved();
    const answers = await Promise.allSettled(
      Array.from({ length: 50 }, (_, at) =>
        call('updateAnnotation', { params: { id }, ifMatch: 1, body: { comments: `change ${at}` } }),
      ),
    );
    const won = answers.filter(({ status }) => status === 'fulfilled');
    const lost = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
    expect(won).toHaveLength(1);
    expect(lost).toHaveLength(49);
    for (const error of lost) {
      expect(error).toMatchObject({ code: 'stale_version', status: 412, current: { id, version: 2 } });
    }
  });

  it('changes only what is given, needs If-Match, and checks the cell type and box', async () => {
    const { call, id } = await saved();
    const patch = (body: object, ifMatch?: number) =>
      call('updateAnnotation', { params: { id }, ifMatch, body });
    expect(await patch({ cellType: 'RBC' }, 1)).toMatchObject({
      cellType: 'RBC',
      cellCoordinates: BOX,
      version: 2,
    });
    await expectRefusal(patch({ cellType: 'RBC' }), 'precondition_required');
    await expectRefusal(patch({ cellType: 'Elephant' }, 2), 'validation_failed');
    await expectRefusal(patch({ cellCoordinates: { ...BOX, y: 900 } }, 2), 'validation_failed');
  });

  it("hides others' cells, and a removed one from its reader", async () => {
    const { call, id, laboratoryId, sample } = await saved();
    const colleague = test.as(await insertUser(test.db, 'ANNOTATOR', { laboratoryId }));
    const change = { params: { id }, ifMatch: 1, body: { cellType: 'RBC' } };
    await expectRefusal(colleague('updateAnnotation', change), 'not_found');
    await expectRefusal(colleague('deleteAnnotation', { params: { id } }), 'not_found');
    await call('deleteAnnotation', { params: { id } });
    await expectRefusal(call('deleteAnnotation', { params: { id } }), 'not_found');
    await expectRefusal(call('updateAnnotation', change), 'not_found');
    const { items } = await call('listAnnotations', { params: { jobId: sample.id }, query: {} });
    expect(items).toEqual([]);
  });
});
