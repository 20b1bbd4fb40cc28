import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { v7 } from 'uuid';
import { openJobs } from '../server/adapters.ts';
import { type Config, parseConfig } from '../server/config.ts';
import { connect, type Database } from '../server/db/client.ts';
import { startEmbeddedPostgres } from '../server/db/embedded-postgres.ts';
import { migrateDatabase } from '../server/db/migrate.ts';
import type { Jobs } from '../server/platform/jobs.ts';
import { createLog } from '../server/platform/log.ts';
import { type BackendName, startBackend } from './backend.ts';
import { percentile } from './percentile.ts';

export const SEATS = 2;
export const MOST_P99_MS = 50;
const BATCH = 1000;
const GIVE_UP_AFTER_MS = 900_000;
const STDERR = 2;
const WORKER = path.join(import.meta.dirname, 'claims-worker.ts');

/** One job, as a worker of the measurement was given it. */
export interface Handed {
  sampleId: string;
  /**
   * From the end of the seat's last job, while others wait, to the start of this one: with the former's completion where
   * the queue hands out no job before it, as PostgreSQL's; null for a first.
   */
  claimMs: number | null;
}

export interface Claims {
  workers: number;
  jobs: number;
  seconds: number;
  p50Ms: number;
  p99Ms: number;
  longestMs: number;
  lost: number;
  twice: number;
}

interface Measurement {
  backend: BackendName;
  jobs: number;
  workers: readonly number[];
}

/** Hands jobs that do nothing to workers, processes of their own, and tells of each number of workers. */
export async function measureClaims(
  { backend: name, jobs: count, workers }: Measurement,
  tell: (claims: Claims) => void,
): Promise<void> {
  await using measuring = new AsyncDisposableStack();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'balscope-bench-'));
  chmodSync(folder, 0o711);
  measuring.defer(() => rmSync(folder, { recursive: true, force: true }));
  const started = await startEmbeddedPostgres(path.join(folder, 'postgres'));
  const postgres = measuring.adopt(started, (one) => one.stop());
  await migrateDatabase(postgres);
  const database = measuring.adopt(connect(postgres.uri), (one) => one.close());
  for (const some of workers) {
    await using each = new AsyncDisposableStack();
    // The endpoint in memory goes on with the long polls of workers that have ended, and hands them messages.
    const backend = each.adopt(await startBackend(name), (one) => one.stop());
    const env = { ...backend.env, SQL_URI: postgres.uri, DATA_DIR: folder };
    const jobs = each.adopt(await openMeasuredJobs(env, database, { runsJobs: false }), (one) => one.close());
    tell(await measure(some, { jobs, database, env, count }));
  }
}

export function openMeasuredJobs(
  env: NodeJS.ProcessEnv,
  database: Database,
  use: { runsJobs: boolean },
): Promise<Jobs> {
  const config = { ...parseConfig(env, 'worker'), databaseUri: env.SQL_URI } as Config;
  return openJobs({ config, database, log: createLog('error', STDERR) }, use);
}

interface Parts {
  jobs: Jobs;
  database: Database;
  env: Record<string, string>;
  count: number;
}

async function measure(workers: number, { jobs, database, env, count }: Parts): Promise<Claims> {
  const ids = Array.from({ length: count }, () => v7());
  for (let at = 0; at < count; at += BATCH) {
    await database.db.transaction((tx) => jobs.enqueue(tx, ids.slice(at, at + BATCH)));
  }
  await allSent(database);
  const handed: Handed[] = [];
  const children = Array.from({ length: workers }, () =>
    fork(WORKER, { env: { PATH: process.env.PATH, ...env } }),
  );
  for (const child of children) child.on('message', (batch) => handed.push(...(batch as Handed[])));
  while (handed.length === 0) await delay(5);
  const startedAt = performance.now();
  // The queue itself is asked only at the end: counting what waits would slow the claims that are measured.
  const deadline = performance.now() + GIVE_UP_AFTER_MS;
  while (handed.length < count && performance.now() < deadline) await delay(20);
  const seconds = (performance.now() - startedAt) / 1000;
  await settled(jobs);
  await Promise.all(children.map(end));
  return { workers, jobs: count, seconds, ...figuresOf(ids, handed) };
}

/** A queue outside the database has all messages before the workers begin. */
async function allSent({ pool }: Database): Promise<void> {
  const unsent = 'select from outbox where sent_at is null and ended_at is null limit 1';
  while ((await pool.query(unsent)).rowCount) await delay(50);
}

async function settled(jobs: Jobs): Promise<void> {
  const deadline = performance.now() + GIVE_UP_AFTER_MS;
  for (;;) {
    const { waiting, active } = await jobs.stats();
    if (waiting + active === 0) return;
    if (performance.now() > deadline)
      throw new Error(`${waiting} wait, ${active} are active after all this time`);
    await delay(50);
  }
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.send('stop');
  await ended;
}

function figuresOf(ids: readonly string[], handed: readonly Handed[]) {
  const times = new Map<string, number>();
  for (const { sampleId } of handed) times.set(sampleId, (times.get(sampleId) ?? 0) + 1);
  const claims = handed.flatMap(({ claimMs }) => claimMs ?? []);
  return {
    p50Ms: percentile(claims, 0.5),
    p99Ms: percentile(claims, 0.99),
    longestMs: percentile(claims, 1),
    lost: ids.filter((id) => !times.has(id)).length,
    twice: [...times.values()].filter((count) => count > 1).length,
  };
}

export function describeClaims({
  workers,
  jobs,
  seconds,
  p50Ms,
  p99Ms,
  longestMs,
  lost,
  twice,
}: Claims): string {
  return (
    `${workers} workers: ${jobs} jobs in ${seconds.toFixed(1)} s, ${(jobs / seconds).toFixed(0)}/s; ` +
    `claim p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms (goal < ${MOST_P99_MS}), ` +
    `longest ${longestMs.toFixed(0)} ms; lost ${lost}, twice ${twice}`
  );
}
