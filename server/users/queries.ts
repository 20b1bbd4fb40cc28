import { eq, sql } from 'drizzle-orm';
import { DEFAULT_LABORATORY_SETTINGS } from '../../core/laboratory-settings.ts';
import type { Db } from '../db/client.ts';
import { laboratories, laboratorySettings, users } from '../db/tables/people.ts';

/** Any fixed number: two starting processes must not both make the first administrator. */
const FIRST_START_LOCK = 4_217_002;

/** Held until the transaction ends. */
export async function lockFirstStart(tx: Db): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${FIRST_START_LOCK})`);
}

export async function administratorExists(db: Db): Promise<boolean> {
  const rows = await db.select({ id: users.id }).from(users).where(eq(users.role, 'ADMIN')).limit(1);
  return rows.length > 0;
}

/** The oldest laboratory, or a new one with default settings. @returns its id */
export async function findOrInsertLaboratory(tx: Db, name: string): Promise<string> {
  const [oldest] = await tx
    .select({ id: laboratories.id })
    .from(laboratories)
    .orderBy(laboratories.createdAt, laboratories.id)
    .limit(1);
  if (oldest) return oldest.id;
  const [founded] = await tx.insert(laboratories).values({ name }).returning({ id: laboratories.id });
  await tx
    .insert(laboratorySettings)
    .values({ laboratoryId: founded.id, version: 1, settings: DEFAULT_LABORATORY_SETTINGS });
  return founded.id;
}

/** @returns the id, or undefined when somebody has that address */
export async function insertAdministrator(
  tx: Db,
  row: { email: string; passwordHash: string; mustChangePassword: boolean; laboratoryId: string },
): Promise<string | undefined> {
  const [inserted] = await tx
    .insert(users)
    .values({ ...row, name: 'Administrator', role: 'ADMIN', status: 'active' })
    .onConflictDoNothing()
    .returning({ id: users.id });
  return inserted?.id;
}
