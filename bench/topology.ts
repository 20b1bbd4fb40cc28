// The topology of compose.yml as processes on loopback: PostgreSQL, two API processes behind a round-robin proxy, two
// workers. Signs in at one API, uses the token at the other, uploads through the proxy, and waits until both APIs have
// told of every image. `--backend s3-sqs` puts images and jobs into an S3 and SQS of its own.
//   node bench/topology.ts [--backend s3-sqs]
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { connect } from '../server/db/client.ts';
import { startEmbeddedPostgres } from '../server/db/embedded-postgres.ts';
import { findFreePort } from '../server/db/postgres-process.ts';
import { insertPatient, insertStaff, TEST_PASSWORD } from '../server/testing/factories.ts';
import { fieldImage } from '../server/testing/image-files.ts';
import { asBackendName, startBackend } from './backend.ts';

const MAIN = path.join(import.meta.dirname, '..', 'server', 'main.ts');
const IMAGES = 20;
const PATIENCE_MS = 120_000;

const { values } = parseArgs({ options: { backend: { type: 'string' } } });
await using running = new AsyncDisposableStack();
const folder = mkdtempSync(path.join(os.tmpdir(), 'balscope-topology-'));
chmodSync(folder, 0o711);
running.defer(() => rmSync(folder, { recursive: true, force: true }));
const postgres = running.adopt(await startEmbeddedPostgres(path.join(folder, 'postgres')), (one) =>
  one.stop(),
);
const backend = running.adopt(await startBackend(asBackendName(values.backend)), (one) => one.stop());
const env = {
  PATH: process.env.PATH,
  SQL_URI: postgres.uri,
  SQL_OWNER_URI: postgres.ownerUri,
  JWT_SECRET_KEY: 'topology-on-loopback-only-0123456789',
  DATA_DIR: path.join(folder, 'data'),
  LOG_LEVEL: 'warn',
  ...backend.env,
};
const ports = [await findFreePort(), await findFreePort()];
for (const port of ports) start('api', { PORT: String(port) });
for (let i = 0; i < 2; i++) start('worker', {});
const origins = ports.map((port) => `http://127.0.0.1:${port}`);
await Promise.all(origins.map((origin) => answering(`${origin}/health/ready`)));
const proxy = await startProxy(ports);

const database = running.adopt(connect(postgres.uri), (one) => one.close());
const { uploader } = await insertStaff(database.db);
const patient = await insertPatient(database.db, uploader);
const headers = { authorization: `Bearer ${await signIn(origins[0])}` };
const listening = origins.map((origin) => collectCompleted(origin));
await Promise.all(listening.map(({ open }) => open));

const startedAt = performance.now();
const jobIds: string[] = [];
for (let seed = 0; seed < IMAGES; seed++) {
  const form = new FormData();
  form.append('patient_id', patient.id);
  form.append('file', new Blob([new Uint8Array(await fieldImage('png', { seed }))]), `${seed}.png`);
  const answer = await fetch(`${proxy}/api/v1/upload_img`, { method: 'POST', headers, body: form });
  if (answer.status !== 201) throw new Error(`Upload ${seed} was answered ${answer.status}`);
  const { samples } = (await answer.json()) as { samples: { job_id: string }[] };
  jobIds.push(samples[0].job_id);
}
await until('both APIs to tell of every image', () =>
  listening.every(({ completed }) => jobIds.every((id) => completed.has(id))),
);
const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
const read = await Promise.all(jobIds.map((id) => fetch(`${proxy}/api/v1/samples/${id}`, { headers })));
const { rows } = await database.pool.query(
  'select count(*)::int as workers, (select count(*)::int from detection_runs) as runs from worker_heartbeats',
);
process.stdout.write(
  `${values.backend ?? 'files + PostgreSQL queue'}: signed in at API 1, used at both; ${jobIds.length} images uploaded through the proxy, ` +
    `completed and told by both APIs in ${seconds} s; ${read.filter(({ ok }) => ok).length} read back; ` +
    `${rows[0].workers} workers, ${rows[0].runs} runs stored\n`,
);
for (const { close } of listening) close();

function start(role: 'api' | 'worker', own: Record<string, string>): void {
  const child = spawn(process.execPath, [MAIN, role], {
    env: { ...env, ...own },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  running.defer(() => end(child));
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

/** Hands each request to the next API, as the proxy of compose.yml does. */
async function startProxy(targets: readonly number[]): Promise<string> {
  let next = 0;
  const server = http.createServer((request, response) => {
    const { method, url, headers: given } = request;
    const port = targets[next++ % targets.length];
    const onward = http.request({ host: '127.0.0.1', port, method, path: url, headers: given }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  running.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

async function signIn(origin: string): Promise<string> {
  const answer = await fetch(`${origin}/api/v1/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: uploader.email, password: TEST_PASSWORD }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** The samples that an API says are completed, from its server-sent events. */
function collectCompleted(origin: string) {
  const stop = new AbortController();
  const completed = new Set<string>();
  const open = fetch(`${origin}/api/v1/events`, { headers, signal: stop.signal }).then((answer) => {
    if (!answer.ok) throw new Error(`${origin} answered ${answer.status} to a session of the other API`);
    void (async () => {
      let text = '';
      for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
        text += chunk;
        const lines = text.split('\n');
        text = lines.pop()!;
        for (const line of lines.filter((one) => one.startsWith('data:'))) {
          const event = JSON.parse(line.slice(5)) as { job_id?: string; inference_status?: string };
          if (event.job_id && event.inference_status === 'completed') completed.add(event.job_id);
        }
      }
    })().catch(() => {});
  });
  return { completed, open, close: () => stop.abort() };
}

async function answering(url: string): Promise<void> {
  const answers = () =>
    fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
  await until(`${url} to answer`, answers);
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Waited in vain for ${what}`);
    await delay(100);
  }
}
