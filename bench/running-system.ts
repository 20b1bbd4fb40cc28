import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Call, createClient } from '../contract/client.ts';
import { connect, type Database } from '../server/db/client.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../server/db/embedded-postgres.ts';
import { findFreePort } from '../server/db/postgres-process.ts';
import type { Objects } from '../server/platform/objects.ts';
import { insertPatient, insertStaff, TEST_PASSWORD } from '../server/testing/factories.ts';
import { type Backend, type BackendName, startBackend } from './backend.ts';
import type { MessageQueue } from './message-queue.ts';
import { POSTGRES, type Roots } from './process-figures.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

const ROOT = path.join(import.meta.dirname, '..');
const START_TIMEOUT_MS = 60_000;
const REMEMBERED_OUTPUT = 1_000_000;

export interface Role {
  name: 'api' | 'worker';
  pid: number;
  /** Its latest output. */
  output(): string;
  kill(signal: NodeJS.Signals): void;
  isRunning(): boolean;
  /** Exit code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals>;
}

export interface LaunchOptions {
  settings?: Record<string, string>;
  /** A command that starts the process in its place, such as prlimit with its options. */
  under?: readonly string[];
  /** The checkout whose version is started; by default this one. */
  root?: string;
}

export interface RunningSystem {
  dataFolder: string;
  postgresFolder: string;
  objects: Objects;
  origin: string;
  /** The processes of an older version, where they run beside. */
  older: { api: Role; worker: Role; origin: string } | undefined;
  /** Not through the proxy. */
  database: Database;
  postgres: EmbeddedPostgres;
  /** Between the processes and PostgreSQL. */
  databaseProxy: TcpProxy;
  /** Between the processes and S3 with SQS, where they are used. */
  awsProxy: Backend['awsProxy'];
  messages: MessageQueue;
  /** What the processes are started with. */
  env: Record<string, string | undefined>;
  patientId: string;
  staff: Awaited<ReturnType<typeof insertStaff>>;
  users: Record<'uploader' | 'annotator' | 'admin', { id: string; token: string }>;
  /** New tokens for all users. */
  renewTokens(): Promise<void>;
  /** The typed client of a user with TEST_PASSWORD. */
  signIn(user: { email: string }): Promise<Call>;
  /** The one started last. */
  readonly api: Role;
  /** Resolves when it answers. */
  startApi(options?: LaunchOptions): Promise<Role>;
  startWorker(options?: LaunchOptions): Role;
  /** Waits until a worker that was just started works. */
  workerReady(worker: Role): Promise<void>;
  /** Its processes that are alive. */
  roots(): Roots;
  /** Sends a form as an uploader of the patient's hospital. */
  upload(
    files: readonly { name: string; bytes: Uint8Array }[],
    options?: { idempotencyKey?: string; signal?: AbortSignal; at?: string },
  ): Promise<Response>;
  close(): Promise<void>;
}

export interface SystemPlaces {
  backend?: BackendName;
  /** Where the images go; by default a folder of its own. */
  dataFolder?: string;
  postgresFolder?: string;
  /** The checkout of an older version: its API and a worker start first, make the database, and go on beside this version. */
  olderRoot?: string;
}

/** PostgreSQL, API and workers as processes of their own, as in production, in a folder that is removed afterwards. */
export async function startSystem(
  settings: Record<string, string> = {},
  given: SystemPlaces = {},
): Promise<RunningSystem> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'balscope-bench-'));
  chmodSync(folder, 0o711);
  const { dataFolder = path.join(folder, 'data'), postgresFolder = path.join(folder, 'postgres') } = given;
  const postgres = await startEmbeddedPostgres(postgresFolder);
  const databaseProxy = await startTcpProxy(Number(new URL(postgres.uri).port));
  const backend = await startBackend(given.backend ?? 'local', { behindProxy: true });
  const port = await findFreePort();
  const env: RunningSystem['env'] = {
    PATH: process.env.PATH,
    SQL_URI: throughProxy(postgres.uri, databaseProxy),
    SQL_OWNER_URI: throughProxy(postgres.ownerUri, databaseProxy),
    DATA_DIR: dataFolder,
    PORT: String(port),
    LOG_LEVEL: 'warn',
    ACCESS_TOKEN_EXPIRY: '86400',
    RATE_LIMIT_PER_MINUTE: '1000000',
    LOGIN_RATE_LIMIT_PER_MINUTE: '1000',
    NODE_COMPILE_CACHE: path.join(os.tmpdir(), 'balscope-bench-compiled'),
    ...backend.env,
    ...settings,
  };
  // Versions that know one role only.
  if (given.olderRoot !== undefined) Object.assign(env, { SQL_URI: env.SQL_OWNER_URI, SQL_OWNER_URI: '' });
  const started: Role[] = [];
  const workers: Role[] = [];
  const start = (name: Role['name'], { settings: more, under = [], root = ROOT }: LaunchOptions = {}) => {
    const [command, ...args] = [...under, process.execPath, path.join(root, 'server', 'main.ts'), name];
    const launched = follow(
      name,
      spawn(command, args, { env: { ...env, ...more }, stdio: ['ignore', 'pipe', 'pipe'] }),
    );
    started.push(launched);
    return launched;
  };
  const origin = `http://localhost:${port}`;
  const database = connect(postgres.ownerUri);
  const startOlderApi = async (root: string) => {
    const olderPort = await findFreePort();
    const olderApi = start('api', { root, settings: { PORT: String(olderPort) } });
    const olderOrigin = `http://localhost:${olderPort}`;
    await answering(`${olderOrigin}/health`, olderApi);
    const worker = start('worker', { root });
    await beating(database, worker);
    return { api: olderApi, worker, origin: olderOrigin };
  };
  const startApi = async (options?: LaunchOptions) => {
    api = start('api', options);
    await answering(`${origin}/health`, api);
    return api;
  };
  let api: Role | undefined;
  const older = given.olderRoot === undefined ? undefined : await startOlderApi(given.olderRoot);
  await startApi();

  const staff = await insertStaff(database.db);
  const patient = await insertPatient(database.db, staff.uploader);
  const withoutToken = ({ id }: { id: string }) => ({ id, token: '' });
  const users = {
    uploader: withoutToken(staff.uploader),
    annotator: withoutToken(staff.annotator),
    admin: withoutToken(staff.admin),
  };
  const renewTokens = async () => {
    for (const name of ['uploader', 'annotator', 'admin'] as const)
      users[name].token = await signIn(origin, staff[name].email);
  };
  await renewTokens();
  const messages = await backend.openMessages(postgres.ownerUri);
  const postmasterFile = path.join(postgresFolder, 'data', 'postmaster.pid');
  const postmaster = Number(readFileSync(postmasterFile, 'utf8').split('\n')[0]);
  return {
    dataFolder,
    postgresFolder,
    objects: await backend.openObjects(dataFolder),
    origin,
    older,
    database,
    postgres,
    databaseProxy,
    awsProxy: backend.awsProxy,
    messages,
    env,
    patientId: patient.id,
    staff,
    users,
    get api() {
      return api!;
    },
    startApi,
    startWorker: (options) => {
      const worker = start('worker', options);
      workers.push(worker);
      return worker;
    },
    renewTokens,
    workerReady: (worker) => beating(database, worker),
    signIn: async ({ email }) => {
      const authorization = `Bearer ${await signIn(origin, email)}`;
      return createClient({ base: origin, headers: () => ({ authorization }) });
    },
    roots: () => ({
      API: [api!.pid],
      worker: workers.filter((worker) => worker.isRunning()).map(({ pid }) => pid),
      [POSTGRES]: [postmaster],
    }),
    upload: (files, { idempotencyKey, signal, at = origin } = {}) => {
      const form = new FormData();
      form.append('patient_id', patient.id);
      for (const { name, bytes } of files) form.append('file', new Blob([Buffer.from(bytes)]), name);
      const headers: Record<string, string> = { authorization: `Bearer ${users.uploader.token}` };
      if (idempotencyKey) headers['idempotency-key'] = idempotencyKey;
      return fetch(`${at}/api/v1/upload_img`, { method: 'POST', headers, body: form, signal });
    },
    close: async () => {
      const alive = started.filter((one) => one.isRunning());
      for (const one of alive) {
        one.kill('SIGCONT');
        one.kill('SIGTERM');
      }
      await Promise.all(alive.map((one) => one.ended));
      await Promise.all([database.close(), messages.close()]);
      await databaseProxy.close();
      await postgres.stop();
      await backend.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function throughProxy(uri: string, proxy: TcpProxy): string {
  const address = new URL(uri);
  address.port = String(proxy.port);
  return address.href;
}

function follow(name: Role['name'], child: ChildProcess): Role {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-REMEMBERED_OUTPUT);
    });
  }
  return {
    name,
    pid: child.pid!,
    output: () => output,
    kill: (signal) => void child.kill(signal),
    isRunning: () => child.exitCode === null && child.signalCode === null,
    ended: once(child, 'exit').then(([code, signal]) => code ?? signal),
  };
}

async function signIn(origin: string, email: string): Promise<string> {
  const response = await fetch(`${origin}/api/v1/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: TEST_PASSWORD }),
  });
  const { access_token: token } = (await response.json()) as { access_token: string };
  return token;
}

async function beating({ pool }: Database, worker: Role): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const found = await pool.query('select from worker_heartbeats where id like $1', [`%-${worker.pid}-%`]);
    if (found.rowCount) return;
    await delay(50);
  }
  throw new Error(`The worker does not work:\n${worker.output().slice(-2000)}`);
}

async function answering(url: string, role: Role): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const ok = await fetch(url, { signal: AbortSignal.timeout(5000) }).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    if (!role.isRunning()) throw new Error(`It ended instead of answering:\n${role.output().slice(-2000)}`);
    if (Date.now() > deadline) throw new Error(`${url} does not answer:\n${role.output().slice(-2000)}`);
    await delay(100);
  }
}
