import { desc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { userActivityLog } from '../db/tables/operational.ts';
import { samples } from '../db/tables/patients.ts';
import {
  insertDetectionRun,
  insertPatientWithSample,
  insertSample,
  insertStaff,
  insertUser,
} from '../testing/factories.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

let app: TestApp;
let staff: Awaited<ReturnType<typeof insertStaff>>;
beforeAll(async () => {
  app = await createTestApp();
  staff = await insertStaff(app.db);
});
afterAll(() => app.close());

async function insertRead() {
  const inserted = await insertPatientWithSample(app.db, staff.uploader);
  await insertDetectionRun(app.db, inserted.sample);
  return inserted;
}
const parametersOf = async (id: string) => {
  const [row] = await app.db.select().from(samples).where(eq(samples.id, id));
  return row.detectionParameters;
};

test('an annotator of the laboratory has a sample processed with other parameters, and that is noted', async () => {
  const { sample } = await insertRead();
  const answer = await app.as(staff.annotator)('reprocessSample', {
    params: { jobId: sample.id },
    body: { parameters: { min_area: 0.5 } },
  });
  expect(answer.inferenceStatus).toBe('pending');
  expect(await parametersOf(sample.id)).toEqual({ min_area: 0.5 });
  expect(await app.deps.jobs.findWithJob([sample.id])).toEqual(new Set([sample.id]));
  const [act] = await app.db
    .select()
    .from(userActivityLog)
    .where(eq(userActivityLog.entityId, sample.id))
    .orderBy(desc(userActivityLog.at));
  expect(act).toMatchObject({
    activityType: 'sample.reprocess',
    userId: staff.annotator.id,
    metadata: { parameters: { min_area: 0.5 } },
  });
});

test('without parameters those of the laboratory hold again, and a request needs no body at all', async () => {
  const { sample } = await insertRead();
  await app.db
    .update(samples)
    .set({ detectionParameters: { min_area: 0.5 } })
    .where(eq(samples.id, sample.id));
  const response = await app.inject({
    method: 'POST',
    url: `/api/v1/samples/${sample.id}/reprocess`,
    headers: { authorization: `Bearer ${await app.tokenOf(staff.annotator)}` },
  });
  expect(response.statusCode).toBe(200);
  expect(await parametersOf(sample.id)).toBeNull();
});

test('parameters out of range are refused before anything is queued', async () => {
  const { sample, lavage } = await insertRead();
  const call = app.as(staff.annotator);
  const body = { parameters: { min_area: 7 } };
  const refusal = { code: 'validation_failed', message: expect.stringContaining('min_area') };
  await expect(call('reprocessSample', { params: { jobId: sample.id }, body })).rejects.toMatchObject(
    refusal,
  );
  await expect(call('reprocessLavage', { params: { id: lavage.id }, body })).rejects.toMatchObject(refusal);
  expect(await app.deps.jobs.findWithJob([sample.id])).toEqual(new Set());
});

test('an uploader has their own image processed again, but does not choose how', async () => {
  const { sample, lavage } = await insertRead();
  const params = { jobId: sample.id };
  const call = app.as(staff.uploader);
  const body = { parameters: { min_area: 0.5 } };
  await expect(call('reprocessSample', { params, body })).rejects.toMatchObject({ code: 'forbidden' });
  await expect(call('reprocessLavage', { params: { id: lavage.id } })).rejects.toMatchObject({
    code: 'forbidden',
  });
  const colleague = await insertUser(app.db, 'UPLOADER', { hospitalId: staff.hospital.id });
  await expect(app.as(colleague)('reprocessSample', { params })).rejects.toMatchObject({ code: 'forbidden' });
  expect((await call('reprocessSample', { params })).inferenceStatus).toBe('pending');
});

test('all fields of a lavage are queued with the parameters, except those that are busy', async () => {
  const { sample, lavage } = await insertRead();
  const done = await insertSample(app.db, lavage, staff.uploader);
  await insertDetectionRun(app.db, done);
  const waiting = await insertSample(app.db, lavage, staff.uploader);
  const removed = await insertSample(app.db, lavage, staff.uploader);
  await app.as(staff.admin)('deleteSample', { params: { jobId: removed.id } });
  const answer = await app.as(staff.annotator)('reprocessLavage', {
    params: { id: lavage.id },
    body: { parameters: { split_margin: 0 } },
  });
  expect(answer.queued.sort()).toEqual([sample.id, done.id].sort());
  expect(answer.busy).toEqual([waiting.id]);
  expect(await parametersOf(done.id)).toEqual({ split_margin: 0 });
  expect(await parametersOf(waiting.id)).toBeNull();
  expect(await app.deps.jobs.findWithJob([sample.id, done.id])).toEqual(new Set([sample.id, done.id]));
});

test("another laboratory's sample and lavage are not there", async () => {
  const { sample, lavage } = await insertRead();
  const call = app.as(await insertUser(app.db, 'ANNOTATOR'));
  await expect(call('reprocessSample', { params: { jobId: sample.id } })).rejects.toMatchObject({
    code: 'not_found',
  });
  await expect(call('reprocessLavage', { params: { id: lavage.id } })).rejects.toMatchObject({
    code: 'not_found',
  });
});
