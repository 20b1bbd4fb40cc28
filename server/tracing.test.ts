import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Database } from './db/client.ts';
import { findFreePort } from './db/postgres-process.ts';
import { insertPatient, insertStaff, TEST_PASSWORD } from './testing/factories.ts';
import { fieldImage } from './testing/image-files.ts';
import { eventually, launch } from './testing/launched.ts';
import { createTestDatabase, type TestDatabase } from './testing/test-database.ts';
import { createTestServices } from './testing/test-services.ts';

interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  attributes: { key: string; value: unknown }[];
  service: string;
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'balscope-tracing-'));
const NAME = 'Zacharias Quellwasser';
const FILE = 'quellwasser-zacharias.png';
const SEARCHED = 'Quellwa';

let testDatabase: TestDatabase;
let database: Database;
/** All that the collector was sent, as it came. */
const received: string[] = [];
const authorizations = new Set<string | undefined>();
const collector = createServer(async (request, response) => {
  authorizations.add(request.headers.authorization);
  received.push(await text(request));
  response.setHeader('content-type', 'application/json').end('{}');
});

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = connect(testDatabase.uri);
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  collector.close();
  await database.close();
  await testDatabase.drop();
  rmSync(folder, { recursive: true });
});

function spans(): Span[] {
  return received
    .map((body) => JSON.parse(body))
    .flatMap(({ resourceSpans }) => resourceSpans)
    .flatMap(({ resource, scopeSpans }) => {
      const service = resource.attributes.find(({ key }: { key: string }) => key === 'service.name');
      return scopeSpans.flatMap((scope: { spans: Omit<Span, 'service'>[] }) =>
        scope.spans.map((span) => ({ ...span, service: service.value.stringValue })),
      );
    });
}

test('an upload is one trace, from its request in the API to its processing in the worker, without patient data', async () => {
  const { uploader } = await insertStaff(database.db);
  const patient = await insertPatient(database.db, uploader, { name: NAME });
  const port = await findFreePort();
  const env = {
    ...(await createTestServices()),
    SQL_URI: testDatabase.uri,
    DATA_DIR: folder,
    PORT: String(port),
    LOG_LEVEL: 'warn',
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20a%2Cb',
  };
  const running = ['api', 'worker'].map((role) => launch(['server/main.ts', role], env));
  const base = `http://127.0.0.1:${port}/api/v1`;
  await eventually(() =>
    fetch(`${base}/health`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  const signedIn = await fetch(`${base}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: uploader.email, password: TEST_PASSWORD }),
  });
  const headers = { authorization: `Bearer ${(await signedIn.json()).access_token}` };
  const form = new FormData();
  form.append('patient_id', patient.id);
  form.append('file', new Blob([new Uint8Array(await fieldImage())]), FILE);
  const upload = await fetch(`${base}/upload_img`, { method: 'POST', headers, body: form });
  expect(upload.status).toBe(201);
  const { samples } = await upload.json();
  const address = `${base}/samples/${samples[0].job_id}`;
  await eventually(async () => {
    const sample = await (await fetch(address, { headers })).json();
    return sample.inference_status === 'completed';
  });
  await fetch(`${base}/patients?q=${SEARCHED}`, { headers });
  for (const { child } of running) child.kill('SIGTERM');
  expect(await Promise.all(running.map(({ ended }) => ended))).toEqual([0, 0]);

  expect([...authorizations]).toEqual(['Bearer a,b']);
  const all = spans();
  const request = all.find(({ name }) => name === 'POST /api/v1/upload_img')!;
  expect(request.service).toBe('balscope-api');
  const trace = all.filter(({ traceId }) => traceId === request.traceId);
  const job = trace.find(({ name }) => name === 'process sample')!;
  expect(job.service).toBe('balscope-worker');
  expect(job.parentSpanId).toBeTruthy();
  expect(job.attributes).toContainEqual({
    key: 'balscope.sample_id',
    value: { stringValue: samples[0].job_id },
  });
  for (const service of ['balscope-api', 'balscope-worker']) {
    const sql = trace.filter((span) => span.service === service && span.name.startsWith('pg.query:'));
    expect(sql.length).toBeGreaterThan(0);
  }
  expect(all.filter(({ name }) => name === 'GET /api/v1/patients')).toHaveLength(1);
  const told = received.join('\n');
  for (const secret of [NAME, 'Quellwasser', FILE, SEARCHED, uploader.email, headers.authorization]) {
    expect(told).not.toContain(secret);
  }
});
