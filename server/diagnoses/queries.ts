import { and, asc, desc, eq, isNull, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import type { LaboratorySettings } from '../../core/laboratory-settings.ts';
import type { Caller } from '../auth/caller.ts';
import { diagnosisShown, lavageVisible, patientVisible } from '../auth/visibility.ts';
import type { Db } from '../db/client.ts';
import { lavages, patients } from '../db/tables/patients.ts';
import { hospitals, laboratorySettings, users } from '../db/tables/people.ts';
import { patientAnnotations, readings } from '../db/tables/readings.ts';

export async function isPatientVisible(db: Db, caller: Caller, patientId: string): Promise<boolean> {
  const rows = await db
    .select({ id: patients.id })
    .from(patients)
    .where(and(eq(patients.id, patientId), patientVisible(caller)));
  return rows.length > 0;
}

/** Lavages of a patient that the caller may see, with the laboratory that reads them. */
export async function listLavagesToDiagnose(db: Db, caller: Caller, patientId: string, lavageId?: string) {
  return db
    .select({ id: lavages.id, laboratoryId: hospitals.laboratoryId })
    .from(lavages)
    .innerJoin(hospitals, eq(hospitals.id, lavages.hospitalId))
    .where(
      and(
        eq(lavages.patientId, patientId),
        lavageId === undefined ? undefined : eq(lavages.id, lavageId),
        lavageVisible(caller),
      ),
    )
    .orderBy(asc(lavages.createdAt), asc(lavages.id));
}

/** The caller's reading of a lavage, the open one first. */
export async function findOwnReadingId(db: Db, lavageId: string, userId: string) {
  const [reading] = await db
    .select({ id: readings.id })
    .from(readings)
    .where(and(eq(readings.lavageId, lavageId), eq(readings.userId, userId)))
    .orderBy(sql`${readings.status} = 'open' desc`, desc(readings.createdAt))
    .limit(1);
  return reading?.id;
}

const columns = {
  id: patientAnnotations.id,
  patientId: lavages.patientId,
  patient: { id: patients.id, name: patients.name },
  hospital: { id: hospitals.id, name: hospitals.name },
  lavageId: patientAnnotations.lavageId,
  readingId: patientAnnotations.readingId,
  user: { id: users.id, name: users.name },
  adequacy: patientAnnotations.adequacy,
  adequacyReasons: patientAnnotations.adequacyReasons,
  pattern: patientAnnotations.pattern,
  diagnosis: patientAnnotations.diagnosis,
  laboratoryId: patientAnnotations.laboratoryId,
  settingsVersion: patientAnnotations.settingsVersion,
  /** The catalogue that its codes come from. */
  catalogue: sql<LaboratorySettings['diagnoses']>`${laboratorySettings.settings} -> 'diagnoses'`,
  comments: patientAnnotations.comments,
  version: patientAnnotations.version,
  createdAt: patientAnnotations.createdAt,
  updatedAt: patientAnnotations.updatedAt,
};

export const diagnosesWithContext = (db: Db) =>
  db
    .select(columns)
    .from(patientAnnotations)
    .innerJoin(lavages, eq(lavages.id, patientAnnotations.lavageId))
    .innerJoin(patients, eq(patients.id, lavages.patientId))
    .innerJoin(hospitals, eq(hospitals.id, patients.hospitalId))
    .innerJoin(users, eq(users.id, patientAnnotations.userId))
    .innerJoin(
      laboratorySettings,
      and(
        eq(laboratorySettings.laboratoryId, patientAnnotations.laboratoryId),
        eq(laboratorySettings.version, patientAnnotations.settingsVersion),
      ),
    );

/** Visible with its lavage. */
const diagnosisVisible = (caller: Caller) => and(diagnosisShown(caller), lavageVisible(caller));

export async function findDiagnosis(db: Db, caller: Caller, id: string) {
  const [row] = await diagnosesWithContext(db).where(
    and(eq(patientAnnotations.id, id), diagnosisVisible(caller)),
  );
  return row;
}
export type DiagnosisRow = NonNullable<Awaited<ReturnType<typeof findDiagnosis>>>;

export async function listDiagnoses(db: Db, caller: Caller, patientId: string): Promise<DiagnosisRow[]> {
  return diagnosesWithContext(db)
    .where(and(eq(lavages.patientId, patientId), diagnosisVisible(caller)))
    .orderBy(desc(patientAnnotations.createdAt), desc(patientAnnotations.id));
}

export async function insertDiagnosis(tx: Db, row: typeof patientAnnotations.$inferInsert): Promise<string> {
  const [{ id }] = await tx.insert(patientAnnotations).values(row).returning({ id: patientAnnotations.id });
  return id;
}

/**
 * @param version undefined: whichever it is at
 * @returns whether it still was at this version
 */
export async function updateDiagnosis(
  tx: Db,
  id: string,
  version: number | undefined,
  change: PgUpdateSetSource<typeof patientAnnotations>,
): Promise<boolean> {
  const rows = await tx
    .update(patientAnnotations)
    .set({ ...change, version: sql`${patientAnnotations.version} + 1`, updatedAt: sql`now()` })
    .where(
      and(
        eq(patientAnnotations.id, id),
        version === undefined ? undefined : eq(patientAnnotations.version, version),
        isNull(patientAnnotations.deletedAt),
      ),
    )
    .returning({ id: patientAnnotations.id });
  return rows.length > 0;
}

/** @returns whether it was there, at this version if one is given */
export function hideDiagnosis(tx: Db, id: string, version: number | undefined): Promise<boolean> {
  return updateDiagnosis(tx, id, version, { deletedAt: sql`now()` });
}
