import { and, asc, desc, eq, gt, ilike, lt, or, type SQL, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { lavages, patients } from '../db/tables/patients.ts';
import { hospitals, laboratories, users } from '../db/tables/people.ts';
import type { Place } from '../http/cursor.ts';
import { containing, countRows } from '../http/queries.ts';

const columns = {
  id: hospitals.id,
  name: hospitals.name,
  location: hospitals.location,
  laboratory: { id: laboratories.id, name: laboratories.name },
  uploadersShare: hospitals.uploadersShare,
  userCount: sql<number>`(select count(*)::int from ${users} where ${users.hospitalId} = ${hospitals.id})`,
  version: hospitals.version,
  createdAt: hospitals.createdAt,
};

const nameKey = sql`lower(${hospitals.name})`;

interface PageRequest extends Place {
  q?: string;
  descending: boolean;
}

export async function listHospitals(db: Db, { q, descending, after, limit, offset }: PageRequest) {
  const direction = descending ? desc : asc;
  const behind = descending ? lt : gt;
  return db
    .select({ ...columns, key: sql<string>`${nameKey}` })
    .from(hospitals)
    .innerJoin(laboratories, eq(laboratories.id, hospitals.laboratoryId))
    .where(
      and(
        searched(q),
        after && behind(sql`(${nameKey}, ${hospitals.id})`, sql`(${after.key}::text, ${after.id}::uuid)`),
      ),
    )
    .orderBy(direction(nameKey), direction(hospitals.id))
    .limit(limit)
    .offset(offset);
}

export function countHospitals(db: Db, q: string | undefined): Promise<number> {
  return countRows(db, hospitals, searched(q));
}

function searched(q: string | undefined): SQL | undefined {
  if (!q) return undefined;
  const part = containing(q);
  return or(ilike(hospitals.name, part), ilike(hospitals.location, part));
}

export async function findHospital(db: Db, id: string) {
  const [row] = await db
    .select(columns)
    .from(hospitals)
    .innerJoin(laboratories, eq(laboratories.id, hospitals.laboratoryId))
    .where(eq(hospitals.id, id));
  return row;
}

type Changes = Partial<Pick<typeof hospitals.$inferInsert, 'name' | 'location' | 'uploadersShare'>>;

/** @returns whether the hospital was there and still of that version */
export async function updateHospital(
  db: Db,
  { id, version, changes }: { id: string; version: number; changes: Changes },
): Promise<boolean> {
  const updated = await db
    .update(hospitals)
    .set({ ...changes, version: sql`${hospitals.version} + 1` })
    .where(and(eq(hospitals.id, id), eq(hospitals.version, version)))
    .returning({ id: hospitals.id });
  return updated.length > 0;
}

export async function lockHospital(tx: Db, id: string): Promise<void> {
  await tx.select({ id: hospitals.id }).from(hospitals).where(eq(hospitals.id, id)).for('update');
}

export async function countBelongings(db: Db, id: string) {
  return {
    users: await db.$count(users, eq(users.hospitalId, id)),
    patients: await db.$count(patients, eq(patients.hospitalId, id)),
    lavages: await db.$count(lavages, eq(lavages.hospitalId, id)),
  };
}

export async function eraseHospital(tx: Db, id: string): Promise<void> {
  await tx.delete(hospitals).where(eq(hospitals.id, id));
}
