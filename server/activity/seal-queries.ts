import { desc, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { activitySeals, unsealedActivities } from '../db/tables/operational.ts';

const SEALED_AT_ONCE = 500;
const MOST_FINDINGS = 100;

/** Chains all entries that wait; several processes may try at once. */
export async function sealActivities(db: Db): Promise<void> {
  for (;;) {
    const { rows } = await db.execute<{ taken: number }>(
      sql`select seal_activities(${SEALED_AT_ONCE}) as taken`,
    );
    if (rows[0].taken < SEALED_AT_ONCE) return;
  }
}

export interface ChainHead {
  sequence: number;
  hash: string;
  at: string;
}

export async function findHead(db: Db): Promise<ChainHead | undefined> {
  const { sequence, hash, at } = activitySeals;
  const [head] = await db.select({ sequence, hash, at }).from(activitySeals).orderBy(desc(sequence)).limit(1);
  return head;
}

export async function findHashAt(db: Db, sequence: number): Promise<string | undefined> {
  const { rows } = await db.execute<{ hash: string }>(
    sql`select hash from ${activitySeals} where ${activitySeals.sequence} = ${sequence}`,
  );
  return rows[0]?.hash;
}

export const countSealed = (db: Db) => db.$count(activitySeals);
export const countUnsealed = (db: Db) => db.$count(unsealedActivities);

interface Break extends Record<string, unknown> {
  kind: 'changed' | 'removed' | 'inserted';
  /** Place in the chain, as text; where several are gone, the first. */
  sequence: string | null;
  /** Last place that is gone, as text. */
  until: string | null;
  id: string | null;
}

/** Where log and chain do not fit each other, in the order of the chain. */
export async function listBreaks(db: Db): Promise<Break[]> {
  const { rows } = await db.execute<Break>(sql`
    with chain as (
      select s.sequence, s.activity_id, s.hash,
        lag(s.sequence, 1, 0::bigint) over by_place as sequence_before,
        lag(s.hash, 1, '') over by_place as hash_before
      from activity_seals s window by_place as (order by s.sequence)),
    breaks as (
      select case when sequence <> sequence_before + 1 or entry.id is null then 'removed' else 'changed' end as kind,
        case when sequence <> sequence_before + 1 then sequence_before + 1 else sequence end as sequence,
        case when sequence <> sequence_before + 1 then sequence - 1 else sequence end as until,
        case when sequence = sequence_before + 1 then activity_id end as id
      from chain left join user_activity_log entry on entry.id = activity_id
      where sequence <> sequence_before + 1 or entry.id is null
        or hash <> activity_hash(hash_before, sequence, entry)
      union all
      select 'inserted', null, null, entry.id from user_activity_log entry
      where not exists (select from activity_seals s where s.activity_id = entry.id)
        and not exists (select from unsealed_activities u where u.activity_id = entry.id))
    select kind, sequence::text, until::text, id from breaks order by breaks.sequence, id limit ${MOST_FINDINGS}`);
  return rows;
}

/** Whether this role can do no more to the log than add to it. */
export async function isAppendOnly(db: Db): Promise<boolean> {
  const { rows } = await db.execute<{ is_append_only: boolean }>(sql`
    select not (has_table_privilege('user_activity_log', 'update, delete, truncate')
      or has_table_privilege('activity_seals', 'insert, update, delete, truncate')
      or has_table_privilege('unsealed_activities', 'insert, update, delete, truncate')) as is_append_only`);
  return rows[0].is_append_only;
}
