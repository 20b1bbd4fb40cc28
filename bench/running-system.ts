import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Call, createClient } from '../contract/client.ts';
import { connect, type Database } from '../server/db/client.ts';
import { startEmbeddedPostgres } from '../server/db/embedded-postgres.ts';
import { findFreePort } from '../server/db/postgres-process.ts';
import { insertPatient, insertStaff, TEST_PASSWORD } from '../server/testing/factories.ts';
import { POSTGRES, type Roots } from './process-figures.ts';

const MAIN = path.join(import.meta.dirname, '..', 'server', 'main.ts');

export interface RunningSystem {
  database: Database;
  databaseUri: string;
  origin: string;
  api: ChildProcess;
  staff: Awaited<ReturnType<typeof insertStaff>>;
  patientId: string;
  startWorker(): ChildProcess;
  /** The typed client of a user with TEST_PASSWORD. */
  signIn(user: { email: string }): Promise<Call>;
  /** Its processes that are alive. */
  roots(): Roots;
  /** Sends a form as an uploader of the patient's hospital. */
  upload(files: readonly { name: string; bytes: Uint8Array }[]): Promise<Response>;
  close(): Promise<void>;
}

/** PostgreSQL, API and workers as processes of their own, as in production, in a folder that is removed afterwards. */
export async function startSystem(settings: Record<string, string> = {}): Promise<RunningSystem> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'balscope-bench-'));
  chmodSync(folder, 0o711);
  const postgres = await startEmbeddedPostgres(path.join(folder, 'postgres'));
  const port = await findFreePort();
  const env = {
    PATH: process.env.PATH,
    SQL_URI: postgres.uri,
    DATA_DIR: path.join(folder, 'data'),
    PORT: String(port),
    LOG_LEVEL: 'warn',
    RATE_LIMIT_PER_MINUTE: '1000000',
    ...settings,
  };
  const children: ChildProcess[] = [];
  const start = (role: 'api' | 'worker') => {
    const child = spawn(process.execPath, [MAIN, role], { env, stdio: ['ignore', 'ignore', 'inherit'] });
    children.push(child);
    return child;
  };
  const api = start('api');
  const origin = `http://localhost:${port}`;
  await answering(`${origin}/health`);

  const database = connect(postgres.uri);
  const staff = await insertStaff(database.db);
  const patient = await insertPatient(database.db, staff.uploader);
  const token = await signIn(origin, staff.uploader.email);
  const postmasterFile = path.join(folder, 'postgres', 'data', 'postmaster.pid');
  const postmaster = Number(readFileSync(postmasterFile, 'utf8').split('\n')[0]);
  const workers: ChildProcess[] = [];
  return {
    database,
    databaseUri: postgres.uri,
    origin,
    api,
    staff,
    patientId: patient.id,
    startWorker: () => {
      const worker = start('worker');
      workers.push(worker);
      return worker;
    },
    signIn: async (user) => {
      const authorization = `Bearer ${await signIn(origin, user.email)}`;
      return createClient({ base: origin, headers: () => ({ authorization }) });
    },
    roots: () => ({
      API: [api.pid!],
      worker: workers.filter(isAlive).map(({ pid }) => pid!),
      [POSTGRES]: [postmaster],
    }),
    upload: (files) => {
      const form = new FormData();
      form.append('patient_id', patient.id);
      for (const { name, bytes } of files) form.append('file', new Blob([Buffer.from(bytes)]), name);
      const headers = { authorization: `Bearer ${token}` };
      return fetch(`${origin}/api/v1/upload_img`, { method: 'POST', headers, body: form });
    },
    close: async () => {
      const alive = children.filter(isAlive);
      const ended = Promise.all(alive.map((child) => once(child, 'exit')));
      for (const child of alive) child.kill('SIGTERM');
      await ended;
      await database.close();
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function isAlive({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
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

async function answering(url: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const ok = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    if (Date.now() > deadline) throw new Error(`${url} does not answer`);
    await delay(200);
  }
}
