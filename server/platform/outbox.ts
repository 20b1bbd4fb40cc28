import { sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import type { Db } from '../db/client.ts';

const waits = sql`ended_at is null and (leased_until is null or leased_until < now())`;
const seconds = (value: number) => sql`make_interval(secs => ${value})`;
const asArray = (ids: readonly string[]) => sql`${sql.param([...ids])}::uuid[]`;

/** Adds jobs; a sample whose job has not ended gets no second one. */
export async function addToOutbox(
  tx: Db,
  sampleIds: readonly string[],
  { redriven = false, traceparent }: { redriven?: boolean; traceparent?: string } = {},
): Promise<void> {
  await tx.execute(sql`
    insert into outbox (sample_id, redriven, traceparent)
    select id, ${redriven}, ${traceparent ?? null} from unnest(${asArray([...new Set(sampleIds)])}) as id
    on conflict (sample_id) do update
      set enqueued_at = now(), sent_at = null, lease_id = null, leased_until = null, ended_at = null,
          redriven = excluded.redriven, traceparent = excluded.traceparent
      where outbox.ended_at is not null`);
}

/**
 * Hands the oldest jobs that were not sent to `send`, which tells those that were. Several processes may do so at
 * once; one that dies in between sends them a second time.
 * @returns how many were sent
 */
export async function forward(
  db: Db,
  most: number,
  send: (sampleIds: string[]) => Promise<string[]>,
): Promise<number> {
  return db.transaction(async (tx) => {
    const { rows } = await tx.execute<{ sample_id: string }>(sql`
      select sample_id from outbox where sent_at is null and ${waits}
      order by enqueued_at limit ${most} for update skip locked`);
    if (rows.length === 0) return 0;
    const sent = await send(rows.map((row) => row.sample_id));
    await tx.execute(sql`update outbox set sent_at = now() where sample_id = any(${asArray(sent)})`);
    return sent.length;
  });
}

export interface Lease {
  id: string;
  sampleId: string;
  /** How often the job was leased, this time included. */
  attempts: number;
  redriven: boolean;
  traceparent: string | undefined;
}

interface LeasedRow extends Record<string, unknown> {
  lease_id: string;
  sample_id: string;
  attempts: number;
  redriven: boolean;
  traceparent: string | null;
}

const leaseFor = (leaseS: number) =>
  sql`lease_id = ${v7()}, leased_until = now() + ${seconds(leaseS)}, attempts = attempts + 1`;
const leasedColumns = sql`lease_id, sample_id, attempts, redriven, traceparent`;
const toLease = ({ lease_id: id, sample_id: sampleId, traceparent, ...row }: LeasedRow): Lease => ({
  id,
  sampleId,
  attempts: row.attempts,
  redriven: row.redriven,
  traceparent: traceparent ?? undefined,
});

/**
 * Takes a job for so long; of several workers that hold a message of the same job only one gets it. The others may
 * drop theirs where another message is to come.
 */
export async function takeLease(
  db: Db,
  sampleId: string,
  leaseS: number,
): Promise<Lease | 'ended' | 'unknown' | 'announced again' | { heldForS: number }> {
  const { rows: taken } = await db.execute<LeasedRow>(sql`
    update outbox set ${leaseFor(leaseS)}, sent_at = coalesce(sent_at, now())
    where sample_id = ${sampleId} and ${waits} returning ${leasedColumns}`);
  if (taken.length > 0) return toLease(taken[0]);
  const { rows } = await db.execute<{ ended: boolean; unsent: boolean; held_for_s: number }>(sql`
    select ended_at is not null as ended, sent_at is null as unsent,
           ceil(greatest(0, coalesce(extract(epoch from leased_until - now()), 0)))::int as held_for_s
    from outbox where sample_id = ${sampleId}`);
  if (rows.length === 0) return 'unknown';
  const [{ ended, unsent, held_for_s: heldForS }] = rows;
  if (ended) return 'ended';
  return unsent ? 'announced again' : { heldForS };
}

/**
 * Takes a job whose lease ran out, as that of a worker that died does: the one that was tried least, then the oldest.
 * Its message may be anywhere, so another one is sent should it have to wait once more.
 */
export async function takeInterrupted(
  db: Db,
  leaseS: number,
  mostAttempts: number,
): Promise<Lease | undefined> {
  const { rows } = await db.execute<LeasedRow>(sql`
    update outbox set ${leaseFor(leaseS)}, sent_at = null where sample_id = (
      select sample_id from outbox
      where ended_at is null and leased_until < now() and attempts < ${mostAttempts}
      order by attempts, leased_until limit 1 for update skip locked)
    returning ${leasedColumns}`);
  return rows.map(toLease).at(0);
}

/** @returns false when another worker has it meanwhile */
export async function extendLease(db: Db, { id, sampleId }: Lease, leaseS: number): Promise<boolean> {
  const { rowCount } = await db.execute(sql`
    update outbox set leased_until = now() + ${seconds(leaseS)}
    where sample_id = ${sampleId} and lease_id = ${id} and ended_at is null`);
  return rowCount === 1;
}

/** Gives a job back to those that wait. */
export async function releaseLease(db: Db, { id, sampleId }: Lease): Promise<void> {
  await db.execute(sql`
    update outbox set leased_until = null, lease_id = null where sample_id = ${sampleId} and lease_id = ${id}`);
}

/** @returns false when another worker has the job meanwhile: then it has not ended */
export async function endJob(db: Db, { id, sampleId }: Lease): Promise<boolean> {
  const { rowCount } = await db.execute(sql`
    update outbox set ended_at = now(), leased_until = null, attempts = 0 where sample_id = ${sampleId} and lease_id = ${id}`);
  return rowCount === 1;
}

export async function findOpenJobs(db: Db, sampleIds: readonly string[]): Promise<Set<string>> {
  const { rows } = await db.execute<{ sample_id: string }>(sql`
    select sample_id from outbox where ended_at is null and sample_id = any(${asArray(sampleIds)})`);
  return new Set(rows.map((row) => row.sample_id));
}

export async function countJobs(db: Db) {
  const { rows } = await db.execute<{ waiting: number; active: number; oldest: number | null }>(sql`
    select (count(*) filter (where ${waits}))::int as waiting,
           (count(*) filter (where leased_until >= now()))::int as active,
           extract(epoch from now() - min(enqueued_at) filter (where ${waits}))::float as oldest
    from outbox where ended_at is null`);
  const [{ waiting, active, oldest }] = rows;
  return { waiting, active, oldestWaitingS: oldest };
}

export async function hasSilentJobs(db: Db, sentBeforeS: number): Promise<boolean> {
  const { rows } = await db.execute(sql`select 1 from outbox where ${silentSince(sentBeforeS)} limit 1`);
  return rows.length > 0;
}

/** Ends jobs that were sent and never came: whoever looks for samples without a job finds theirs. @returns how many */
export async function endSilentJobs(db: Db, sentBeforeS: number): Promise<number> {
  const { rowCount } = await db.execute(
    sql`update outbox set ended_at = now(), attempts = 0 where ${silentSince(sentBeforeS)}`,
  );
  return rowCount ?? 0;
}

const silentSince = (s: number) => sql`${waits} and sent_at < now() - ${seconds(s)}
  and coalesce(leased_until, sent_at) < now() - ${seconds(s)}`;

export async function removeEndedJobs(db: Db, endedBeforeS: number): Promise<void> {
  await db.execute(sql`delete from outbox where ended_at < now() - ${seconds(endedBeforeS)}`);
}
