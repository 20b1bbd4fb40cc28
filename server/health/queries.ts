import { desc, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { workerHeartbeats } from '../db/tables/operational.ts';
import { samples } from '../db/tables/patients.ts';

export async function ping(db: Db): Promise<void> {
  await db.execute(sql`select 1`);
}

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

/**
 * What became of samples lately; `stuck` are those in progress for longer than their job may take, which images of
 * more than `decodedPixels` may in proportion.
 */
export async function countOutcomes(db: Db, stuckAfterS: number, decodedPixels: number) {
  const { inferenceStatus: status, completedAt, startedAt, deletedAt, width, height } = samples;
  const factor = sql`greatest(1, ${width}::float8 * ${height} / ${decodedPixels})`;
  const lastHour = sql`${completedAt} > now() - interval '1 hour'`;
  const [row] = await db
    .select({
      stuck: sql<number>`(count(*) filter (where ${status} = 'processing' and ${startedAt} < now() - make_interval(secs => ${stuckAfterS} * ${factor})))::int`,
      failedLastHour: sql<number>`(count(*) filter (where ${status} = 'failed' and ${lastHour}))::int`,
      completedLastHour: sql<number>`(count(*) filter (where ${status} = 'completed' and ${lastHour}))::int`,
    })
    .from(samples)
    .where(sql`${deletedAt} is null and (${status} = 'processing' or ${lastHour})`);
  return row;
}
