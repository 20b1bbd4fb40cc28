import { and, eq, gte, lt, lte, type SQL, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Db } from '../db/client.ts';
import { rateCounts } from '../db/tables/operational.ts';
import { idempotencyKeys } from '../db/tables/people.ts';
import { COUNT_LIMIT } from './list.ts';

const asItIs = (text: string) => text.replace(/[\\%_]/g, '\\$&');

/** The pattern of `like` for texts with this somewhere in them. */
export const containing = (text: string) => `%${asItIs(text)}%`;
/** The pattern of `like` for texts that begin with this. */
export const beginningWith = (text: string) => `${asItIs(text)}%`;

/** Rows of a time from one moment to another, both included; either may be left open. */
export const within = (time: PgColumn, { from, to }: { from?: string; to?: string }): SQL | undefined =>
  and(from ? gte(time, from) : undefined, to ? lte(time, to) : undefined);

/** Counts up to COUNT_LIMIT + 1 rows, so that a long list does not pay for its total. */
export async function countRows(
  db: Db,
  table: PgTable & { id: PgColumn },
  where: SQL | undefined,
): Promise<number> {
  const some = db
    .select({ id: table.id })
    .from(table as PgTable)
    .where(where)
    .limit(COUNT_LIMIT + 1)
    .as('some');
  return db.$count(some);
}

export async function claimKey(
  tx: Db,
  row: { userId: string; key: string; route: string; requestHash: string },
): Promise<boolean> {
  const inserted = await tx
    .insert(idempotencyKeys)
    .values(row)
    .onConflictDoNothing()
    .returning({ key: idempotencyKeys.key });
  return inserted.length > 0;
}

export async function findReply(tx: Db, userId: string, key: string) {
  const [row] = await tx
    .select({ requestHash: idempotencyKeys.requestHash, reply: idempotencyKeys.reply })
    .from(idempotencyKeys)
    .where(and(eq(idempotencyKeys.userId, userId), eq(idempotencyKeys.key, key)));
  return row;
}

export async function saveReply(tx: Db, userId: string, key: string, reply: unknown): Promise<void> {
  await tx
    .update(idempotencyKeys)
    .set({ reply })
    .where(and(eq(idempotencyKeys.userId, userId), eq(idempotencyKeys.key, key)));
}

export async function removeOldReplies(db: Db, olderThanS: number): Promise<void> {
  await db
    .delete(idempotencyKeys)
    .where(lt(idempotencyKeys.createdAt, sql`now() - make_interval(secs => ${olderThanS})`));
}

/** Adds to the window of each key that is open, or begins one. By the clock of the database. */
export async function addCounts(db: Db, added: { key: string; count: number; windowMs: number }[]) {
  const isOpen = sql`${rateCounts.endsAt} > now()`;
  // In one order, so that two processes never wait for each other.
  const rows = added
    .toSorted((one, other) => (one.key < other.key ? -1 : 1))
    .map(({ key, count, windowMs }) => ({
      key,
      count,
      endsAt: sql`now() + make_interval(secs => ${windowMs / 1000})`,
    }));
  return db
    .insert(rateCounts)
    .values(rows)
    .onConflictDoUpdate({
      target: rateCounts.key,
      set: {
        count: sql`case when ${isOpen} then ${rateCounts.count} else 0 end + excluded.count`,
        endsAt: sql`case when ${isOpen} then ${rateCounts.endsAt} else excluded.ends_at end`,
      },
    })
    .returning({
      key: rateCounts.key,
      count: rateCounts.count,
      endsInMs: sql<number>`extract(epoch from ${rateCounts.endsAt} - now())::float8 * 1000`,
    });
}

export async function removeCount(db: Db, key: string): Promise<void> {
  await db.delete(rateCounts).where(eq(rateCounts.key, key));
}

export async function removeEndedCounts(db: Db): Promise<void> {
  await db.delete(rateCounts).where(lt(rateCounts.endsAt, sql`now()`));
}
