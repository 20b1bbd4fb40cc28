import { and, desc, eq, gt, inArray, isNotNull, isNull, lt, or, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { workerHeartbeats } from '../db/tables/operational.ts';
import { samples } from '../db/tables/patients.ts';

type Status = (typeof samples.inferenceStatus.enumValues)[number];

/** A worker is alive when it was heard of within `aliveWithinS`. */
export async function listWorkers(db: Db, aliveWithinS: number) {
  const { id, startedAt, lastSeenAt, activeJobs } = workerHeartbeats;
  const alive = sql<boolean>`${lastSeenAt} > now() - make_interval(secs => ${aliveWithinS})`;
  return db
    .select({ id, startedAt, lastSeenAt, activeJobs, alive })
    .from(workerHeartbeats)
    .orderBy(desc(lastSeenAt))
    .limit(100);
}

/** What became of samples lately. */
export async function countOutcomes(db: Db, patience: Patience) {
  const { inferenceStatus: status, completedAt, deletedAt } = samples;
  const lastHour = sql`${completedAt} > now() - interval '1 hour'`;
  const [row] = await db
    .select({
      stuck: sql<number>`(count(*) filter (where ${isStuck(patience)}))::int`,
      failedLastHour: sql<number>`(count(*) filter (where ${status} = 'failed' and ${lastHour}))::int`,
      completedLastHour: sql<number>`(count(*) filter (where ${status} = 'completed' and ${lastHour}))::int`,
    })
    .from(samples)
    .where(sql`${deletedAt} is null and (${status} = 'processing' or ${lastHour})`);
  return row;
}

/** How long a sample may be in progress before something must be wrong. */
export interface Patience {
  /** For an image of up to `decodedPixels`; larger ones in proportion. */
  seconds: number;
  decodedPixels: number;
}

const isStuck = ({ seconds, decodedPixels }: Patience) => {
  const factor = sql`greatest(1, ${samples.width}::float8 * ${samples.height} / ${decodedPixels})`;
  return and(
    eq(samples.inferenceStatus, 'processing'),
    lt(samples.startedAt, sql`now() - make_interval(secs => ${seconds} * ${factor})`),
  );
};

export async function countStuck(db: Db, patience: Patience): Promise<number> {
  return db.$count(samples, and(isStuck(patience), isNull(samples.deletedAt)));
}

/** Each counted to the limit and no further, so that the cost does not grow with the table. */
export async function countByStatus(db: Db, limit: number): Promise<Record<Status, number>> {
  const count = async (status: Status) => {
    const some = db
      .select({ one: sql`1`.as('one') })
      .from(samples)
      .where(and(eq(samples.inferenceStatus, status), isNull(samples.deletedAt)))
      .limit(limit)
      .as('some');
    const [row] = await db.select({ count: sql<number>`count(*)::int` }).from(some);
    return row.count;
  };
  const [pending, processing, completed, failed] = await Promise.all(
    (['pending', 'processing', 'completed', 'failed'] as const).map(count),
  );
  return { pending, processing, completed, failed };
}

const ended = (status: Status) =>
  sql<number>`(count(*) filter (where ${samples.inferenceStatus} = ${status}))::int`;
const endedSince = (since: ReturnType<typeof sql>) =>
  and(
    inArray(samples.inferenceStatus, ['completed', 'failed']),
    isNull(samples.deletedAt),
    gt(samples.completedAt, since),
  );

export async function countEndedLastHour(db: Db) {
  const [row] = await db
    .select({ completed: ended('completed'), failed: ended('failed') })
    .from(samples)
    .where(endedSince(sql`now() - interval '1 hour'`));
  return row;
}

/** By hours of the clock (UTC), the last 24 with the present one; hours in which nothing ended are left out. */
export async function countEndedByHour(db: Db) {
  const hour = sql<string>`date_bin('1 hour', ${samples.completedAt}, timestamptz '2000-01-01 00:00:00+00')`;
  const first = sql`date_bin('1 hour', now(), timestamptz '2000-01-01 00:00:00+00') - interval '23 hours'`;
  return db
    .select({
      from: hour.mapWith(samples.completedAt),
      completed: ended('completed'),
      failed: ended('failed'),
    })
    .from(samples)
    .where(and(endedSince(first)))
    .groupBy(hour);
}

export async function listLastErrors(db: Db, limit: number) {
  return db
    .select({
      jobId: samples.id,
      originalFilename: samples.originalFilename,
      error: sql<string>`coalesce(${samples.error}, '')`,
      at: sql<string>`${samples.completedAt}`.mapWith(samples.completedAt),
    })
    .from(samples)
    .where(
      and(
        eq(samples.inferenceStatus, 'failed'),
        isNull(samples.deletedAt),
        sql`${samples.completedAt} is not null`,
      ),
    )
    .orderBy(desc(samples.completedAt))
    .limit(limit);
}

/** When a stored image was last compared with its hash, and how many were found damaged. */
export async function readVerification(db: Db) {
  const [row] = await db
    .select({
      lastVerifiedAt: sql<string | null>`max(${samples.verifiedAt})`.mapWith(samples.verifiedAt),
      damaged: db.$count(samples, isNotNull(samples.damage)),
    })
    .from(samples);
  return row;
}

/** The time of the database, which all workers share. */
export async function readNow(db: Db): Promise<string> {
  const { rows } = await db.execute<{ now: string }>(sql`select now()::text as now`);
  return rows[0].now;
}

export async function countBegunSince(db: Db, since: string): Promise<number> {
  return db.$count(
    samples,
    and(
      isNull(samples.deletedAt),
      or(
        eq(samples.inferenceStatus, 'processing'),
        and(
          inArray(samples.inferenceStatus, ['completed', 'failed']),
          gt(samples.completedAt, sql`${since}::timestamptz`),
        ),
      ),
      gt(samples.startedAt, sql`${since}::timestamptz`),
    ),
  );
}

export async function listSamplesOfJobs(db: Db, jobIds: readonly string[]) {
  return db
    .select({
      jobId: samples.id,
      originalFilename: samples.originalFilename,
      inferenceStatus: samples.inferenceStatus,
    })
    .from(samples)
    .where(inArray(samples.id, [...jobIds]));
}
