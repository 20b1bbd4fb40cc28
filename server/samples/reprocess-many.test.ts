import { eq, inArray } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { userActivityLog } from '../db/tables/operational.ts';
import { samples } from '../db/tables/patients.ts';
import {
  insertLavage,
  insertPatient,
  insertPatientWithSample,
  insertSample,
  insertSlide,
  insertStaff,
} from '../testing/factories.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

let app: TestApp;
let staff: Awaited<ReturnType<typeof insertStaff>>;
beforeAll(async () => {
  app = await createTestApp();
  staff = await insertStaff(app.db);
});
afterAll(() => app.close());

const asAdmin = () => app.as(staff.admin);
const FAILED = { inferenceStatus: 'failed', error: 'Too dark.' } as const;

/** Samples of one lavage of their own. */
async function make(...given: Partial<typeof samples.$inferInsert>[]) {
  const patient = await insertPatient(app.db, staff.uploader);
  const lavage = await insertLavage(app.db, patient);
  const slideId = (await insertSlide(app.db, lavage)).id;
  const ids: string[] = [];
  for (const one of given) {
    const sample = await insertSample(app.db, lavage, staff.uploader, { slideId, ...one });
    ids.push(sample.id);
  }
  return { lavageId: lavage.id, ids };
}
const statusesOf = async (ids: string[]) => {
  const rows = await app.db.select().from(samples).where(inArray(samples.id, ids));
  const byId = new Map(rows.map((row) => [row.id, row.inferenceStatus]));
  return ids.map((id) => byId.get(id));
};

test('by id: those that are done are queued and noted, the others refused with the reason', async () => {
  const { ids } = await make(FAILED, { inferenceStatus: 'completed' }, { inferenceStatus: 'pending' });
  const nowhere = crypto.randomUUID();
  const answer = await asAdmin()('reprocessSamples', {
    body: { jobIds: [...ids, ids[0], nowhere], parameters: { min_area: 0.5 } },
  });
  expect(answer).toMatchObject({ queued: 2, next: null });
  expect(answer.refused.map(({ jobId, code }) => [jobId, code])).toEqual([
    [ids[2], 'conflict'],
    [nowhere, 'not_found'],
  ]);
  expect(await statusesOf(ids)).toEqual(['pending', 'pending', 'pending']);
  expect(await app.deps.jobs.findWithJob(ids)).toEqual(new Set(ids.slice(0, 2)));
  const [act] = await app.db.select().from(userActivityLog).where(eq(userActivityLog.entityId, ids[0]));
  expect(act).toMatchObject({
    activityType: 'sample.reprocess',
    userId: staff.admin.id,
    metadata: { parameters: { min_area: 0.5 } },
  });
});

test('by filter: all that match and nothing else', async () => {
  const chosen = await make(FAILED, { inferenceStatus: 'completed' }, FAILED);
  const other = await make(FAILED);
  const filter = { inferenceStatus: 'failed' as const, lavageId: chosen.lavageId };
  expect(await asAdmin()('reprocessSamples', { body: { filter } })).toEqual({
    queued: 2,
    refused: [],
    next: null,
  });
  expect(await statusesOf(chosen.ids)).toEqual(['pending', 'completed', 'pending']);
  expect(await statusesOf(other.ids)).toEqual(['failed']);
});

test('by filter: a thousand at a time, the rest with what the answer calls next', async () => {
  const { lavageId, ids } = await make(FAILED);
  await app.deps.database.pool.query(
    `insert into samples (id, patient_id, lavage_id, slide_id, uploader_id, original_filename, sort_name, s3_key,
       sha256, size_bytes, format, width, height, inference_status, error)
     select gen_random_uuid(), patient_id, lavage_id, slide_id, uploader_id, 'f', 'f', 'samples/' || n || '/original',
       n::text, 1, 'png', 1, 1, 'failed', 'Too dark.'
     from samples, generate_series(1, 1004) n where id = $1`,
    [ids[0]],
  );
  const filter = { lavageId };
  const first = await asAdmin()('reprocessSamples', { body: { filter } });
  expect([first.queued, first.refused]).toEqual([1000, []]);
  const second = await asAdmin()('reprocessSamples', { body: { filter, after: first.next! } });
  expect(second).toEqual({ queued: 5, refused: [], next: null });
});

test('what is asked for must be clear', async () => {
  const { ids, lavageId } = await make(FAILED);
  const call = asAdmin();
  for (const body of [
    {},
    { filter: {} },
    { jobIds: ids, filter: { lavageId } },
    { jobIds: ids, parameters: { min_area: 7 } },
  ]) {
    await expect(call('reprocessSamples', { body })).rejects.toMatchObject({ code: 'validation_failed' });
  }
  expect(await statusesOf(ids)).toEqual(['failed']);
});

test('only an administrator may', async () => {
  const { sample } = await insertPatientWithSample(app.db, staff.uploader);
  const body = { jobIds: [sample.id] };
  for (const user of [staff.uploader, staff.annotator]) {
    await expect(app.as(user)('reprocessSamples', { body })).rejects.toMatchObject({ status: 403 });
  }
  await expect(app.anonymous('reprocessSamples', { body })).rejects.toMatchObject({ status: 401 });
});
