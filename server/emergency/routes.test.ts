import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { userActivityLog } from '../db/tables/operational.ts';
import { emergencyAccesses } from '../db/tables/people.ts';
import { insertLavage, insertPatient, insertSample, insertStaff, insertUser } from '../testing/factories.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

let t: TestApp;
let staff: Awaited<ReturnType<typeof insertStaff>>;
beforeAll(async () => {
  t = await createTestApp();
  staff = await insertStaff(t.db);
});
afterAll(() => t?.close());

/** A patient of the staff's hospital, with an image. */
async function insertFarPatient() {
  const identifier = { value: crypto.randomUUID(), type: 'MRN', issuer: 'Lakeside' };
  const patient = await insertPatient(t.db, staff.uploader, { identifiers: [identifier] });
  const lavage = await insertLavage(t.db, patient);
  const sample = await insertSample(t.db, lavage, staff.uploader);
  return { identifier, patient, lavage, sample };
}

const reason = 'Intubated in our emergency room tonight';
const open = (user: Parameters<TestApp['as']>[0], identifier: object) =>
  t.as(user)('openEmergencyAccess', { body: { identifier, reason } as never });
const acts = (id: string) => t.db.select().from(userActivityLog).where(eq(userActivityLog.entityId, id));

describe.each(['UPLOADER', 'ANNOTATOR'] as const)('in an emergency, an %s of another hospital', (role) => {
  test('reads the patient for an hour, with a reason, and administrators see it [break-glass]', async () => {
    const { identifier, patient, lavage, sample } = await insertFarPatient();
    const stranger = await insertUser(t.db, role);
    const call = t.as(stranger);
    const params = { patientId: patient.id };
    await expect(call('getPatient', { params })).rejects.toMatchObject({ status: 404 });

    const access = await open(stranger, identifier);
    expect(access).toMatchObject({ patientId: patient.id, reason });
    expect(Date.parse(access.expiresAt) - Date.parse(access.createdAt)).toBe(3600_000);
    expect(await call('getPatient', { params })).toMatchObject({ id: patient.id });
    await call('listLavages', { params });
    await call('getDifferential', { params: { id: lavage.id }, query: {} });
    await call('getSample', { params: { jobId: sample.id } });
    expect((await call('listEmergencyAccesses', {})).items).toEqual([access]);

    expect(await acts(patient.id)).toContainEqual(
      expect.objectContaining({ activityType: 'emergency.open', userId: stranger.id }),
    );
    const unreviewed = await t.as(staff.admin)('listAllEmergencyAccesses', { query: { reviewed: 'false' } });
    expect(unreviewed.items[0]).toMatchObject({
      id: access.id,
      user: { id: stranger.id },
      hospital: { id: staff.hospital.id },
      reason,
      reviewed: null,
    });
  });

  test('changes nothing and sees no other patient [break-glass]', async () => {
    const { identifier, patient, lavage, sample } = await insertFarPatient();
    const other = await insertFarPatient();
    const stranger = await insertUser(t.db, role);
    await open(stranger, identifier);
    const headers = { authorization: `Bearer ${await t.tokenOf(stranger)}`, 'if-match': '1' };
    const writes = [
      ['PATCH', `/patients/${patient.id}`, { name: 'x' }],
      ['DELETE', `/patients/${patient.id}`],
      ['POST', `/patients/${patient.id}/lavages`, {}],
      ['PATCH', `/lavages/${lavage.id}`, { site: 'x' }],
      ['POST', `/lavages/${lavage.id}/readings`, {}],
      ['POST', `/samples/${sample.id}/reprocess`, {}],
      ['DELETE', `/samples/${sample.id}`],
    ] as const;
    for (const [method, path, payload] of writes) {
      const { statusCode } = await t.inject({ method, url: `/api/v1${path}`, headers, payload });
      expect([404, 403], `${method} ${path}`).toContain(statusCode);
    }
    expect(await t.as(staff.uploader)('getPatient', { params: { patientId: patient.id } })).toMatchObject({
      version: 1,
      sampleCount: 1,
    });
    await expect(
      t.as(stranger)('getPatient', { params: { patientId: other.patient.id } }),
    ).rejects.toMatchObject({ status: 404 });
  });

  test('sees nothing any more once it expired or an administrator ended it', async () => {
    const { identifier, patient } = await insertFarPatient();
    const params = { patientId: patient.id };
    const stranger = await insertUser(t.db, role);
    const { id } = await open(stranger, identifier);
    const admin = t.as(staff.admin);
    const review = (end: boolean) => admin('reviewEmergencyAccess', { params: { id }, body: { end } });
    expect(await review(false)).toMatchObject({ reviewed: { by: staff.admin.name }, endedAt: null });
    await t.as(stranger)('getPatient', { params });
    expect((await review(true)).endedAt).not.toBeNull();
    await expect(t.as(stranger)('getPatient', { params })).rejects.toMatchObject({ status: 404 });
    expect((await t.as(stranger)('listEmergencyAccesses', {})).items).toEqual([]);

    const other = await insertUser(t.db, role);
    const { id: othersId } = await open(other, identifier);
    await t.as(other)('getPatient', { params });
    const expiresAt = new Date(Date.now() - 1000).toISOString();
    await t.db.update(emergencyAccesses).set({ expiresAt }).where(eq(emergencyAccesses.id, othersId));
    await expect(t.as(other)('getPatient', { params })).rejects.toMatchObject({ status: 404 });
    await open(other, identifier);
  });

  test('whose access was ended opens that patient no more until an administrator allows it [break-glass]', async () => {
    const { identifier, patient } = await insertFarPatient();
    const params = { patientId: patient.id };
    const stranger = await insertUser(t.db, role);
    const [{ id }] = [await open(stranger, identifier), await open(stranger, identifier)];
    const admin = t.as(staff.admin);
    await admin('reviewEmergencyAccess', { params: { id }, body: { end: true } });
    await expect(t.as(stranger)('getPatient', { params })).rejects.toMatchObject({ status: 404 });
    await expect(open(stranger, identifier)).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('Ask one to allow it again'),
    });
    await open(stranger, (await insertFarPatient()).identifier);
    await open(await insertUser(t.db, role), identifier);

    const barring = async () => {
      const { items } = await admin('listAllEmergencyAccesses', { query: { barring: 'true', perPage: 200 } });
      return items.filter(({ user }) => user.id === stranger.id);
    };
    expect(await barring()).toHaveLength(2);
    const allowed = await admin('allowReopening', { params: { id } });
    expect(allowed).toMatchObject({ endedAt: expect.any(String), reopeningAllowedAt: expect.any(String) });
    expect(await barring()).toEqual([]);
    expect(await acts(id)).toContainEqual(
      expect.objectContaining({ activityType: 'emergency.allow_reopening', userId: staff.admin.id }),
    );
    await expect(t.as(stranger)('getPatient', { params })).rejects.toMatchObject({ status: 404 });
    await open(stranger, identifier);
    await t.as(stranger)('getPatient', { params });
  });

  test('finds the patient marked in the list, with until when', async () => {
    const { identifier, patient } = await insertFarPatient();
    const stranger = await insertUser(t.db, role);
    await open(stranger, identifier);
    const { expiresAt } = await open(stranger, identifier);
    const list = (user: typeof stranger) => t.as(user)('listPatients', { query: { q: patient.id } });
    expect((await list(stranger)).items).toMatchObject([{ id: patient.id, emergencyUntil: expiresAt }]);
    expect((await list(staff.uploader)).items).toMatchObject([{ id: patient.id, emergencyUntil: null }]);
  });
});

test('is for patients that exist and are not the own ones, needs a reason, and no administrator', async () => {
  const { identifier } = await insertFarPatient();
  const stranger = await insertUser(t.db, 'UPLOADER');
  const wrong = { ...identifier, issuer: 'Hilltop' };
  await expect(open(stranger, wrong)).rejects.toMatchObject({ status: 404 });
  await expect(open(staff.uploader, identifier)).rejects.toMatchObject({ code: 'conflict' });
  await expect(open(staff.admin, identifier)).rejects.toMatchObject({ status: 403 });
  await expect(
    t.as(stranger)('openEmergencyAccess', { body: { identifier, reason: '  short ' } }),
  ).rejects.toMatchObject({ status: 422, errors: [{ path: 'reason' }] });
  const refused = await t.db.select().from(userActivityLog).where(eq(userActivityLog.userId, stranger.id));
  expect(refused).toMatchObject([
    { activityType: 'access.refused', description: 'Was refused POST /api/v1/emergency-accesses' },
  ]);
});

test('opens twenty patients an hour, wrong identifiers counted: nobody goes through the numbers of a hospital', async () => {
  const stranger = await insertUser(t.db, 'UPLOADER');
  const { identifier } = await insertFarPatient();
  for (let number = 1; number < 20; number++) {
    await expect(open(stranger, { ...identifier, value: `MRN-${number}` })).rejects.toMatchObject({
      status: 404,
    });
  }
  await open(stranger, identifier);
  await expect(open(stranger, (await insertFarPatient()).identifier)).rejects.toMatchObject({
    code: 'rate_limited',
  });
  await open(await insertUser(t.db, 'UPLOADER'), identifier);
});

test('the same request again opens nothing new', async () => {
  const { identifier } = await insertFarPatient();
  const stranger = await insertUser(t.db, 'ANNOTATOR');
  const request = { body: { identifier, reason }, idempotencyKey: crypto.randomUUID() };
  const first = await t.as(stranger)('openEmergencyAccess', request);
  expect(await t.as(stranger)('openEmergencyAccess', request)).toEqual(first);
  expect((await t.as(stranger)('listEmergencyAccesses', {})).items).toHaveLength(1);
});
