import { and, desc, eq, gt, isNotNull, isNull, lt, not, or, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Caller } from '../auth/caller.ts';
import { patientVisible } from '../auth/visibility.ts';
import type { Db } from '../db/client.ts';
import { patientIdentifiers, patients } from '../db/tables/patients.ts';
import { emergencyAccesses, hospitals, users } from '../db/tables/people.ts';
import type { Place } from '../http/cursor.ts';
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

/** Keeps accesses of this user from being opened and ended meanwhile, until the transaction ends. */
export async function lockUser(tx: Db, userId: string): Promise<void> {
  await tx.select({ id: users.id }).from(users).where(eq(users.id, userId)).for('no key update');
}

const isRunning = () => and(isNull(emergencyAccesses.endedAt), gt(emergencyAccesses.expiresAt, sql`now()`));

export async function listRunning(db: Db, userId: string) {
  return db
    .select(ownColumns)
    .from(emergencyAccesses)
    .where(and(eq(emergencyAccesses.userId, userId), isRunning()))
    .orderBy(desc(emergencyAccesses.createdAt));
}

/** Whether it keeps its user from opening the patient again. */
const isBarring = () =>
  and(isNotNull(emergencyAccesses.endedAt), isNull(emergencyAccesses.reopeningAllowedAt)) as SQL;

const of = (userId: string, patientId: string) =>
  and(eq(emergencyAccesses.userId, userId), eq(emergencyAccesses.patientId, patientId));

export async function isBarred(db: Db, userId: string, patientId: string): Promise<boolean> {
  const rows = await db
    .select({ id: emergencyAccesses.id })
    .from(emergencyAccesses)
    .where(and(of(userId, patientId), isBarring()))
    .limit(1);
  return rows.length > 0;
}

const reviewer = alias(users, 'reviewer');

const accesses = (db: Db) =>
  db
    .select({
      ...ownColumns,
      user: { id: users.id, name: users.name },
      hospital: { id: hospitals.id, name: hospitals.name },
      endedAt: emergencyAccesses.endedAt,
      reopeningAllowedAt: emergencyAccesses.reopeningAllowedAt,
      reviewedAt: emergencyAccesses.reviewedAt,
      reviewedBy: reviewer.name,
    })
    .from(emergencyAccesses)
    .innerJoin(users, eq(users.id, emergencyAccesses.userId))
    .innerJoin(patients, eq(patients.id, emergencyAccesses.patientId))
    .innerJoin(hospitals, eq(hospitals.id, patients.hospitalId))
    .leftJoin(reviewer, eq(reviewer.id, emergencyAccesses.reviewedBy));

interface AccessFilter {
  reviewed?: 'true' | 'false';
  barring?: 'true' | 'false';
}

function matches({ reviewed, barring }: AccessFilter): SQL | undefined {
  const only = (wanted: AccessFilter[keyof AccessFilter], condition: SQL) =>
    wanted && (wanted === 'true' ? condition : not(condition));
  return and(only(reviewed, isNotNull(emergencyAccesses.reviewedAt)), only(barring, isBarring()));
}

interface PageRequest extends Place {
  filter: AccessFilter;
}

export async function listAccesses(db: Db, { filter, after, limit, offset }: PageRequest) {
  const { createdAt, id } = emergencyAccesses;
  return accesses(db)
    .where(
      and(
        matches(filter),
        after && lt(sql`(${createdAt}, ${id})`, sql`(${after.key}::timestamptz, ${after.id}::uuid)`),
      ),
    )
    .orderBy(desc(createdAt), desc(id))
    .limit(limit)
    .offset(offset);
}
export type AccessRow = Awaited<ReturnType<typeof listAccesses>>[number];

export function countAccesses(db: Db, filter: AccessFilter): Promise<number> {
  return countRows(db, emergencyAccesses, matches(filter));
}

export async function findAccess(db: Db, id: string): Promise<AccessRow | undefined> {
  const [row] = await accesses(db).where(eq(emergencyAccesses.id, id));
  return row;
}

/** The first review stays. What is ended, is ended with all that the user has open of the patient. */
export async function updateReview(
  tx: Db,
  { id, user, patientId }: AccessRow,
  { reviewedBy, end }: { reviewedBy: string; end: boolean },
): Promise<void> {
  const { reviewedAt, reviewedBy: first, endedAt } = emergencyAccesses;
  const itself = eq(emergencyAccesses.id, id);
  await tx
    .update(emergencyAccesses)
    .set({
      reviewedAt: sql`coalesce(${reviewedAt}, now())`,
      reviewedBy: sql`coalesce(${first}, ${reviewedBy}::uuid)`,
      ...(end ? { endedAt: sql`coalesce(${endedAt}, now())`, reopeningAllowedAt: null } : {}),
    })
    .where(end ? or(itself, and(of(user.id, patientId), isRunning())) : itself);
}

export async function updateReopening(tx: Db, { user, patientId }: AccessRow): Promise<void> {
  await tx
    .update(emergencyAccesses)
    .set({ reopeningAllowedAt: sql`now()` })
    .where(and(of(user.id, patientId), isBarring()));
}
