import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { oneTimeLinks, users } from '../db/tables/people.ts';

const isGood = (secretHash: string) =>
  and(
    eq(oneTimeLinks.secretHash, secretHash),
    eq(oneTimeLinks.purpose, 'password_reset'),
    isNull(oneTimeLinks.usedAt),
    gt(oneTimeLinks.expiresAt, sql`now()`),
  );

/** Earlier links of the user end. */
export async function replacePasswordLink(
  tx: Db,
  row: { userId: string; createdBy: string; secretHash: string; expiresAt: string },
): Promise<void> {
  await tx.delete(oneTimeLinks).where(eq(oneTimeLinks.userId, row.userId));
  await tx.insert(oneTimeLinks).values({ ...row, purpose: 'password_reset' });
}

/** Whose password the link is for; undefined when it or the account is no longer good. */
export async function findLinkedAccount(db: Db, secretHash: string) {
  const [row] = await db
    .select({ id: users.id, securityVersion: users.securityVersion })
    .from(oneTimeLinks)
    .innerJoin(users, eq(users.id, oneTimeLinks.userId))
    .where(and(isGood(secretHash), eq(users.status, 'active')));
  return row;
}

/** @returns false when it was used meanwhile */
export async function takePasswordLink(tx: Db, secretHash: string): Promise<boolean> {
  const taken = await tx
    .update(oneTimeLinks)
    .set({ usedAt: sql`now()` as never })
    .where(isGood(secretHash))
    .returning({ id: oneTimeLinks.id });
  return taken.length > 0;
}
