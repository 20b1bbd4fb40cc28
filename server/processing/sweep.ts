import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '../db/client.ts';
import type { Jobs } from '../platform/jobs.ts';
import type { Logger } from '../platform/log.ts';
import { notify } from '../platform/notifications.ts';
import type { Objects } from '../platform/objects.ts';
import { findKnownKeys, listUnfinished, settleLostSample } from './queries.ts';

const BATCH = 500;
/** Beyond this many attempts a sample is not handed out again by itself. */
const MOST_ATTEMPTS = 10;

/**
 * Puts samples back that nobody would ever take up: waiting or in progress without a job. That takes a lost job, such
 * as one whose workers were killed again and again.
 * @returns how many
 */
export async function putBackLostSamples(
  { database, jobs, log }: { database: Database; jobs: Jobs; log: Logger },
  olderThanS: number,
): Promise<number> {
  const unfinished = await listUnfinished(database.db, olderThanS, BATCH);
  const withJob = await jobs.findWithJob(unfinished.map(({ jobId }) => jobId));
  let putBack = 0;
  for (const { runId, attempts, ...sample } of unfinished) {
    const { jobId, inferenceStatus } = sample;
    if (withJob.has(jobId) || (inferenceStatus !== 'pending' && inferenceStatus !== 'processing')) continue;
    const outcome =
      attempts < MOST_ATTEMPTS
        ? ({ inferenceStatus: 'pending', error: null } as const)
        : ({
            inferenceStatus: 'failed',
            error: 'Processing was interrupted too often. Start it again.',
          } as const);
    await database.db.transaction(async (tx) => {
      // Finished or claimed since it was read: then it was not lost.
      if (!(await settleLostSample(tx, { jobId, inferenceStatus, runId }, outcome))) return;
      if (outcome.inferenceStatus === 'pending') await jobs.enqueue(tx, [jobId]);
      await notify(tx, { type: 'sample.status', ...sample, ...outcome, cellCount: null });
      putBack++;
    });
  }
  if (putBack > 0) log.warn({ putBack }, 'samples without a job were put back');
  return putBack;
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
