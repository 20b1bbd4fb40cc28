import { and, eq, ne, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { hospitals, laboratories } from '../db/tables/people.ts';

export async function findFirstLaboratory(db: Db) {
  const [row] = await db
    .select({ id: laboratories.id })
    .from(laboratories)
    .orderBy(laboratories.createdAt, laboratories.id)
    .limit(1);
  return row;
}

export async function laboratoryExists(db: Db, id: string): Promise<boolean> {
  const rows = await db.select({ id: laboratories.id }).from(laboratories).where(eq(laboratories.id, id));
  return rows.length > 0;
}

const placeColumns = { id: hospitals.id, laboratoryId: hospitals.laboratoryId };

export async function findHospital(db: Db, id: string) {
  const [row] = await db.select(placeColumns).from(hospitals).where(eq(hospitals.id, id));
  return row;
}

/** By its name in capitals or not. */
async function findHospitalByName(db: Db, name: string) {
  const [row] = await db
    .select(placeColumns)
    .from(hospitals)
    .where(eq(sql`lower(${hospitals.name})`, name.toLowerCase()))
    .limit(1);
  return row;
}

/** Until the transaction ends, nobody else founds or renames a hospital. */
export async function lockHospitalNames(tx: Db): Promise<void> {
  await tx.execute(sql`lock table ${hospitals} in share row exclusive mode`);
}

/** Whether a hospital other than this one has the name, in capitals or not. */
export async function isHospitalNameTaken(tx: Db, name: string, exceptId?: string): Promise<boolean> {
  const rows = await tx
    .select({ id: hospitals.id })
    .from(hospitals)
    .where(
      and(
        eq(sql`lower(${hospitals.name})`, name.toLowerCase()),
        exceptId ? ne(hospitals.id, exceptId) : undefined,
      ),
    );
  return rows.length > 0;
}

export async function insertHospital(tx: Db, row: typeof hospitals.$inferInsert): Promise<string> {
  const [inserted] = await tx.insert(hospitals).values(row).returning({ id: hospitals.id });
  return inserted.id;
}

/** The hospital of that name, founded in the laboratory when there is none. */
export async function findOrInsertHospital(
  db: Db,
  row: { name: string; location: string; laboratoryId: string },
): Promise<{ id: string; laboratoryId: string }> {
  const known = await findHospitalByName(db, row.name);
  if (known) return known;
  const [founded] = await db.insert(hospitals).values(row).onConflictDoNothing().returning(placeColumns);
  return founded ?? (await findHospitalByName(db, row.name))!;
}
