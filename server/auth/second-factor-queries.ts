import { and, eq, isNotNull, isNull, lt, or, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { secondFactors } from '../db/tables/people.ts';

export async function findSecondFactor(db: Db, userId: string) {
  const [row] = await db
    .select({ secret: secondFactors.secret, confirmedAt: secondFactors.confirmedAt })
    .from(secondFactors)
    .where(eq(secondFactors.userId, userId));
  return row;
}

/** As it stays until the transaction ends. */
export async function lockSecondFactor(tx: Db, userId: string) {
  const [row] = await tx
    .select({ confirmedAt: secondFactors.confirmedAt })
    .from(secondFactors)
    .where(eq(secondFactors.userId, userId))
    .for('share');
  return row;
}

/** Begins anew what was not confirmed. @returns false when there is a confirmed one */
export async function saveUnconfirmed(db: Db, userId: string, secret: Uint8Array): Promise<boolean> {
  const saved = await db
    .insert(secondFactors)
    .values({ userId, secret, recoveryHashes: [] })
    .onConflictDoUpdate({
      target: secondFactors.userId,
      set: { secret, lastStep: null },
      setWhere: isNull(secondFactors.confirmedAt),
    })
    .returning({ userId: secondFactors.userId });
  return saved.length > 0;
}

/** @returns false when it was confirmed or begun anew meanwhile */
export async function confirmSecondFactor(
  db: Db,
  userId: string,
  { secret, step, recoveryHashes }: { secret: Uint8Array; step: number; recoveryHashes: string[] },
): Promise<boolean> {
  const confirmed = await db
    .update(secondFactors)
    .set({ confirmedAt: sql`now()` as never, lastStep: step, recoveryHashes })
    .where(
      and(
        eq(secondFactors.userId, userId),
        eq(secondFactors.secret, secret),
        isNull(secondFactors.confirmedAt),
      ),
    )
    .returning({ userId: secondFactors.userId });
  return confirmed.length > 0;
}

/** Takes the code of a time step, once; with it all earlier ones are spent. @returns false when it was spent */
export async function takeStep(db: Db, userId: string, step: number): Promise<boolean> {
  const taken = await db
    .update(secondFactors)
    .set({ lastStep: step })
    .where(
      and(
        eq(secondFactors.userId, userId),
        isNotNull(secondFactors.confirmedAt),
        or(isNull(secondFactors.lastStep), lt(secondFactors.lastStep, step)),
      ),
    )
    .returning({ userId: secondFactors.userId });
  return taken.length > 0;
}

/** @returns false when it is none, or was spent */
export async function takeRecoveryCode(db: Db, userId: string, hash: string): Promise<boolean> {
  const taken = await db
    .update(secondFactors)
    .set({ recoveryHashes: sql`array_remove(${secondFactors.recoveryHashes}, ${hash})` })
    .where(
      and(
        eq(secondFactors.userId, userId),
        isNotNull(secondFactors.confirmedAt),
        sql`${hash} = any(${secondFactors.recoveryHashes})`,
      ),
    )
    .returning({ userId: secondFactors.userId });
  return taken.length > 0;
}

/** @returns false when there was none */
export async function removeSecondFactor(db: Db, userId: string): Promise<boolean> {
  const removed = await db
    .delete(secondFactors)
    .where(eq(secondFactors.userId, userId))
    .returning({ userId: secondFactors.userId });
  return removed.length > 0;
}
