import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { userActivityLog } from '../db/tables/operational.ts';
import { samples } from '../db/tables/patients.ts';
import { insertPatientWithSample, insertSample, insertSlide, insertStaff } from '../testing/factories.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

let app: TestApp;
let here: Awaited<ReturnType<typeof insertStaff>>;
let abroad: typeof here;
let made: Awaited<ReturnType<typeof insertPatientWithSample>>;
beforeAll(async () => {
  app = await createTestApp();
  here = await insertStaff(app.db);
  abroad = await insertStaff(app.db);
  made = await insertPatientWithSample(app.db, here.uploader);
  for (const [day, status] of (['completed', 'failed'] as const).entries()) {
    await insertSample(app.db, made.lavage, here.uploader, {
      originalFilename: `100%_field ${day}.png`,
      inferenceStatus: status,
      error: 'Too dark.',
      createdAt: new Date(Date.UTC(2026, 0, 1 + day)).toISOString(),
    });
  }
});
afterAll(() => app?.close());

const asAdmin = () => app.as(here.admin);
const list = (query: object) => asAdmin()('listAllSamples', { query });
const idsOf = async (query: object) => (await list(query)).items.map(({ jobId }) => jobId);
const act = async (id: string) => {
  const rows = await app.db.select().from(userActivityLog).where(eq(userActivityLog.entityId, id));
  return rows.map(({ activityType, userId, metadata }) => ({ activityType, userId, metadata }));
};

test('samples of all hospitals by filter, each once over pages', async () => {
  const { sample: far } = await insertPatientWithSample(app.db, abroad.uploader);
  expect(await idsOf({ hospitalId: abroad.hospital.id })).toEqual([far.id]);
  expect(await idsOf({ uploaderId: abroad.uploader.id })).toEqual([far.id]);
  expect(await idsOf({ hospitalId: abroad.hospital.id, patientId: made.patient.id })).toEqual([]);
  expect(await idsOf({ q: '%_FIELD' })).toHaveLength(2);
  expect(await idsOf({ q: 'field', inferenceStatus: 'failed' })).toHaveLength(1);
  expect(await idsOf({ to: '2026-01-01T12:00:00.000Z' })).toHaveLength(1);
  expect((await list({ hospitalId: abroad.hospital.id })).items[0].hospital).toEqual({
    id: abroad.hospital.id,
    name: abroad.hospital.name,
  });

  const seen: string[] = [];
  let next: string | null | undefined;
  do {
    const page: Awaited<ReturnType<typeof list>> = await list({ perPage: 3, ...(next ? { next } : {}) });
    expect(page.total).toBe(4);
    seen.push(...page.items.map(({ jobId }) => jobId));
    next = page.next;
  } while (next);
  expect(seen).toEqual(await idsOf({}));
  expect(new Set(seen).size).toBe(4);
});

test('what was said of an image is corrected, noted, and only within its lavage', async () => {
  const slide = await insertSlide(app.db, made.lavage);
  const changes = { slideId: slide.id, objective: '40x', micronsPerPixel: 0.25 };
  const params = { jobId: made.sample.id };
  expect(await asAdmin()('updateSample', { params, body: changes })).toMatchObject(changes);
  expect(await asAdmin()('updateSample', { params, body: { objective: null } })).toMatchObject({
    ...changes,
    objective: null,
  });
  expect(await act(made.sample.id)).toEqual([
    { activityType: 'sample.update', userId: here.admin.id, metadata: { changes } },
    { activityType: 'sample.update', userId: here.admin.id, metadata: { changes: { objective: null } } },
  ]);
  const other = await insertPatientWithSample(app.db, here.uploader);
  for (const slideId of [other.slide.id, crypto.randomUUID()]) {
    await expect(asAdmin()('updateSample', { params, body: { slideId } })).rejects.toMatchObject({
      status: 404,
    });
  }
  const nobodys = { jobId: crypto.randomUUID() };
  await expect(asAdmin()('updateSample', { params: nobodys, body: {} })).rejects.toMatchObject({
    status: 404,
  });
});

test('below /admin a sample is removed from view by administrators alone', async () => {
  const { sample } = await insertPatientWithSample(app.db, abroad.uploader);
  const remove = async (user: typeof here.admin) =>
    app.inject({
      method: 'DELETE',
      url: `/api/v1/admin/samples/${sample.id}`,
      headers: { authorization: `Bearer ${await app.tokenOf(user)}` },
    });
  expect((await remove(abroad.uploader)).statusCode).toBe(403);
  expect((await remove(here.admin)).statusCode).toBe(200);
  const [row] = await app.db.select().from(samples).where(eq(samples.id, sample.id));
  expect(row.deletedAt).not.toBeNull();
});

test('many are removed from view at once: each is noted, or refused with the reason', async () => {
  const [one, other] = [
    await insertPatientWithSample(app.db, abroad.uploader),
    await insertPatientWithSample(app.db, here.uploader),
  ];
  const nowhere = crypto.randomUUID();
  const jobIds = [one.sample.id, nowhere, other.sample.id, one.sample.id];
  expect(await asAdmin()('deleteSamples', { body: { jobIds } })).toEqual({
    done: [one.sample.id, other.sample.id],
    refused: [{ id: nowhere, code: 'not_found', detail: 'There is no such sample.' }],
  });
  expect(await idsOf({ patientId: one.patient.id })).toEqual([]);
  expect(await act(other.sample.id)).toMatchObject([
    { activityType: 'sample.delete', userId: here.admin.id },
  ]);
});
