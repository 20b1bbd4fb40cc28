import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { users } from './db/tables/people.ts';
import {
  insertDetectionRun,
  insertPatientWithSample,
  insertStaff,
  insertUser,
  TEST_PASSWORD,
} from './testing/factories.ts';
import { createTestApp, type TestApp } from './testing/test-app.ts';

// Two applications with connections, listeners and caches of their own, as two API processes on one database.
let one: TestApp;
let other: TestApp;
let staff: Awaited<ReturnType<typeof insertStaff>>;

beforeAll(async () => {
  one = await createTestApp();
  other = await createTestApp({ config: one.deps.config, objects: one.deps.objects });
  staff = await insertStaff(one.db);
});
afterAll(async () => {
  await other?.close();
  await one?.close();
});

async function signInAtOne() {
  const user = await insertUser(one.db, 'UPLOADER');
  const payload = { email: user.email, password: TEST_PASSWORD };
  const { access_token: token } = (
    await one.inject({ method: 'POST', url: '/api/v1/login', payload })
  ).json();
  const headers = { authorization: `Bearer ${token}` };
  const statusAt = async (app: TestApp) => (await app.inject({ url: '/api/v1/me', headers })).statusCode;
  return { user, headers, statusAt };
}

test('who signed in at one process is known to the other', async () => {
  const { statusAt } = await signInAtOne();
  expect([await statusAt(one), await statusAt(other)]).toEqual([200, 200]);
});

test('who signed out at one is refused by the other at the next request', async () => {
  const { headers, statusAt } = await signInAtOne();
  expect(await statusAt(other)).toBe(200);
  await one.inject({ method: 'POST', url: '/api/v1/logout', headers });
  expect(await statusAt(other)).toBe(401);
});

test('who was disabled at one is refused by the other at the next request', async () => {
  const { user, statusAt } = await signInAtOne();
  expect(await statusAt(other)).toBe(200);
  const disable = { params: { id: user.id }, body: { status: 'disabled' }, ifMatch: user.version } as const;
  await one.as(staff.admin)('updateUser', disable);
  expect(await statusAt(other)).toBe(401);
  const [{ status }] = await other.db.select().from(users).where(eq(users.id, user.id));
  expect(status).toBe('disabled');
});

test('guesses at one account are counted by both processes together', async () => {
  const config = {
    ...one.deps.config,
    rateLimits: { ...one.deps.config.rateLimits, loginsPerMinute: 4 },
  };
  const strict = [await createTestApp({ config }), await createTestApp({ config })];
  try {
    const { email } = await insertUser(one.db, 'UPLOADER');
    const statuses = [];
    for (let attempt = 0; attempt < 6; attempt++) {
      const payload = { email, password: 'wrong' };
      const remoteAddress = `192.0.2.${attempt}`;
      const guess = { method: 'POST', url: '/api/v1/login', remoteAddress, payload } as const;
      statuses.push((await strict[attempt % 2].inject(guess)).statusCode);
    }
    expect(statuses).toEqual([401, 401, 401, 401, 429, 429]);
  } finally {
    await Promise.all(strict.map((app) => app.close()));
  }
});

test('cells saved at one process are announced to the readers at the other', async () => {
  const { sample } = await insertPatientWithSample(one.db, staff.uploader);
  await insertDetectionRun(one.db, sample);
  const address = await other.app.listen({ port: 0 });
  const reader = await insertUser(one.db, 'ANNOTATOR', {
    laboratoryId: staff.laboratoryId,
    hospitalId: staff.hospital.id,
  });
  const stop = new AbortController();
  const response = await fetch(`${address}/api/v1/events`, {
    headers: { authorization: `Bearer ${await other.tokenOf(reader)}` },
    signal: stop.signal,
  });
  let heard = '';
  const reading = (async () => {
    for await (const chunk of response.body!) heard += new TextDecoder().decode(chunk);
  })().catch(() => {});
  await one.as(staff.annotator)('annotate', {
    body: {
      sampleId: sample.id,
      annotations: [{ cellCoordinates: { x: 10, y: 10, width: 30, height: 30 }, cellType: 'WBC-Lymphocyte' }],
    },
  });
  await vi.waitFor(() => {
    expect(heard).toContain('event: annotation.saved');
    expect(heard).toContain(sample.id);
  });
  stop.abort();
  await reading;
});

test('settings and lists changed at one process are at once those of the other', async () => {
  const { lavage } = await insertPatientWithSample(one.db, staff.uploader);
  const params = { id: lavage.id };
  const presetsAt = async (app: TestApp) => {
    const { presets, settingsVersion } = await app.as(staff.annotator)('detectionPresets', { params });
    return { names: presets.map(({ name }) => name), settingsVersion };
  };
  const before = await presetsAt(other);
  const body = { name: 'pale', parameters: {} };
  await one.as(staff.annotator)('saveDetectionPreset', { params, body });
  const after = await presetsAt(other);
  expect(after.names).toContain('pale');
  expect(after.settingsVersion).toBe(before.settingsVersion + 1);

  const count = async () => (await other.as(staff.uploader)('listPatients', { query: {} })).total;
  const patientsBefore = await count();
  await one.as(staff.uploader)('createPatient', { body: { name: 'New', age: 50, gender: 'female' } });
  expect(await count()).toBe(patientsBefore + 1);
});
