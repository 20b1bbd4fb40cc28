// 10,000 queued jobs, handed to 1, 2 and 4 workers through the Jobs port: how long a claim takes, how many jobs a
// second, and whether each was handed out exactly once: npx node bench/claims.ts [jobs]
// Workers are processes of their own with two seats each and a handler that does nothing but note what it was given.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { v7 } from 'uuid';
import { connect, type Database } from '../server/db/client.ts';
import { startEmbeddedPostgres } from '../server/db/embedded-postgres.ts';
import type { Jobs } from '../server/platform/jobs.ts';
import { openPostgresJobs } from '../server/platform/jobs-postgres.ts';
import { createLog } from '../server/platform/log.ts';
import { percentile } from './percentile.ts';

const JOBS = Number(process.argv[2] ?? 10_000);
const WORKERS = [1, 2, 4];
const SEATS = 2;
const BATCH = 1000;
const MOST_P99_MS = 50;
const GIVE_UP_AFTER_MS = 300_000;
const STDERR = 2;
const QUEUE_SETTINGS = { leaseS: 30, longestJobS: 60, log: createLog('error', STDERR) };

interface Handed {
  sampleId: string;
  /** From the end of the seat's last job to the start of this one, so with the former's completion; null for a first. */
  claimMs: number | null;
}

const [, , role, uri] = process.argv;
if (role === 'worker') await runWorker(uri);
else await measureAll();

async function measureAll(): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'balscope-bench-'));
  chmodSync(folder, 0o711);
  const postgres = await startEmbeddedPostgres(path.join(folder, 'postgres'));
  const database = connect(postgres.uri);
  const jobs = await openPostgresJobs({ ...QUEUE_SETTINGS, databaseUri: postgres.uri, runsJobs: false });
  try {
    for (const workers of WORKERS) await measure(workers, { jobs, database, uri: postgres.uri });
  } finally {
    await jobs.close();
    await database.close();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(
  workers: number,
  { jobs, database, uri: databaseUri }: { jobs: Jobs; database: Database; uri: string },
): Promise<void> {
  const ids = Array.from({ length: JOBS }, () => v7());
  for (let at = 0; at < JOBS; at += BATCH) {
    await database.db.transaction((tx) => jobs.enqueue(tx, ids.slice(at, at + BATCH)));
  }
  const handed: Handed[] = [];
  const children = Array.from({ length: workers }, () => fork(import.meta.filename, ['worker', databaseUri]));
  for (const child of children) child.on('message', (batch) => handed.push(...(batch as Handed[])));
  const startedAt = await firstOf(handed);
  // The queue itself is asked only at the end: counting what waits would slow the claims that are measured.
  const deadline = performance.now() + GIVE_UP_AFTER_MS;
  while (handed.length < JOBS && performance.now() < deadline) await delay(20);
  const seconds = (performance.now() - startedAt) / 1000;
  await settled(jobs);
  await Promise.all(children.map(end));
  print(workers, ids, handed, seconds);
}

async function firstOf(handed: readonly Handed[]): Promise<number> {
  while (handed.length === 0) await delay(5);
  return performance.now();
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

/** Seats are told apart by the order of their ends: the one that ended longest ago is handed the next job. */
async function runWorker(databaseUri: string): Promise<void> {
  const jobs = await openPostgresJobs({ ...QUEUE_SETTINGS, databaseUri, runsJobs: true });
  const freeSince: number[] = [];
  let handed: Handed[] = [];
  const report = () => {
    process.send?.(handed);
    handed = [];
  };
  const timer = setInterval(report, 20);
  process.once('message', async () => {
    clearInterval(timer);
    await jobs.close();
    report();
    process.disconnect();
  });
  await jobs.work(
    async ({ sampleId }) => {
      const since = freeSince.shift();
      handed.push({ sampleId, claimMs: since === undefined ? null : performance.now() - since });
      freeSince.push(performance.now());
    },
    { concurrency: SEATS },
  );
}

function print(workers: number, ids: readonly string[], handed: readonly Handed[], seconds: number): void {
  const times = new Map<string, number>();
  for (const { sampleId } of handed) times.set(sampleId, (times.get(sampleId) ?? 0) + 1);
  const claims = handed.flatMap(({ claimMs }) => claimMs ?? []);
  const lost = ids.filter((id) => !times.has(id)).length;
  const twice = [...times.values()].filter((count) => count > 1).length;
  const p99 = percentile(claims, 0.99);
  console.log(
    `${workers} workers of ${SEATS} seats: ${JOBS} jobs in ${seconds.toFixed(1)} s, ${(JOBS / seconds).toFixed(0)}/s; ` +
      `claim p50 ${percentile(claims, 0.5).toFixed(1)} ms, p99 ${p99.toFixed(1)} ms (goal < ${MOST_P99_MS}), ` +
      `longest ${percentile(claims, 1).toFixed(0)} ms; lost ${lost}, twice ${twice}`,
  );
  if (lost + twice > 0 || p99 >= MOST_P99_MS) process.exitCode = 1;
}
