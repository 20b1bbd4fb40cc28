import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { API_BASE, type Api, api, type RouteName } from '../contract/api.ts';
import { createClient } from '../contract/client.ts';
import type { CallInput, CallResult, RouteDefinition } from '../contract/route.ts';
import { samples } from './db/tables/patients.ts';
import { secondFactors } from './db/tables/people.ts';
import { openS3Objects } from './platform/objects-s3.ts';
import { packTiles } from './platform/tile-pyramid.ts';
import { testAws } from './testing/aws.ts';
import {
  insertDetectionRun,
  insertPatient,
  insertStaff,
  insertUser,
  TEST_PASSWORD,
} from './testing/factories.ts';
import { fieldImage } from './testing/image-files.ts';
import { createTestApp, type TestApp } from './testing/test-app.ts';

let t: TestApp;
let origin: string;
let staff: Awaited<ReturnType<typeof insertStaff>>;
beforeAll(async () => {
  t = await createTestApp();
  origin = await t.app.listen({ port: 0, host: '127.0.0.1' });
  staff = await insertStaff(t.db);
});
afterAll(() => t?.close());

const FAR = { value: '4711', type: 'MRN', issuer: 'Lakeside' };

/** Statuses that each route was seen to answer with. */
const answered = new Map<string, Set<number>>();

function note(name: RouteName, status: number): void {
  answered.set(name, (answered.get(name) ?? new Set()).add(status));
}

/** Calls the API over the network as this user. */
async function callerOf(app: TestApp, base: string, user?: Parameters<TestApp['tokenOf']>[0]) {
  const headers: Record<string, string> = user ? { authorization: `Bearer ${await app.tokenOf(user)}` } : {};
  return async <K extends RouteName>(name: K, input: CallInput<Api[K]>): Promise<CallResult<Api[K]>> => {
    const call = createClient({
      base,
      headers: () => headers,
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        note(name, response.status);
        return response;
      },
    });
    return call(name, input);
  };
}

const get = async (name: RouteName, url: string, headers: Record<string, string>) => {
  const stop = new AbortController();
  const response = await fetch(origin + url, { headers, signal: stop.signal, redirect: 'manual' });
  note(name, response.status);
  stop.abort();
  return response;
};

async function signUp(): Promise<void> {
  const anyone = await callerOf(t, origin);
  await anyone('signInOptions', {});
  await anyone('health', {});
  await anyone('ready', {});
  const person = { name: 'Noa', role: 'UPLOADER', hospital: 'Lakeside', location: 'Lakes' } as const;
  const body = { ...person, email: 'noa@example.org', password: TEST_PASSWORD };
  await anyone('register', { body });
  await anyone('login', { body: { email: body.email, password: body.password } });
  const auth = { ...t.deps.config.auth, registration: 'approval' as const };
  // Only a closed queue of PostgreSQL is not ready; SQS is asked without one.
  const byApproval = await createTestApp({ backend: 'local', config: { auth } });
  try {
    const base = await byApproval.app.listen({ port: 0, host: '127.0.0.1' });
    await (await callerOf(byApproval, base))('register', { body });
    await byApproval.deps.jobs.close();
    await (await callerOf(byApproval, base))('ready', {}).catch(() => undefined);
  } finally {
    await byApproval.close();
  }
}

async function ownAccount(): Promise<void> {
  const user = await insertUser(t.db, 'ANNOTATOR', { laboratoryId: staff.laboratoryId });
  const own = await callerOf(t, origin, user);
  await own('me', {});
  await own('updateMe', { body: { name: 'Rae' } });
  await own('refreshToken', {});
  await own('changeSecondFactor', { body: { action: 'enrol', currentPassword: TEST_PASSWORD } });
  await own('logActivity', { body: { activityType: 'note', description: 'A note' } });
  const other = await t.as(user)('listSessions', {});
  const { items } = await own('listSessions', {});
  const another = items.find(({ current }) => !current) ?? other.items[0];
  await own('endSession', { params: { id: another.id } });
  await own('endOtherSessions', {});
  await own('changePassword', { body: { currentPassword: TEST_PASSWORD, newPassword: 'a new long one' } });
  const leaving = await insertUser(t.db, 'UPLOADER', { hospitalId: staff.hospital.id });
  await (await callerOf(t, origin, leaving))('logout', {});
}

async function patientWithSample() {
  const call = await callerOf(t, origin, staff.uploader);
  const body = { name: 'Anna', age: 61, gender: 'female', contact: '' } as const;
  const patient = await call('createPatient', { body });
  const params = { patientId: patient.id };
  await call('updatePatient', { params, ifMatch: 1, body: { age: 62 } });
  await call('getPatient', { params });
  await call('listPatients', { query: {} });
  const lavage = await call('createLavage', { params, body: {} });
  const ofLavage = { params: { id: lavage.id } };
  await call('updateLavage', { ...ofLavage, ifMatch: 1, body: { site: 'Lingula' } });
  await call('listLavages', { params });
  const slide = await call('createSlide', { ...ofLavage, body: { label: 'A' } });
  await call('updateSlide', { params: { id: slide.id }, ifMatch: 1, body: { label: 'B' } });
  await call('listSlides', ofLavage);
  const form = new FormData();
  form.append('patient_id', patient.id);
  form.append('file', new Blob([new Uint8Array(await fieldImage())]), 'field_1.png');
  const { samples } = await call('uploadImages', { body: form });
  const [{ jobId }] = samples;
  await insertDetectionRun(t.db, { id: jobId });
  await uploadResumably(patient.id);
  await call('listSamples', { query: {} });
  await call('listPatientSamples', { params, query: {} });
  const sample = await call('getSample', { params: { jobId } });
  await get('getObject', sample.originalUrl, {});
  await get('getObject', sample.originalUrl, { range: 'bytes=0-9' });
  await insertTiles(sample);
  const headers = { authorization: `Bearer ${await t.tokenOf(staff.uploader)}` };
  await get('getTile', `${API_BASE}/samples/${jobId}/tiles/0/0/0`, headers);
  const { objects } = t.deps;
  const reachable = { ...testAws(), bucket: 'images', publicEndpointUrl: testAws().endpointUrl };
  objects.presignGet = openS3Objects(reachable).presignGet;
  await get('getObject', sample.originalUrl, {});
  objects.presignGet = undefined;
  return { patient, lavage, sample };
}

/** As of a large image. */
async function insertTiles({ jobId, width, height }: Case['sample']): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'balscope-tiles-'));
  const file = path.join(folder, 'tile.jpeg');
  writeFileSync(file, await fieldImage('jpeg', { width: 64, height: 64 }));
  await packTiles({ width, height }, () => file, path.join(folder, 'tiles'));
  const tilesKey = `samples/${jobId}/tiles`;
  await t.deps.objects.put(tilesKey, createReadStream(path.join(folder, 'tiles')), { maxBytes: 1e6 });
  await t.db.update(samples).set({ tilesKey }).where(eq(samples.id, jobId));
  rmSync(folder, { recursive: true });
}

async function uploadResumably(patientId: string): Promise<void> {
  const tus = { authorization: `Bearer ${await t.tokenOf(staff.uploader)}`, 'tus-resumable': '1.0.0' };
  const say = async (name: RouteName, url: string, init: RequestInit) => {
    const response = await fetch(new URL(url, origin), { ...init, headers: { ...tus, ...init.headers } });
    note(name, response.status);
    return response;
  };
  const begin = async (length: number) => {
    const metadata = `patient_id ${Buffer.from(patientId).toString('base64')}`;
    const headers = { 'upload-length': String(length), 'upload-metadata': metadata };
    const { headers: answer } = await say('createUpload', '/api/v1/uploads', { method: 'POST', headers });
    return answer.get('location') ?? '';
  };
  await say('uploadCapabilities', '/api/v1/uploads', { method: 'OPTIONS' });
  const bytes = new Uint8Array(await fieldImage('png', { seed: 2 }));
  const url = await begin(bytes.length);
  const call = await callerOf(t, origin, staff.uploader);
  await call('listUploads', {});
  await say('uploadOffset', url, { method: 'HEAD' });
  const headers = { 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' };
  await say('continueUpload', url, { method: 'PATCH', headers, body: bytes });
  await call('getUpload', { params: { id: url.split('/').at(-1) ?? '' } });
  await say('discardUpload', await begin(9), { method: 'DELETE' });
}

type Case = Awaited<ReturnType<typeof patientWithSample>>;

async function read({ patient, lavage, sample }: Case): Promise<void> {
  const call = await callerOf(t, origin, staff.annotator);
  const ofSample = { params: { jobId: sample.jobId } };
  const ofLavage = { params: { id: lavage.id } };
  const url = `/api/v1/samples/${sample.jobId}/cells`;
  const authorization = `Bearer ${await t.tokenOf(staff.annotator)}`;
  const first = await get('sampleCells', url, { authorization });
  await get('sampleCells', url, { authorization, 'if-none-match': first.headers.get('etag') ?? '' });
  await call('detectionParameters', {});
  await call('detectCells', { body: { sampleId: sample.jobId } });
  await call('dynamicDetect', { query: { sampleId: sample.jobId } });
  await call('saveDetectionPreset', { ...ofLavage, body: { name: 'Pale', parameters: {} } });
  await call('detectionPresets', ofLavage);
  await call('removeDetectionPreset', { ...ofLavage, query: { name: 'Pale' } });
  await call('laboratorySettings', { query: {} });
  const reading = await call('createReading', { ...ofLavage, body: {} });
  await call('listReadings', ofLavage);
  const cell = { cellCoordinates: { x: 5, y: 5, width: 20, height: 20 }, cellType: 'WBC-Lymphocyte' };
  const { annotations } = await call('annotate', {
    body: { sampleId: sample.jobId, annotations: [cell, cell] },
  });
  const params = { id: annotations[0].id };
  await administerCells(annotations[1].id);
  await call('listAnnotations', { ...ofSample, query: {} });
  await call('updateAnnotation', { params, ifMatch: 1, body: { comments: 'small' } });
  await call('deleteAnnotation', { params });
  await call('updateReading', {
    params: { id: reading.id },
    ifMatch: reading.version,
    body: { fields: [{ sampleId: sample.jobId, state: 'complete' }] },
  });
  await call('getDifferential', { ...ofLavage, query: {} });
  await call('getAgreement', ofLavage);
  const diagnosis = { adequacy: 'adequate' as const, diagnosis: ['normal'] };
  const recorded = await call('annotatePatient', { body: { patientId: patient.id, ...diagnosis } });
  await call('updatePatientAnnotation', {
    params: { id: recorded.id },
    ifMatch: 1,
    body: { adequacy: 'inadequate' },
  });
  await call('listPatientAnnotations', { params: { patientId: patient.id } });
  const admin = await callerOf(t, origin, staff.admin);
  const { items } = await admin('listAllPatientAnnotations', { query: {} });
  const ofDiagnosis = { params: { id: items[0].id }, ifMatch: items[0].version };
  await admin('updateAnyPatientAnnotation', { ...ofDiagnosis, body: { comments: 'seen' } });
  await admin('deletePatientAnnotation', { ...ofDiagnosis, ifMatch: items[0].version + 1 });
  await admin('deletePatientAnnotations', { body: { patientAnnotationIds: [recorded.id] } });
  await get('events', '/api/v1/events', { authorization });
}

async function administerCells(id: string): Promise<void> {
  const call = await callerOf(t, origin, staff.admin);
  const many = { annotationIds: [id] };
  await call('listAllAnnotations', { query: {} });
  await call('updateAnyAnnotation', { params: { id }, ifMatch: 1, body: { comments: 'large' } });
  await call('relabelAnnotations', { body: { ...many, cellType: 'WBC-Macrophage' } });
  await call('deleteAnyAnnotation', { params: { id }, ifMatch: 3 });
  await call('deleteAnnotations', { body: many });
}

async function administer({ patient, lavage, sample }: Case): Promise<void> {
  const call = await callerOf(t, origin, staff.admin);
  await call('overview', {});
  await call('backgroundProcesses', {});
  const hospital = await call('createHospital', { body: { name: 'Hilltop', location: 'Hills' } });
  await call('updateHospital', { params: { id: hospital.id }, ifMatch: 1, body: { uploadersShare: false } });
  await call('listHospitals', { query: {} });
  const body = {
    name: 'Uma',
    email: 'uma@example.org',
    role: 'UPLOADER',
    hospital: { id: hospital.id },
  } as const;
  const { user } = await call('createUser', { body });
  await call('updateUser', { params: { id: user.id }, ifMatch: 1, body: { name: 'Una' } });
  const { link } = await call('resetPassword', { params: { id: user.id } });
  const token = new URL(link).hash.slice(1);
  await (await callerOf(t, origin))('redeemPasswordLink', {
    body: { token, newPassword: 'seven quiet herons' },
  });
  await t.db.insert(secondFactors).values({
    userId: user.id,
    secret: new Uint8Array(),
    confirmedAt: user.createdAt,
    recoveryHashes: [],
  });
  await call('resetSecondFactor', { params: { id: user.id } });
  const pending = await insertUser(t.db, 'ANNOTATOR', { status: 'pending' });
  await call('approveUser', { params: { id: pending.id }, ifMatch: 1, body: { role: 'ANNOTATOR' } });
  await call('listUsers', { query: {} });
  await call('disableUsers', { body: { userIds: [pending.id] } });
  const idle = await insertUser(t.db, 'UPLOADER');
  await call('deleteUser', { params: { id: idle.id }, ifMatch: 1 });
  await call('deleteHospital', { params: { id: idle.hospitalId ?? '' }, ifMatch: 1 });
  await call('listAllPatients', { query: {} });
  await call('listAllSamples', { query: {} });
  await call('updateSample', { params: { jobId: sample.jobId }, body: { objective: '40x' } });
  await call('reprocessSample', { params: { jobId: sample.jobId } });
  await call('reprocessLavage', { params: { id: lavage.id } });
  await call('processingStatus', {});
  await call('processWaiting', {});
  await call('cleanupStuckSamples', {});
  await call('listDeadLetters', { query: {} });
  await call('redriveDeadLetters', {});
  const far = await insertPatient(t.db, staff.uploader, { identifiers: [FAR] });
  const stranger = await callerOf(t, origin, await insertUser(t.db, 'UPLOADER'));
  const access = await stranger('openEmergencyAccess', {
    body: { identifier: FAR, reason: 'It cannot wait until tomorrow' },
  });
  expect(access.patientId).toBe(far.id);
  await stranger('listEmergencyAccesses', {});
  await call('listAllEmergencyAccesses', { query: {} });
  await call('reviewEmergencyAccess', { params: { id: access.id }, body: { end: true } });
  await call('allowReopening', { params: { id: access.id } });
  const { settings, version } = await call('getSettings', { query: {} });
  await call('replaceSettings', { query: {}, ifMatch: version, body: settings });
  await call('listActivities', { query: {} });
  await call('verifyActivities', {});
  await get('metrics', '/metrics', {});
  await call('reprocessSamples', { body: { jobIds: [sample.jobId] } });
  await call('deleteSample', { params: { jobId: sample.jobId } });
  await call('deleteSamples', { body: { jobIds: [sample.jobId] } });
  await call('deletePatient', { params: { patientId: patient.id } });
}

test('every route answers with the statuses that its description names, and with all of them', async () => {
  await signUp();
  await ownAccount();
  const made = await patientWithSample();
  await read(made);
  await administer(made);

  const { paths } = (await t.inject('/api/v1/openapi.json')).json();
  for (const [name, route] of Object.entries(api as Record<string, RouteDefinition>)) {
    const path = `/api/v1${route.path.replace(/:(\w+)/g, '{$1}')}`;
    const described = Object.keys(paths[path][route.method.toLowerCase()].responses).map(Number);
    const alsoAnswers = route.alsoAnswers ?? [];
    const named = described.filter((status) => status < 400 || alsoAnswers.includes(status));
    expect([name, [...(answered.get(name) ?? [])].sort()]).toEqual([name, named.sort()]);
  }
});
