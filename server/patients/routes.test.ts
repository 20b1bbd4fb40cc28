import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { userActivityLog } from '../db/tables/operational.ts';
import { patients } from '../db/tables/patients.ts';
import { hospitals } from '../db/tables/people.ts';
import {
  insertHospital,
  insertPatient,
  insertPatientWithSample,
  insertStaff,
  insertUser,
} from '../testing/factories.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

let t: TestApp;
let staff: Awaited<ReturnType<typeof insertStaff>>;
let elsewhere: Awaited<ReturnType<typeof insertStaff>>;
beforeAll(async () => {
  t = await createTestApp();
  staff = await insertStaff(t.db);
  elsewhere = await insertStaff(t.db);
});
afterAll(() => t?.close());

const anna = { name: 'Anna Berg', age: 61, gender: 'female' as const };
const mrn = () => ({ value: crypto.randomUUID(), type: 'MRN', issuer: 'Lakeside' });
const activities = (entityId: string, activityType: string) =>
  t.db
    .select()
    .from(userActivityLog)
    .where(and(eq(userActivityLog.entityId, entityId), eq(userActivityLog.activityType, activityType)));

describe('creating', () => {
  test("an uploader's patient belongs to the uploader's hospital; the log knows who", async () => {
    const identifiers = [mrn()];
    const patient = await t.as(staff.uploader)('createPatient', {
      body: { ...anna, identifiers, dateOfBirth: '1965-02-03', sex: 'female' },
    });
    expect(patient).toMatchObject({
      ...anna,
      contact: '',
      identifiers,
      dateOfBirth: '1965-02-03',
      hospital: { id: staff.hospital.id, name: staff.hospital.name },
      version: 1,
    });
    expect((await activities(patient.id, 'patient.create'))[0]).toMatchObject({ userId: staff.uploader.id });
  });

  test('administrators name the hospital, uploaders may not name another', async () => {
    const admin = t.as(staff.admin);
    const { id } = staff.hospital;
    expect((await admin('createPatient', { body: { ...anna, hospitalId: id } })).hospital.id).toBe(id);
    await expect(admin('createPatient', { body: anna })).rejects.toMatchObject({
      status: 422,
      errors: [{ path: 'hospital_id' }],
    });
    const nowhere = { ...anna, hospitalId: crypto.randomUUID() };
    await expect(admin('createPatient', { body: nowhere })).rejects.toMatchObject({ status: 422 });
    const other = { ...anna, hospitalId: elsewhere.hospital.id };
    await expect(t.as(staff.uploader)('createPatient', { body: other })).rejects.toMatchObject({
      status: 403,
    });
    await expect(t.as(staff.annotator)('createPatient', { body: anna })).rejects.toMatchObject({
      status: 403,
    });
  });

  test("an identifier is one patient's only; the answer names it and nothing is left behind", async () => {
    const identifier = mrn();
    const call = t.as(staff.uploader);
    await call('createPatient', { body: { ...anna, identifiers: [identifier] } });
    const name = `Second ${crypto.randomUUID()}`;
    const second = { ...anna, name, identifiers: [mrn(), identifier] };
    await expect(call('createPatient', { body: second })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`MRN ${identifier.value}`),
    });
    expect(await t.db.select().from(patients).where(eq(patients.name, name))).toEqual([]);
  });

  test('ten at once with one identifier: one is created', async () => {
    const body = { ...anna, identifiers: [mrn()] };
    const call = t.as(staff.uploader);
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, () => call('createPatient', { body })),
    );
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'conflict' });
    }
  });

  test('the same request under one key is done once; another under that key is refused', async () => {
    const call = t.as(staff.uploader);
    const request = {
      body: { ...anna, name: `Once ${crypto.randomUUID()}` },
      idempotencyKey: crypto.randomUUID(),
    };
    const answers = await Promise.all([call('createPatient', request), call('createPatient', request)]);
    expect(answers[1]).toEqual(answers[0]);
    expect(await activities(answers[0].id, 'patient.create')).toHaveLength(1);
    await expect(
      call('createPatient', { ...request, body: { ...anna, name: 'Another' } }),
    ).rejects.toMatchObject({ code: 'idempotency_mismatch' });
  });

  test.each([
    ['an unknown field', { created_by: crypto.randomUUID() }],
    ['an age of minus one', { age: -1 }],
    ['a missing name', { name: ' ' }],
    ['a character that cannot be stored', { name: 'A\u0000B' }],
    ['a day that is none', { date_of_birth: '1999-02-30' }],
    ['a year that cannot be stored', { date_of_birth: '0000-01-01' }],
  ])('refuses %s', async (_, changes) => {
    const response = await t.inject({
      method: 'POST',
      url: '/api/v1/patients',
      headers: { authorization: `Bearer ${await t.tokenOf(staff.uploader)}` },
      payload: { ...anna, ...changes },
    });
    expect(response.statusCode).toBe(422);
    expect(response.json().code).toBe('validation_failed');
  });
});

describe('who sees a patient', () => {
  test('hospital, laboratory and administrators; for others there is none', async () => {
    const { patient } = await insertPatientWithSample(t.db, staff.uploader);
    const colleague = await insertUser(t.db, 'UPLOADER', { hospitalId: staff.hospital.id });
    const request = { params: { patientId: patient.id } };
    for (const user of [staff.uploader, colleague, staff.annotator, staff.admin, elsewhere.admin]) {
      const seen = await t.as(user)('getPatient', request);
      expect(seen).toMatchObject({
        id: patient.id,
        sampleCount: 1,
        samplesByStatus: { pending: 1, failed: 0 },
      });
    }
    for (const user of [elsewhere.uploader, elsewhere.annotator]) {
      const call = t.as(user);
      await expect(call('getPatient', request)).rejects.toMatchObject({ status: 404 });
      const listed = await call('listPatients', { query: { q: patient.name } });
      expect(listed).toMatchObject({ items: [], total: 0 });
    }
    const change = { ...request, body: { name: 'Stolen' }, ifMatch: 1 };
    await expect(t.as(elsewhere.uploader)('updatePatient', change)).rejects.toMatchObject({ status: 404 });
    await expect(t.as(elsewhere.uploader)('deletePatient', request)).rejects.toMatchObject({ status: 404 });
    expect((await t.db.select().from(patients).where(eq(patients.id, patient.id)))[0]).toEqual(patient);
    const reads = await activities(patient.id, 'patient.read');
    expect(reads.map((row) => row.userId).sort()).toEqual(
      [staff.uploader, colleague, staff.annotator, staff.admin, elsewhere.admin].map(({ id }) => id).sort(),
    );
  });

  test('where uploaders do not share, each sees their own', async () => {
    const hospital = await insertHospital(t.db, { uploadersShare: false });
    const [one, other] = await Promise.all(
      [1, 2].map(() => insertUser(t.db, 'UPLOADER', { hospitalId: hospital.id })),
    );
    const patient = await insertPatient(t.db, one);
    const request = { params: { patientId: patient.id } };
    expect((await t.as(one)('getPatient', request)).id).toBe(patient.id);
    await expect(t.as(other)('getPatient', request)).rejects.toMatchObject({ status: 404 });
    await t.db.update(hospitals).set({ uploadersShare: true }).where(eq(hospitals.id, hospital.id));
    expect((await t.as(other)('getPatient', request)).id).toBe(patient.id);
  });
});

describe('correcting and removing', () => {
  test('changes what is given and keeps the rest', async () => {
    const call = t.as(staff.uploader);
    const kept = mrn();
    const created = await call('createPatient', {
      body: { ...anna, contact: 'ward 3', identifiers: [kept] },
    });
    const params = { patientId: created.id };
    const aged = await call('updatePatient', { params, ifMatch: 1, body: { age: 62, dateOfBirth: null } });
    expect(aged).toEqual({ ...created, age: 62, version: 2 });
    const replaced = mrn();
    const renumbered = await call('updatePatient', { params, ifMatch: 2, body: { identifiers: [replaced] } });
    expect(renumbered.identifiers).toEqual([replaced]);
    await call('createPatient', { body: { ...anna, identifiers: [kept] } });
    expect((await activities(created.id, 'patient.update')).map((row) => row.metadata)).toEqual(
      expect.arrayContaining([{ fields: ['age', 'dateOfBirth'] }, { fields: ['identifiers'] }]),
    );
  });

  test('empties day of birth and sex', async () => {
    const call = t.as(staff.uploader);
    const { id } = await call('createPatient', {
      body: { ...anna, dateOfBirth: '1964-02-29', sex: 'female' },
    });
    const params = { patientId: id };
    const emptied = await call('updatePatient', {
      params,
      ifMatch: 1,
      body: { dateOfBirth: null, sex: null },
    });
    expect(emptied).toMatchObject({ dateOfBirth: null, sex: null, version: 2 });
    expect(await call('getPatient', { params })).toMatchObject({ dateOfBirth: null, sex: null });
  });

  test('fifty at once with one version: one wins, the others get the row as it is', async () => {
    const patient = await insertPatient(t.db, staff.uploader);
    const call = t.as(staff.uploader);
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, (_, age) =>
        call('updatePatient', { params: { patientId: patient.id }, ifMatch: 1, body: { age } }),
      ),
    );
    const won = results.filter((result) => result.status === 'fulfilled').map((result) => result.value);
    expect(won).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'fulfilled') continue;
      expect(result.reason).toMatchObject({
        status: 412,
        code: 'stale_version',
        current: { id: patient.id, version: 2, age: won[0].age, created_at: patient.createdAt },
      });
    }
    expect(await activities(patient.id, 'patient.update')).toHaveLength(1);
  });

  test('a change without If-Match, or without a role for it, is refused', async () => {
    const patient = await insertPatient(t.db, staff.uploader);
    const request = { params: { patientId: patient.id }, body: { age: 1 } };
    await expect(t.as(staff.uploader)('updatePatient', request)).rejects.toMatchObject({ status: 428 });
    await expect(t.as(staff.annotator)('updatePatient', { ...request, ifMatch: 1 })).rejects.toMatchObject({
      status: 403,
    });
  });

  test('removing hides the patient and erases nothing [retention]', async () => {
    const patient = await insertPatient(t.db, staff.uploader);
    const request = { params: { patientId: patient.id } };
    const call = t.as(staff.uploader);
    await call('deletePatient', request);
    await expect(call('getPatient', request)).rejects.toMatchObject({ status: 404 });
    await expect(call('deletePatient', request)).rejects.toMatchObject({ status: 404 });
    await expect(t.as(staff.admin)('getPatient', request)).rejects.toMatchObject({ status: 404 });
    const [row] = await t.db.select().from(patients).where(eq(patients.id, patient.id));
    expect(row).toMatchObject({ name: patient.name, deletedAt: expect.any(String) });
    expect(await activities(patient.id, 'patient.delete')).toHaveLength(1);
  });
});
