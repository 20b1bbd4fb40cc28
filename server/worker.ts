import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { v7 } from 'uuid';
import { findHead, sealActivities } from './activity/seal-queries.ts';
import type { Config } from './config.ts';
import type { Database } from './db/client.ts';
import { removeEndedCounts, removeOldReplies } from './http/queries.ts';
import type { Model } from './model/model.ts';
import type { Jobs } from './platform/jobs.ts';
import type { Logger } from './platform/log.ts';
import { measureJobs } from './platform/measure-jobs.ts';
import { measureObjects } from './platform/measure-objects.ts';
import { createMetrics, type Metrics } from './platform/metrics.ts';
import { serveMetrics } from './platform/metrics-server.ts';
import type { Objects } from './platform/objects.ts';
import { observeDatabase } from './platform/observe-database.ts';
import { traceJobs } from './platform/trace.ts';
import { removeOldJobFolders } from './processing/job-folder.ts';
import { openJobProcesses } from './processing/job-processes.ts';
import { processSample } from './processing/process-sample.ts';
import { isEldestWorker, removeHeartbeat, removeOldHeartbeats, saveHeartbeat } from './processing/queries.ts';
import { ALIVE_WITHIN_S } from './processing/status.ts';
import { putBackLostSamples, removeOrphanedObjects } from './processing/sweep.ts';
import { removeExpiredUploads } from './samples/resumable-queries.ts';
import { asPortError } from './start/port.ts';
import { createScrubber } from './storage/scrub.ts';

export interface WorkerDependencies {
  config: Config;
  log: Logger;
  database: Database;
  objects: Objects;
  /** Opened to run jobs; the worker closes it. */
  jobs: Jobs;
  model?: Model;
}

export interface Worker {
  /** Where its metrics are, when they are served. */
  metricsPort: number | undefined;
  /** Finishes what it can within DRAIN_MS, gives the rest back. */
  stop(): Promise<void>;
}

const DRAIN_MS = 20_000;
const HEARTBEAT_EVERY_MS = 5_000;
const FORGET_WORKERS_AFTER_S = 3600;
/** An entry of the activity log is chained about so soon. */
const SEAL_EVERY_MS = 1000;
const LOST_SAMPLES_EVERY_MS = 30_000;
const TIDY_EVERY_MS = 3600_000;
const SCRUB_EVERY_MS = 60_000;
/** Nobody repeats a request after so long. */
const FORGET_REPLIES_AFTER_S = 48 * 3600;
const ORPHANED_AFTER_MS = 24 * 3600_000;
/** No job takes longer than a day. */
const OLD_FOLDER_MS = 48 * 3600_000;
/** A process serves one job at a time; nothing is kept between them. */
const NO_CACHE = 0;

/** Processes samples until stopped. */
export async function startWorker({
  config,
  log,
  database,
  objects: unmeasured,
  jobs,
  model,
}: WorkerDependencies): Promise<Worker> {
  const metrics = createMetrics();
  const objects = measureObjects(unmeasured, metrics);
  observeDatabase(database, metrics);
  const served = await openMetrics(config, metrics);
  const { concurrency, jobTimeoutS, longestJobS, jobMemoryBytes, leaseS } = config.worker;
  const processes = openJobProcesses({
    processes: concurrency,
    memoryBytes: jobMemoryBytes,
    cacheBytes: NO_CACHE,
    longestTaskMs: longestJobS * 1000,
    longestQueue: concurrency * 2,
  });
  const { decodedPixels, tiledPixels, freeBytes } = config.limits;
  // Where images are elsewhere, nothing else needs the worker's disk.
  const reserveBytes = objects.freeBytes ? freeBytes : 0;
  const limits = { decodedPixels, tiledPixels, jobTimeoutS, reserveBytes };
  const workFolder = path.join(config.dataFolder, 'in-work');
  const id = `${os.hostname()}-${process.pid}-${v7().slice(-6)}`;
  let active = 0;
  const handle = measureJobs(
    traceJobs((job) => processSample({ database, objects, workFolder, processes, model, log, limits }, job)),
    metrics,
  );
  await jobs.work(
    async (job) => {
      active++;
      try {
        await handle(job);
      } finally {
        active--;
      }
    },
    { concurrency },
  );

  const scrub = createScrubber({ database, objects, log, metrics, withinDays: config.worker.scrubDays });
  const stopping = new AbortController();
  const { signal } = stopping;
  const repeat = (everyMs: number, work: () => Promise<unknown>) => repeatUntil(signal, everyMs, work, log);
  const onceForAll = (everyMs: number, work: () => Promise<unknown>) =>
    repeat(everyMs, async () => {
      if (await isEldestWorker(database.db, id, ALIVE_WITHIN_S)) await work();
    });
  // The eldest does what only one should do, so that it should know itself before it looks for the eldest.
  await saveHeartbeat(database.db, id, active).catch((error) =>
    log.warn({ err: error }, 'worker is not listed yet'),
  );
  const background = [
    repeat(HEARTBEAT_EVERY_MS, () => saveHeartbeat(database.db, id, active)),
    repeat(SEAL_EVERY_MS, () => sealActivities(database.db)),
    onceForAll(LOST_SAMPLES_EVERY_MS, () => putBackLostSamples({ database, jobs, log }, leaseS)),
    repeat(SCRUB_EVERY_MS, () => scrub(signal)),
    repeat(TIDY_EVERY_MS, () => removeOldJobFolders(workFolder, OLD_FOLDER_MS)),
    onceForAll(TIDY_EVERY_MS, async () => {
      // Kept with the log, it tells later whether the end of the chain was cut off.
      log.info({ head: await findHead(database.db) }, 'activity log chained up to here');
      await removeOldReplies(database.db, FORGET_REPLIES_AFTER_S);
      await removeEndedCounts(database.db);
      await removeExpiredUploads(database.db);
      await removeOldHeartbeats(database.db, FORGET_WORKERS_AFTER_S);
      await removeOrphanedObjects({ database, objects }, { olderThanMs: ORPHANED_AFTER_MS, signal });
    }),
  ];
  log.info({ worker: id, concurrency }, 'worker started');

  return {
    metricsPort: served?.port,
    stop: async () => {
      await jobs.close({ drainMs: DRAIN_MS });
      stopping.abort();
      await Promise.all(background);
      processes.close();
      served?.close();
      await removeHeartbeat(database.db, id).catch((error) =>
        log.warn({ err: error }, 'worker stays listed'),
      );
    },
  };
}

async function openMetrics(
  { http: { host }, metrics: { workerPort: port, token } }: Config,
  metrics: Metrics,
) {
  if (port === undefined) return undefined;
  return serveMetrics(metrics, { host, port, token }).catch((error) => {
    throw asPortError(error, host, port, 'WORKER_METRICS_PORT');
  });
}

async function repeatUntil(signal: AbortSignal, everyMs: number, work: () => Promise<unknown>, log: Logger) {
  while (!signal.aborted) {
    await work().catch((error) => log.warn({ err: error }, 'background work failed; it will be tried again'));
    await delay(everyMs, undefined, { signal }).catch(() => {});
  }
}
