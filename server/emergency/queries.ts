import { and, desc, eq, gt, isNotNull, isNull, lt, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Caller } from '../auth/caller.ts';
import { patientVisible } from '../auth/visibility.ts';
import type { Db } from '../db/client.ts';
import { patientIdentifiers, patients } from '../db/tables/patients.ts';
import { emergencyAccesses, hospitals, users } from '../db/tables/people.ts';
import type { Cursor } from '../http/cursor.ts';
import { countRows } from '../http/queries.ts';

export interface Identifier {
  value: string;
  type: string;
  issuer: string;
}

/** Whoever the patient belongs to. */
export async function findPatientByIdentifier(db: Db, caller: Caller, { value, type, issuer }: Identifier) {
  const [row] = await db
    .select({ id: patients.id, isVisible: sql<boolean>`${patientVisible(caller)}` })
    .from(patientIdentifiers)
    .innerJoin(patients, eq(patients.id, patientIdentifiers.patientId))
    .where(
      and(
        eq(patientIdentifiers.value, value),
        eq(patientIdentifiers.type, type),
        eq(patientIdentifiers.issuer, issuer),
        isNull(patients.deletedAt),
      ),
    );
  return row;
}

const ownColumns = {
  id: emergencyAccesses.id,
  patientId: emergencyAccesses.patientId,
  reason: emergencyAccesses.reason,
  createdAt: emergencyAccesses.createdAt,
  expiresAt: emergencyAccesses.expiresAt,
};

export async function insertEmergencyAccess(
  tx: Db,
  row: { userId: string; patientId: string; reason: string },
  forS: number,
) {
  const [inserted] = await tx
    .insert(emergencyAccesses)
    .values({ ...row, expiresAt: sql`now() + make_interval(secs => ${forS})` })
    .returning(ownColumns);
  return inserted;
}

const isRunning = () => and(isNull(emergencyAccesses.endedAt), gt(emergencyAccesses.expiresAt, sql`now()`));

export async function listRunning(db: Db, userId: string) {
  return db
    .select(ownColumns)
    .from(emergencyAccesses)
    .where(and(eq(emergencyAccesses.userId, userId), isRunning()))
    .orderBy(desc(emergencyAccesses.createdAt));
}

const reviewer = alias(users, 'reviewer');

const accesses = (db: Db) =>
  db
    .select({
      ...ownColumns,
      user: { id: users.id, name: users.name },
      hospital: { id: hospitals.id, name: hospitals.name },
      endedAt: emergencyAccesses.endedAt,
      reviewedAt: emergencyAccesses.reviewedAt,
      reviewedBy: reviewer.name,
    })
    .from(emergencyAccesses)
    .innerJoin(users, eq(users.id, emergencyAccesses.userId))
    .innerJoin(patients, eq(patients.id, emergencyAccesses.patientId))
    .innerJoin(hospitals, eq(hospitals.id, patients.hospitalId))
    .leftJoin(reviewer, eq(reviewer.id, emergencyAccesses.reviewedBy));

function reviewedAs(reviewed: boolean | undefined): SQL | undefined {
  if (reviewed === undefined) return undefined;
  return reviewed ? isNotNull(emergencyAccesses.reviewedAt) : isNull(emergencyAccesses.reviewedAt);
}

interface PageRequest {
  reviewed: boolean | undefined;
  after: Cursor | undefined;
  limit: number;
  offset: number;
}

export async function listAccesses(db: Db, { reviewed, after, limit, offset }: PageRequest) {
  const { createdAt, id } = emergencyAccesses;
  return accesses(db)
    .where(
      and(
        reviewedAs(reviewed),
        after && lt(sql`(${createdAt}, ${id})`, sql`(${after.key}::timestamptz, ${after.id}::uuid)`),
      ),
    )
    .orderBy(desc(createdAt), desc(id))
    .limit(limit)
    .offset(offset);
}
export type AccessRow = Awaited<ReturnType<typeof listAccesses>>[number];

export function countAccesses(db: Db, reviewed: boolean | undefined): Promise<number> {
  return countRows(db, emergencyAccesses, reviewedAs(reviewed));
}

export async function findAccess(db: Db, id: string): Promise<AccessRow | undefined> {
  const [row] = await accesses(db).where(eq(emergencyAccesses.id, id));
  return row;
}

/** The first review stays. @returns whether there is such an access */
export async function updateReview(
  tx: Db,
  id: string,
  { reviewedBy, end }: { reviewedBy: string; end: boolean },
): Promise<boolean> {
  const { reviewedAt, reviewedBy: first, endedAt } = emergencyAccesses;
  const rows = await tx
    .update(emergencyAccesses)
    .set({
      reviewedAt: sql`coalesce(${reviewedAt}, now())`,
      reviewedBy: sql`coalesce(${first}, ${reviewedBy}::uuid)`,
      ...(end ? { endedAt: sql`coalesce(${endedAt}, now())` } : {}),
    })
    .where(eq(emergencyAccesses.id, id))
    .returning({ id: emergencyAccesses.id });
  return rows.length > 0;
}
