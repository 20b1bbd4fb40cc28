import { and, asc, desc, eq } from 'drizzle-orm';
import type { Caller } from '../auth/caller.ts';
import type { Db } from '../db/client.ts';
import { hospitals, laboratories, laboratorySettings } from '../db/tables/people.ts';

/** @param version the latest unless given */
export async function findSettings(db: Db, laboratoryId: string, version?: number) {
  const [row] = await db
    .select({
      version: laboratorySettings.version,
      settings: laboratorySettings.settings,
      createdAt: laboratorySettings.createdAt,
      laboratory: laboratories.name,
    })
    .from(laboratorySettings)
    .innerJoin(laboratories, eq(laboratories.id, laboratorySettings.laboratoryId))
    .where(
      and(
        eq(laboratorySettings.laboratoryId, laboratoryId),
        version === undefined ? undefined : eq(laboratorySettings.version, version),
      ),
    )
    .orderBy(desc(laboratorySettings.version))
    .limit(1);
  if (!row) throw new Error(`laboratory ${laboratoryId} has no settings`);
  return row;
}

/** The laboratory that the caller belongs to, by their hospital if need be; an administrator of none gets the first. */
export async function findLaboratoryOf(db: Db, caller: Caller): Promise<string | undefined> {
  if (caller.laboratoryId) return caller.laboratoryId;
  const [row] = caller.hospitalId
    ? await db
        .select({ id: hospitals.laboratoryId })
        .from(hospitals)
        .where(eq(hospitals.id, caller.hospitalId))
    : await db.select({ id: laboratories.id }).from(laboratories).orderBy(asc(laboratories.id)).limit(1);
  return row?.id;
}

/** Until the transaction ends nobody else adds a version of its settings. */
export async function lockLaboratory(tx: Db, laboratoryId: string): Promise<void> {
  await tx
    .select({ id: laboratories.id })
    .from(laboratories)
    .where(eq(laboratories.id, laboratoryId))
    .for('update');
}

export async function insertSettings(tx: Db, version: typeof laboratorySettings.$inferInsert): Promise<void> {
  await tx.insert(laboratorySettings).values(version);
}
