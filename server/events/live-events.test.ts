import Fastify from 'fastify';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { endAllSessions } from '../auth/queries.ts';
import { startSession } from '../auth/sessions.ts';
import { type LiveEvent, notify } from '../platform/notifications.ts';
import { insertPatientWithSample, insertStaff, insertUser } from '../testing/factories.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { openLiveEvents } from './live-events.ts';

let app: TestApp;
let address: string;
let staff: Awaited<ReturnType<typeof insertStaff>>;

beforeAll(async () => {
  app = await createTestApp();
  address = await app.app.listen({ port: 0 });
  staff = await insertStaff(app.db);
});
afterAll(() => app?.close());

async function listen(user: { id: string; securityVersion: number }) {
  const stop = new AbortController();
  const response = await fetch(`${address}/api/v1/events`, {
    headers: { authorization: `Bearer ${await app.tokenOf(user)}` },
    signal: stop.signal,
  });
  const heard = { text: '', ended: false };
  const reading = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body!) heard.text += decoder.decode(chunk, { stream: true });
  })();
  void reading
    .catch(() => {})
    .then(() => {
      heard.ended = true;
    });
  return { response, heard, stop: () => stop.abort() };
}

const statusOf = (sample: { id: string; patientId: string; lavageId: string }): LiveEvent => ({
  type: 'sample.status',
  jobId: sample.id,
  patientId: sample.patientId,
  lavageId: sample.lavageId,
  inferenceStatus: 'completed',
  error: null,
  cellCount: 7,
});

test('an event reaches each who may see the sample once, and nobody else', async () => {
  const { sample } = await insertPatientWithSample(app.db, staff.uploader);
  const stranger = await insertUser(app.db, 'UPLOADER');
  const [own, reader, other] = await Promise.all([staff.uploader, staff.annotator, stranger].map(listen));
  expect(own.response.headers.get('content-type')).toContain('text/event-stream');
  await app.db.transaction((tx) => notify(tx, statusOf(sample)));
  await vi.waitFor(() => {
    for (const { heard } of [own, reader]) expect(heard.text).toContain(sample.id);
  });
  await vi.waitFor(() => expect(other.heard.text).toContain('event: queue.stats'), { timeout: 4000 });
  expect(own.heard.text.match(/event: sample.status\ndata: (.*)\n/)?.[1]).toContain(`"cell_count":7`);
  expect(own.heard.text.split('event: sample.status')).toHaveLength(2);
  expect(other.heard.text).not.toContain(sample.id);
  for (const one of [own, reader, other]) one.stop();
});

test('what is rolled back is not announced', async () => {
  const { sample } = await insertPatientWithSample(app.db, staff.uploader);
  const { sample: later } = await insertPatientWithSample(app.db, staff.uploader);
  const own = await listen(staff.uploader);
  await app.db
    .transaction(async (tx) => {
      await notify(tx, statusOf(sample));
      throw new Error('rolled back');
    })
    .catch(() => {});
  await app.db.transaction((tx) => notify(tx, statusOf(later)));
  await vi.waitFor(() => expect(own.heard.text).toContain(later.id));
  expect(own.heard.text).not.toContain(sample.id);
  own.stop();
});

test('when the database connection is lost, streams end so that browsers fetch afresh, and listening goes on', async () => {
  const { sample } = await insertPatientWithSample(app.db, staff.uploader);
  const own = await listen(staff.uploader);
  await app.deps.database.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'balscope events' and datname = current_database()`,
  );
  await vi.waitFor(() => expect(own.heard.ended).toBe(true), { timeout: 5000 });
  const again = await listen(staff.uploader);
  await app.db.transaction((tx) => notify(tx, statusOf(sample)));
  await vi.waitFor(() => expect(again.heard.text).toContain(sample.id));
  again.stop();
});

test('a stream ends with its session', async () => {
  const user = await insertUser(app.db, 'UPLOADER');
  const session = await startSession(
    app.db,
    user,
    { accessTokenExpiryS: 60 },
    { userAgent: 'test', address: '127.0.0.1' },
  );
  const live = openLiveEvents(app.deps, { keepAliveMs: 50 });
  const bare = Fastify();
  const { id, name, role, hospitalId, laboratoryId, canSign } = user;
  const caller = {
    id,
    name,
    role,
    hospitalId,
    laboratoryId,
    canSign,
    sessionId: session.sessionId,
    emergencies: {},
    address: '',
    requestId: '',
  };
  bare.get('/events', async (request, reply) => {
    live.open(caller, request, reply);
    return reply;
  });
  const response = await fetch(`${await bare.listen({ port: 0 })}/events`);
  const reader = response.body!.getReader();
  const heard = async () => new TextDecoder().decode((await reader.read()).value);
  expect(await heard()).toContain('retry:');
  expect(await heard()).toBe(': still here\n\n');
  await endAllSessions(app.db, user.id);
  const deadline = Date.now() + 2000;
  while (!(await reader.read()).done) expect(Date.now()).toBeLessThan(deadline);
  live.close();
  await bare.close();
});

test('nobody listens without signing in', async () => {
  expect((await fetch(`${address}/api/v1/events`)).status).toBe(401);
});

test('a browser has a few streams open at once, not any number; a closed one makes room', async () => {
  const user = await insertUser(app.db, 'UPLOADER');
  const open = await Promise.all(Array.from({ length: 20 }, () => listen(user)));
  expect(open.every(({ response }) => response.status === 200)).toBe(true);
  const refused = await listen(user);
  expect(refused.response.status).toBe(429);
  expect((await listen(staff.uploader)).response.status).toBe(200);
  open[0].stop();
  await vi.waitFor(async () => expect((await listen(user)).response.status).toBe(200));
  for (const { stop } of open) stop();
});

test('who went away before the stream began leaves nothing behind', async () => {
  const user = await insertUser(app.db, 'UPLOADER');
  const authorization = `Bearer ${await app.tokenOf(user)}`;
  const blocked = await app.deps.database.pool.connect();
  await blocked.query('begin; lock table sessions in access exclusive mode');
  for (let n = 0; n < 25; n++) {
    const going = new AbortController();
    const gone = fetch(`${address}/api/v1/events`, { headers: { authorization }, signal: going.signal });
    setTimeout(() => going.abort(), 20);
    await gone.catch(() => {});
  }
  await blocked.query('rollback');
  blocked.release();
  const own = await listen(user);
  expect(own.response.status).toBe(200);
  own.stop();
});

test('asking for the headers alone opens no stream', async () => {
  const headers = { authorization: `Bearer ${await app.tokenOf(staff.uploader)}` };
  const signal = AbortSignal.timeout(3000);
  const response = await fetch(`${address}/api/v1/events`, { method: 'HEAD', headers, signal });
  expect(response.status).toBe(404);
});

test('open streams do not hold up the end of the server', async () => {
  const stopping = await createTestApp();
  const at = await stopping.app.listen({ port: 0 });
  const { uploader } = await insertStaff(stopping.db);
  const headers = { authorization: `Bearer ${await stopping.tokenOf(uploader)}` };
  const streams = await Promise.all([1, 2, 3].map(() => fetch(`${at}/api/v1/events`, { headers })));
  expect(streams[0].headers.get('connection')).toBe('close');
  const read = streams.map((response) => response.text());
  const startedAt = Date.now();
  await stopping.close();
  expect(Date.now() - startedAt).toBeLessThan(5000);
  await Promise.all(read);
}, 100_000);
