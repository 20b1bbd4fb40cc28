import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { userActivityLog } from '../db/tables/operational.ts';
import { patientAnnotations, readings } from '../db/tables/readings.ts';
import { insertPatientWithSample, insertStaff } from '../testing/factories.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

let t: TestApp;
beforeAll(async () => {
  t = await createTestApp();
});
afterAll(() => t?.close());

/** Two diagnoses of one annotator, in a hospital and laboratory of their own. */
async function scene() {
  const staff = await insertStaff(t.db);
  const made = await insertPatientWithSample(t.db, staff.uploader);
  const ofPatient = { patientId: made.patient.id };
  const record = t.as(staff.annotator);
  const first = await record('annotatePatient', {
    body: { ...ofPatient, adequacy: 'inadequate', diagnosis: [], pattern: '50%_mixed' },
  });
  const second = await record('annotatePatient', {
    body: { ...ofPatient, adequacy: 'adequate', diagnosis: ['D86.0'], comments: 'Granulomas' },
  });
  const call = t.as(staff.admin);
  const list = (query: object) => call('listAllPatientAnnotations', { query });
  const idsOf = async (query: object) => (await list(query)).items.map(({ id }) => id);
  return { ...staff, ...made, first, second, call, list, idsOf };
}
const actsOn = async (id: string, userId: string) => {
  const rows = await t.db
    .select()
    .from(userActivityLog)
    .where(and(eq(userActivityLog.entityId, id), eq(userActivityLog.userId, userId)));
  return rows.map(({ activityType }) => activityType);
};

test('diagnoses of all patients by filter, each once over pages', async () => {
  const elsewhere = await scene();
  const { hospital, patient, annotator, first, second, idsOf, list } = await scene();
  for (const query of [{ hospitalId: hospital.id }, { patientId: patient.id }, { userId: annotator.id }]) {
    expect(await idsOf(query)).toEqual([second.id, first.id]);
    expect(await idsOf({ ...query, sort: 'created_at' })).toEqual([first.id, second.id]);
  }
  const ofPatient = { patientId: patient.id };
  expect(await idsOf({ ...ofPatient, adequacy: 'inadequate' })).toEqual([first.id]);
  expect(await idsOf({ ...ofPatient, code: 'D86.0' })).toEqual([second.id]);
  expect(await idsOf({ ...ofPatient, code: 'D86' })).toEqual([]);
  expect(await idsOf({ ...ofPatient, q: 'granul' })).toEqual([second.id]);
  expect(await idsOf({ ...ofPatient, q: '%_MIX' })).toEqual([first.id]);
  expect(await idsOf({ ...ofPatient, from: second.createdAt })).toEqual([second.id]);
  expect(await idsOf({ ...ofPatient, hospitalId: elsewhere.hospital.id })).toEqual([]);
  const page = await list({ ...ofPatient, perPage: 1 });
  expect(page).toMatchObject({
    total: 2,
    items: [{ patient: { id: patient.id, name: patient.name }, hospital: { id: hospital.id } }],
  });
  expect(page.items[0].diagnosis[0].name).toBe('Sarcoidosis of lung');
  expect(await idsOf({ ...ofPatient, perPage: 1, next: page.next })).toEqual([first.id]);
});

test('are corrected and taken out of view by version, for whoever gave them, and noted', async () => {
  const { admin, annotator, second, call, idsOf, patient } = await scene();
  const params = { id: second.id };
  const change = (ifMatch: number) =>
    call('updateAnyPatientAnnotation', { params, ifMatch, body: { diagnosis: ['normal'] } });
  expect(await change(1)).toMatchObject({
    user: { id: annotator.id },
    diagnosis: [{ code: 'normal' }],
    version: 2,
  });
  await expect(change(1)).rejects.toMatchObject({ status: 412, current: { version: 2 } });
  const ordinary = { params, ifMatch: 2, body: { comments: 'x' } };
  await expect(call('updatePatientAnnotation', ordinary)).rejects.toMatchObject({ status: 403 });
  await expect(call('deletePatientAnnotation', { params, ifMatch: 1 })).rejects.toMatchObject({
    status: 412,
  });
  await call('deletePatientAnnotation', { params, ifMatch: 2 });
  await expect(change(3)).rejects.toMatchObject({ status: 404 });
  expect(await idsOf({ patientId: patient.id, adequacy: 'adequate' })).toEqual([]);
  const [kept] = await t.db.select().from(patientAnnotations).where(eq(patientAnnotations.id, second.id));
  expect(kept.deletedAt).not.toBeNull();
  expect(await actsOn(second.id, admin.id)).toEqual(['diagnosis.update', 'diagnosis.delete']);
});

test('many at once: each is out of view and noted, or refused; blinded readers see none', async () => {
  const { admin, first, second, lavage, laboratoryId, call, idsOf, patient } = await scene();
  const nowhere = crypto.randomUUID();
  const body = { patientAnnotationIds: [first.id, nowhere] };
  expect(await call('deletePatientAnnotations', { body })).toEqual({
    done: [first.id],
    refused: [{ id: nowhere, code: 'not_found', detail: 'There is no such diagnosis.' }],
  });
  expect(await actsOn(first.id, admin.id)).toEqual(['diagnosis.delete']);
  expect(await idsOf({ patientId: patient.id })).toEqual([second.id]);
  await t.db.insert(readings).values({
    lavageId: lavage.id,
    userId: admin.id,
    purpose: 'second',
    blinded: true,
    laboratoryId,
    settingsVersion: 1,
  });
  expect(await idsOf({ patientId: patient.id })).toEqual([]);
});
