import { and, asc, desc, eq, inArray, isNull, lt, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { workerHeartbeats } from '../db/tables/operational.ts';
import { detectionRuns, patients, samples } from '../db/tables/patients.ts';
import { hospitals, laboratorySettings } from '../db/tables/people.ts';

const eventColumns = {
  jobId: samples.id,
  patientId: samples.patientId,
  lavageId: samples.lavageId,
  inferenceStatus: samples.inferenceStatus,
  error: samples.error,
};

/**
 * Takes a sample that waits, or whose last worker was lost, or, where wished, that failed: from now on only the bearer of this run id may write.
 * @returns undefined when there is nothing to do: processed meanwhile, or removed
 */
export async function claimSample(
  tx: Db,
  sampleId: string,
  runId: string,
  { evenFailed = false }: { evenFailed?: boolean } = {},
) {
  const [claimed] = await tx
    .update(samples)
    .set({
      inferenceStatus: 'processing',
      runId,
      attempts: sql`${samples.attempts} + 1`,
      startedAt: sql`now()`,
      completedAt: null,
      error: null,
    })
    .where(
      and(
        eq(samples.id, sampleId),
        inArray(samples.inferenceStatus, [
          'pending',
          'processing',
          ...(evenFailed ? ['failed' as const] : []),
        ]),
        isNull(samples.deletedAt),
      ),
    )
    .returning({
      ...eventColumns,
      s3Key: samples.s3Key,
      sha256: samples.sha256,
      sizeBytes: samples.sizeBytes,
      width: samples.width,
      height: samples.height,
      micronsPerPixel: samples.micronsPerPixel,
      detectionParameters: samples.detectionParameters,
    });
  return claimed;
}

/** Whether there is or was such a sample: one that was removed counts. */
export async function sampleExists(db: Db, sampleId: string): Promise<boolean> {
  const found = await db.select({ id: samples.id }).from(samples).where(eq(samples.id, sampleId));
  return found.length > 0;
}

/** What the patient's laboratory has set; undefined when that is nothing. */
export async function findDetectionSettings(db: Db, patientId: string) {
  const [row] = await db
    .select({ settings: laboratorySettings.settings })
    .from(patients)
    .innerJoin(hospitals, eq(hospitals.id, patients.hospitalId))
    .innerJoin(laboratorySettings, eq(laboratorySettings.laboratoryId, hospitals.laboratoryId))
    .where(eq(patients.id, patientId))
    .orderBy(desc(laboratorySettings.version))
    .limit(1);
  return row?.settings;
}

const heldBy = (sampleId: string, runId: string) =>
  and(eq(samples.id, sampleId), eq(samples.runId, runId), eq(samples.inferenceStatus, 'processing'));

export async function insertRun(tx: Db, run: typeof detectionRuns.$inferInsert): Promise<void> {
  await tx.insert(detectionRuns).values(run);
}

/** What was made from an image to be looked at; tiles of large ones only. */
export interface DerivedKeys {
  displayKey: string;
  thumbnailKey: string;
  tilesKey: string | null;
}

type Outcome =
  | ({ inferenceStatus: 'completed'; latestRunId: string } & DerivedKeys)
  | { inferenceStatus: 'failed'; error: string }
  | { inferenceStatus: 'pending'; error: null };

/** @returns undefined when another claim has taken the sample over: then nothing was written */
export async function settleSample(tx: Db, sampleId: string, runId: string, outcome: Outcome) {
  const ended = outcome.inferenceStatus !== 'pending';
  const [settled] = await tx
    .update(samples)
    .set({ ...outcome, completedAt: ended ? sql`now()` : null })
    .where(heldBy(sampleId, runId))
    .returning(eventColumns);
  return settled;
}

/** Samples that say they wait or are worked on, and have said so for a while; the oldest first, page by page. */
export async function listUnfinished(
  db: Db,
  inferenceStatus: 'pending' | 'processing',
  {
    olderThanS,
    after,
    limit,
  }: { olderThanS: number; after?: { createdAt: string; jobId: string }; limit: number },
) {
  const since = sql`coalesce(${samples.startedAt}, ${samples.createdAt})`;
  const place = sql`(${samples.createdAt}, ${samples.id})`;
  return db
    .select({
      ...eventColumns,
      runId: samples.runId,
      attempts: samples.attempts,
      createdAt: samples.createdAt,
    })
    .from(samples)
    .where(
      and(
        eq(samples.inferenceStatus, inferenceStatus),
        isNull(samples.deletedAt),
        lt(since, sql`now() - make_interval(secs => ${olderThanS})`),
        after && sql`${place} > (${after.createdAt}::timestamptz, ${after.jobId}::uuid)`,
      ),
    )
    .orderBy(asc(samples.createdAt), asc(samples.id))
    .limit(limit);
}

/** Changes a sample only as it was found. @returns whether it still was */
export async function settleLostSample(
  tx: Db,
  found: { jobId: string; inferenceStatus: 'pending' | 'processing'; runId: string | null },
  outcome: { inferenceStatus: 'failed'; error: string } | { inferenceStatus: 'pending'; error: null },
): Promise<boolean> {
  const changed = await tx
    .update(samples)
    .set({ ...outcome, completedAt: outcome.inferenceStatus === 'failed' ? sql`now()` : null })
    .where(
      and(
        eq(samples.id, found.jobId),
        eq(samples.inferenceStatus, found.inferenceStatus),
        sql`${samples.runId} is not distinct from ${found.runId}`,
      ),
    )
    .returning({ id: samples.id });
  return changed.length > 0;
}

export async function saveHeartbeat(db: Db, id: string, activeJobs: number): Promise<void> {
  await db
    .insert(workerHeartbeats)
    .values({ id, activeJobs })
    .onConflictDoUpdate({ target: workerHeartbeats.id, set: { activeJobs, lastSeenAt: sql`now()` } });
}

/** Of several workers one is enough for what all could do; for a moment, while they change, it may be two or none. */
export async function isEldestWorker(db: Db, id: string, aliveWithinS: number): Promise<boolean> {
  const [eldest] = await db
    .select({ id: workerHeartbeats.id })
    .from(workerHeartbeats)
    .where(sql`${workerHeartbeats.lastSeenAt} > now() - make_interval(secs => ${aliveWithinS})`)
    .orderBy(asc(workerHeartbeats.startedAt), asc(workerHeartbeats.id))
    .limit(1);
  return eldest?.id === id;
}

export async function removeHeartbeat(db: Db, id: string): Promise<void> {
  await db.delete(workerHeartbeats).where(eq(workerHeartbeats.id, id));
}

/** Workers that were killed cannot take their rows along. */
export async function removeOldHeartbeats(db: Db, olderThanS: number): Promise<void> {
  await db
    .delete(workerHeartbeats)
    .where(lt(workerHeartbeats.lastSeenAt, sql`now() - make_interval(secs => ${olderThanS})`));
}

/** Of the keys of originals, those that belong to a sample. */
export async function findKnownKeys(db: Db, keys: readonly string[]): Promise<Set<string>> {
  const rows = await db
    .select({ s3Key: samples.s3Key })
    .from(samples)
    .where(inArray(samples.s3Key, [...keys]));
  return new Set(rows.map((row) => row.s3Key));
}
