import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { userActivityLog } from '../db/tables/operational.ts';
import { lavages, requests, samples } from '../db/tables/patients.ts';
import { hospitals } from '../db/tables/people.ts';
import { patientAnnotations, readingFields, readings, sampleAnnotations } from '../db/tables/readings.ts';
import {
  insertDetectionRun,
  insertLavage,
  insertPatient,
  insertPatientWithSample,
  insertSample,
  insertSlide,
  insertStaff,
  insertUser,
} from '../testing/factories.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

let t: TestApp;
let staff: Awaited<ReturnType<typeof insertStaff>>;
beforeAll(async () => {
  t = await createTestApp();
});
afterAll(() => t?.close());

type User = Parameters<TestApp['as']>[0];
const overview = (user: User) => t.as(user)('overview', {});
const itemOf = async (user: User, lavageId: string) =>
  (await overview(user)).worklist.find((item) => item.lavageId === lavageId);

async function insertFields(count: number) {
  staff = await insertStaff(t.db);
  const patient = await insertPatient(t.db, staff.uploader, { name: 'Marta Novák' });
  const lavage = await insertLavage(t.db, patient);
  const slide = await insertSlide(t.db, lavage);
  const fields = [];
  for (let at = 0; at < count; at++) {
    const createdAt = `2026-05-01T10:00:0${at}.000Z`;
    // Uploaded in an order of their own: field_8, field_9, field_10 is theirs.
    const originalFilename = `field_${8 + at}.png`;
    const sample = await insertSample(t.db, lavage, staff.uploader, {
      slideId: slide.id,
      createdAt: at === 0 ? '2026-05-01T11:00:00.000Z' : createdAt,
      originalFilename,
    });
    await insertDetectionRun(t.db, sample);
    fields.push(sample);
  }
  return { patient, lavage, slide, fields };
}

async function insertReading(
  lavageId: string,
  userId: string,
  given: Partial<typeof readings.$inferInsert> = {},
) {
  const [reading] = await t.db
    .insert(readings)
    .values({
      purpose: 'primary',
      ...given,
      lavageId,
      userId,
      laboratoryId: staff.laboratoryId,
      settingsVersion: 1,
    })
    .returning();
  return reading;
}

test('follows a lavage from new to diagnosed', async () => {
  const { patient, lavage, slide, fields } = await insertFields(3);
  const { annotator, uploader, hospital, laboratoryId } = staff;
  const [request] = await t.db
    .insert(requests)
    .values({ patientId: patient.id, accessionNumber: 'B26-7' })
    .returning();
  await t.db.update(lavages).set({ requestId: request.id }).where(eq(lavages.id, lavage.id));
  await insertSample(t.db, lavage, uploader, {
    slideId: slide.id,
    inferenceStatus: 'failed',
    error: 'damaged',
  });
  const iron = await insertSlide(t.db, lavage, { countsInDifferential: false });
  await insertSample(t.db, lavage, uploader, { slideId: iron.id });

  const item = () => itemOf(annotator, lavage.id);
  expect(await item()).toMatchObject({
    patient: { id: patient.id, name: 'Marta Novák' },
    hospital: hospital.name,
    accessionNumber: 'B26-7',
    samples: { pending: 1, processing: 0, completed: 3, failed: 1 },
    fields: { complete: 0, partly: 0, excluded: 0, unread: 3 },
    readingStatus: 'new',
    diagnoses: [],
    firstUnreadJobId: fields[0].id,
  });

  const reading = await insertReading(lavage.id, annotator.id);
  const mark = (sampleId: string, state: 'complete' | 'excluded') =>
    t.db.insert(readingFields).values({
      readingId: reading.id,
      sampleId,
      state,
      excludedBecause: state === 'excluded' ? 'out of focus' : null,
    });
  await mark(fields[0].id, 'complete');
  await t.db.insert(sampleAnnotations).values({
    readingId: reading.id,
    sampleId: fields[1].id,
    userId: annotator.id,
    x: 1,
    y: 1,
    width: 9,
    height: 9,
    cellType: 'RBC',
    source: 'manual',
  });
  expect(await item()).toMatchObject({
    fields: { complete: 1, partly: 1, excluded: 0, unread: 1 },
    readingStatus: 'half_read',
    firstUnreadJobId: fields[1].id,
  });

  await mark(fields[1].id, 'complete');
  await mark(fields[2].id, 'excluded');
  expect(await item()).toMatchObject({
    fields: { complete: 2, partly: 0, excluded: 1, unread: 0 },
    readingStatus: 'read',
    firstUnreadJobId: null,
  });

  await t.db.insert(patientAnnotations).values({
    lavageId: lavage.id,
    readingId: reading.id,
    userId: annotator.id,
    laboratoryId,
    settingsVersion: 1,
    adequacy: 'adequate',
    diagnosis: [
      { code: 'D86.0', certainty: 'suggests' },
      { code: 'local-only', certainty: 'suggests' },
    ],
  });
  const result = { readingStatus: 'diagnosed', diagnoses: ['Sarcoidosis of lung', 'local-only'] };
  expect(await item()).toMatchObject(result);
  expect(await itemOf(uploader, lavage.id)).toMatchObject(result);
});

test('annotators see their own reading, uploaders the primary one', async () => {
  const { lavage, fields } = await insertFields(1);
  const { annotator, uploader, admin, laboratoryId } = staff;
  const second = await insertUser(t.db, 'ANNOTATOR', { laboratoryId });
  const primary = await insertReading(lavage.id, annotator.id);
  await insertReading(lavage.id, second.id, { purpose: 'second' });
  await t.db
    .insert(readingFields)
    .values({ readingId: primary.id, sampleId: fields[0].id, state: 'complete' });
  const statusFor = async (user: User) => (await itemOf(user, lavage.id))?.readingStatus;
  expect(await Promise.all([annotator, uploader, admin, second].map(statusFor))).toEqual([
    'read',
    'read',
    'read',
    'new',
  ]);
});

test("who reads blinded does not see another's diagnosis", async () => {
  const { lavage } = await insertFields(1);
  const { annotator, laboratoryId } = staff;
  const blinded = await insertUser(t.db, 'ANNOTATOR', { laboratoryId });
  await insertReading(lavage.id, blinded.id, { purpose: 'second', blinded: true });
  await t.db.insert(patientAnnotations).values({
    lavageId: lavage.id,
    userId: annotator.id,
    laboratoryId,
    settingsVersion: 1,
    adequacy: 'adequate',
    diagnosis: [{ code: 'D86.0', certainty: 'established' }],
  });
  expect(await itemOf(blinded, lavage.id)).toMatchObject({ readingStatus: 'new', diagnoses: [] });
  expect(await itemOf(annotator, lavage.id)).toMatchObject({ diagnoses: ['Sarcoidosis of lung'] });
});

test('counts and lists only what the caller may see; the system is for administrators', async () => {
  const { lavage, patient } = await insertFields(2);
  const { uploader, admin, hospital } = staff;
  const stranger = await insertStaff(t.db);
  expect(await overview(stranger.uploader)).toMatchObject({
    patients: 0,
    samples: { pending: 0, processing: 0, completed: 0, failed: 0 },
    worklist: [],
    system: null,
  });
  expect(await overview(uploader)).toMatchObject({ patients: 1, samples: { completed: 2 }, system: null });

  await t.db.update(hospitals).set({ uploadersShare: false }).where(eq(hospitals.id, hospital.id));
  const colleague = await insertUser(t.db, 'UPLOADER', { hospitalId: hospital.id });
  expect(await overview(colleague)).toMatchObject({ patients: 0, worklist: [] });

  const failed = await insertSample(t.db, lavage, uploader, {
    inferenceStatus: 'failed',
    error: 'damaged image',
  });
  const { system } = await overview(admin);
  expect(system).toMatchObject({ hospitals: expect.any(Number), usersPending: 0 });
  expect(system!.databaseBytes).toBeGreaterThan(1e6);
  const [{ bytes }] = (await t.db.select({ bytes: samples.sizeBytes }).from(samples).limit(1)) as [
    { bytes: number },
  ];
  expect(system!.objectsBytes % bytes).toBe(0);
  expect(system!.recentFailures[0]).toEqual({
    jobId: failed.id,
    originalFilename: failed.originalFilename,
    error: 'damaged image',
    at: failed.createdAt,
  });
  const noted = await t.db.select().from(userActivityLog).where(eq(userActivityLog.userId, uploader.id));
  expect(noted.map((row) => row.metadata)).toContainEqual({ patients: [patient.id] });
});

test('a removed patient or sample is gone from it', async () => {
  const people = await insertStaff(t.db);
  const { patient, sample, lavage } = await insertPatientWithSample(t.db, people.uploader);
  const later = await insertSample(t.db, lavage, people.uploader);
  await t.db.update(samples).set({ deletedAt: later.createdAt }).where(eq(samples.id, sample.id));
  expect(await itemOf(people.annotator, lavage.id)).toMatchObject({ samples: { pending: 1 } });
  await t.as(people.uploader)('deletePatient', { params: { patientId: patient.id } });
  expect(await overview(people.annotator)).toMatchObject({
    patients: 0,
    samples: { pending: 0 },
    worklist: [],
  });
});
