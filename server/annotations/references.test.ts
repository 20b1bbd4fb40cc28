import { randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { annotationReferences, readings, sampleAnnotations } from '../db/tables/readings.ts';
import { insertDetectionRun, insertPatientWithSample, insertStaff, testCell } from '../testing/factories.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

let t: TestApp;
beforeAll(async () => {
  t = await createTestApp();
});
afterAll(() => t?.close());

const BOX = { x: 1, y: 1, width: 9, height: 9 };

async function savedCells() {
  const { uploader, annotator } = await insertStaff(t.db);
  const { sample, lavage } = await insertPatientWithSample(t.db, uploader);
  const run = await insertDetectionRun(t.db, sample, [testCell(50, 50), testCell(90, 90)]);
  const cell = { cellCoordinates: BOX, cellType: 'WBC-Lymphocyte' };
  const accepted = (detectionIndex: number) => ({ ...cell, source: 'detection' as const, detectionIndex });
  await t.as(annotator)('annotate', {
    body: { sampleId: sample.id, annotations: [cell, cell, accepted(0), accepted(1)] },
  });
  const [reading] = await t.db.select().from(readings).where(eq(readings.lavageId, lavage.id));
  const row = { readingId: reading.id, sampleId: sample.id, userId: annotator.id };
  return { ...row, runId: run.id, row: { ...row, ...BOX, cellType: 'RBC', source: 'manual' as const } };
}

const refused = (code: string) => ({ cause: { code } });
const [FOREIGN_KEY_VIOLATION, INTEGRITY_VIOLATION, INSUFFICIENT_PRIVILEGE] = ['23503', '23000', '42501'];

test('what the cells of a save refer to is kept once', async () => {
  const { readingId, sampleId, userId, runId } = await savedCells();
  const kept = await t.db
    .select()
    .from(annotationReferences)
    .where(eq(annotationReferences.readingId, readingId))
    .orderBy(annotationReferences.runId);
  expect(kept).toEqual([runId, null].map((run) => ({ readingId, sampleId, userId, runId: run })));
});

test('no annotation refers to what is not there, now or later', async () => {
  const { row, runId, sampleId } = await savedCells();
  const insert = (wrong: object) => t.db.insert(sampleAnnotations).values({ ...row, ...wrong });
  for (const column of ['readingId', 'sampleId', 'userId', 'runId']) {
    await expect(insert({ [column]: randomUUID() })).rejects.toMatchObject(refused(FOREIGN_KEY_VIOLATION));
  }
  await expect(t.db.execute(sql`delete from detection_runs where id = ${runId}`)).rejects.toMatchObject(
    refused(FOREIGN_KEY_VIOLATION),
  );
  await expect(
    t.db
      .update(sampleAnnotations)
      .set({ readingId: randomUUID() })
      .where(eq(sampleAnnotations.sampleId, sampleId)),
  ).rejects.toMatchObject(refused(INTEGRITY_VIOLATION));
  await expect(t.db.delete(annotationReferences)).rejects.toMatchObject(refused(INSUFFICIENT_PRIVILEGE));
});
