import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_LABORATORY_SETTINGS } from '../../core/laboratory-settings.ts';
import { userActivityLog } from '../db/tables/operational.ts';
import { laboratorySettings } from '../db/tables/people.ts';
import {
  insertLavage,
  insertPatient,
  insertPatientWithSample,
  insertStaff,
  insertUser,
} from '../testing/factories.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

let test: TestApp;
beforeAll(async () => {
  test = await createTestApp();
});
afterAll(() => test.close());

async function scene() {
  const staff = await insertStaff(test.db);
  const made = await insertPatientWithSample(test.db, staff.uploader);
  const call = test.as(staff.annotator);
  const body = {
    patientId: made.patient.id,
    adequacy: 'adequate' as const,
    diagnosis: ['D86.0'],
  };
  return { ...staff, ...made, call, body };
}

async function expectRefusal(request: Promise<unknown>, code: string, more: object = {}) {
  await expect(request).rejects.toMatchObject({ code, ...more });
}

describe('POST /annotate/patient', () => {
  it('records adequacy and diagnoses for the only lavage, with the reading and an audit row', async () => {
    const { call, body, patient, lavage, annotator } = await scene();
    const reading = await call('createReading', { params: { id: lavage.id }, body: {} });
    const made = await call('annotatePatient', {
      body: {
        ...body,
        adequacyReasons: 'enough macrophages',
        pattern: 'lymphocytic',
        diagnosis: ['D86.0', { code: 'other', certainty: 'suggests' }],
        comments: 'granulomas?',
      },
    });
    expect(made).toMatchObject({
      patientId: patient.id,
      lavageId: lavage.id,
      readingId: reading.id,
      user: { id: annotator.id },
      adequacy: 'adequate',
      pattern: 'lymphocytic',
      diagnosis: [
        { code: 'D86.0', name: 'Sarcoidosis of lung', system: 'ICD-10-CM', certainty: 'consistent_with' },
        { code: 'other', system: 'local', certainty: 'suggests' },
      ],
      version: 1,
    });
    const listed = await call('listPatientAnnotations', { params: { patientId: patient.id } });
    expect(listed.items).toEqual([made]);
    const [logged] = await test.db
      .select()
      .from(userActivityLog)
      .where(eq(userActivityLog.entityId, made.id));
    expect(logged).toMatchObject({ activityType: 'diagnosis.create', userId: annotator.id });
  });

  it('asks which lavage when there are several', async () => {
    const { call, body, patient } = await scene();
    const second = await insertLavage(test.db, patient);
    await expectRefusal(call('annotatePatient', { body }), 'ambiguous_lavage', { status: 422 });
    const made = await call('annotatePatient', { body: { ...body, lavageId: second.id } });
    expect(made.lavageId).toBe(second.id);
  });

  it('refuses an unknown or repeated code, naming it', async () => {
    const { call, body } = await scene();
    await expectRefusal(
      call('annotatePatient', { body: { ...body, diagnosis: ['X99'] } }),
      'validation_failed',
      {
        message: expect.stringMatching(/X99.*laboratory-settings/),
      },
    );
    await expectRefusal(
      call('annotatePatient', { body: { ...body, diagnosis: ['J61', 'J61'] } }),
      'validation_failed',
    );
  });

  it('records a repeated request once', async () => {
    const { call, body, patient } = await scene();
    const request = { body, idempotencyKey: crypto.randomUUID() };
    const [first, second] = await Promise.all([
      call('annotatePatient', request),
      call('annotatePatient', request),
    ]);
    expect(second).toEqual(first);
    const { total } = await call('listPatientAnnotations', { params: { patientId: patient.id } });
    expect(total).toBe(1);
  });

  it("hides another laboratory's patient and another patient's lavage, and refuses uploaders", async () => {
    const { body, uploader, call, lavage } = await scene();
    const stranger = test.as(await insertUser(test.db, 'ANNOTATOR'));
    await expectRefusal(stranger('annotatePatient', { body }), 'not_found');
    await expectRefusal(
      stranger('listPatientAnnotations', { params: { patientId: body.patientId } }),
      'not_found',
    );
    await expectRefusal(test.as(uploader)('annotatePatient', { body }), 'forbidden');
    const empty = await insertPatient(test.db, uploader);
    await expectRefusal(
      call('annotatePatient', { body: { ...body, patientId: empty.id, lavageId: lavage.id } }),
      'not_found',
    );
  });
});

describe('PATCH /patient-annotations/:id', () => {
  it('corrects what is given, once a version', async () => {
    const { call, body, annotator } = await scene();
    const { id } = await call('annotatePatient', { body });
    const patch = (ifMatch: number, change: object) =>
      call('updatePatientAnnotation', { params: { id }, ifMatch, body: change });
    expect(await patch(1, { adequacy: 'inadequate' })).toMatchObject({
      adequacy: 'inadequate',
      diagnosis: [{ code: 'D86.0' }],
      version: 2,
    });
    await expectRefusal(patch(1, { comments: 'late' }), 'stale_version', {
      status: 412,
      current: { id, version: 2, adequacy: 'inadequate' },
    });
    await expectRefusal(patch(2, { diagnosis: ['X99'] }), 'validation_failed');
    const log = await test.db
      .select({ type: userActivityLog.activityType, userId: userActivityLog.userId })
      .from(userActivityLog)
      .where(eq(userActivityLog.entityId, id));
    expect(log).toEqual([
      { type: 'diagnosis.create', userId: annotator.id },
      { type: 'diagnosis.update', userId: annotator.id },
    ]);
  });

  it('keeps names of the catalogue it was made with, takes new codes from the present one', async () => {
    const { call, body, laboratoryId, patient } = await scene();
    const { id } = await call('annotatePatient', { body });
    const diagnoses = [{ code: 'lab-1', name: 'Local finding', system: 'local', version: '2' }];
    await test.db
      .insert(laboratorySettings)
      .values({ laboratoryId, version: 2, settings: { ...DEFAULT_LABORATORY_SETTINGS, diagnoses } });
    const { items } = await call('listPatientAnnotations', { params: { patientId: patient.id } });
    expect(items[0].diagnosis[0].name).toBe('Sarcoidosis of lung');
    const changed = await call('updatePatientAnnotation', {
      params: { id },
      ifMatch: 1,
      body: { diagnosis: ['lab-1'] },
    });
    expect(changed.diagnosis).toMatchObject([{ code: 'lab-1', name: 'Local finding' }]);
  });

  it("leaves a colleague's diagnosis alone, and hides it from one who reads blinded", async () => {
    const { call, body, laboratoryId, lavage, patient } = await scene();
    const { id } = await call('annotatePatient', { body });
    const colleague = test.as(await insertUser(test.db, 'ANNOTATOR', { laboratoryId }));
    const change = { params: { id }, ifMatch: 1, body: { adequacy: 'inadequate' as const } };
    await expectRefusal(colleague('updatePatientAnnotation', change), 'forbidden');
    await colleague('createReading', { params: { id: lavage.id }, body: { blinded: true } });
    const seen = await colleague('listPatientAnnotations', { params: { patientId: patient.id } });
    expect(seen.items).toEqual([]);
    await expectRefusal(colleague('updatePatientAnnotation', change), 'not_found');
    const stranger = test.as(await insertUser(test.db, 'ANNOTATOR'));
    await expectRefusal(stranger('updatePatientAnnotation', change), 'not_found');
  });
});
