import { setTimeout as delay } from 'node:timers/promises';
import { type Actor, insertActivity } from '../activity/queries.ts';
import type { Database } from '../db/client.ts';
import type { Jobs } from '../platform/jobs.ts';
import type { Logger } from '../platform/log.ts';
import { notify } from '../platform/notifications.ts';
import type { Objects } from '../platform/objects.ts';
import { findKnownKeys, listUnfinished, settleLostSample } from './queries.ts';

const BATCH = 500;
/** Beyond this many attempts a sample is not handed out again by itself. */
const MOST_ATTEMPTS = 10;

interface PutBackDependencies {
  database: Database;
  jobs: Jobs;
  log: Logger;
}

interface SettledSamples {
  putBack: string[];
  failed: string[];
}

/**
 * Puts samples back that nobody would ever take up: waiting or in progress without a job. That takes a lost job, such
 * as one whose workers were killed again and again.
 * @param by who asked for it; without one, it is the sweep that runs by itself and is not noted in the activity log
 * @param most ends once so many were found
 */
export async function putBackLostSamples(
  deps: PutBackDependencies,
  olderThanS: number,
  { by, most = Number.POSITIVE_INFINITY }: { by?: Actor; most?: number } = {},
): Promise<SettledSamples> {
  const settled: SettledSamples = { putBack: [], failed: [] };
  const count = () => settled.putBack.length + settled.failed.length;
  for (const status of ['processing', 'pending'] as const) {
    let after: Unfinished | undefined;
    while (count() < most) {
      const page = await listUnfinished(deps.database.db, status, { olderThanS, after, limit: BATCH });
      const withJob = await deps.jobs.findWithJob(page.map(({ jobId }) => jobId));
      const lost = page.filter(({ jobId }) => !withJob.has(jobId)).slice(0, most - count());
      for (const sample of lost) {
        const outcome = await settleLost(deps, sample, status, by);
        if (outcome === 'pending') settled.putBack.push(sample.jobId);
        else if (outcome === 'failed') settled.failed.push(sample.jobId);
      }
      if (page.length < BATCH) break;
      after = page.at(-1);
    }
  }
  if (count() > 0) deps.log.warn({ putBack: count() }, 'samples without a job were put back');
  return settled;
}

type Unfinished = Awaited<ReturnType<typeof listUnfinished>>[number];

/** @returns undefined when it was finished or claimed since it was read: then it was not lost */
async function settleLost(
  { database, jobs }: PutBackDependencies,
  { runId, attempts, createdAt: _, ...sample }: Unfinished,
  inferenceStatus: 'pending' | 'processing',
  by: Actor | undefined,
): Promise<'pending' | 'failed' | undefined> {
  const { jobId } = sample;
  const outcome =
    attempts < MOST_ATTEMPTS
      ? ({ inferenceStatus: 'pending', error: null } as const)
      : ({
          inferenceStatus: 'failed',
          error: 'Processing was interrupted too often. Start it again.',
        } as const);
  return database.db.transaction(async (tx) => {
    if (!(await settleLostSample(tx, { jobId, inferenceStatus, runId }, outcome))) return undefined;
    if (outcome.inferenceStatus === 'pending') await jobs.enqueue(tx, [jobId]);
    if (by) {
      await insertActivity(tx, by, {
        activityType: 'sample.put_back',
        description: 'Put an image without a job back, so that it is processed',
        entityType: 'sample',
        entityId: jobId,
        metadata: { inferenceStatus: outcome.inferenceStatus },
      });
    }
    await notify(tx, { type: 'sample.status', ...sample, ...outcome, cellCount: null });
    return outcome.inferenceStatus;
  });
}

/** Removes objects that no sample owns: what an API process left that died between storing and committing. */
export async function removeOrphanedObjects(
  { database, objects }: { database: Database; objects: Objects },
  { olderThanMs, signal }: { olderThanMs: number; signal: AbortSignal },
): Promise<number> {
  const removeBefore = Date.now() - olderThanMs;
  let removed = await objects.sweepTemporary(olderThanMs);
  let batch: string[] = [];
  const flush = async () => {
    const known = await findKnownKeys(database.db, [...new Set(batch.map(originalOf))]);
    for (const key of batch.filter((one) => !known.has(originalOf(one)))) {
      const stored = await objects.head(key);
      if (!stored || stored.storedAt.getTime() > removeBefore) continue;
      await objects.remove(key);
      removed++;
    }
    batch = [];
    await delay(0);
  };
  for await (const key of objects.list('samples/')) {
    if (signal.aborted) return removed;
    if (SAMPLE_KEY.test(key)) batch.push(key);
    if (batch.length >= BATCH) await flush();
  }
  if (batch.length > 0) await flush();
  return removed;
}

const SAMPLE_KEY = /^samples\/[0-9a-f-]{36}\/[a-z0-9-]+$/;

/** The original that an object was made from, or is. */
function originalOf(key: string): string {
  return `${key.slice(0, key.lastIndexOf('/'))}/original`;
}
