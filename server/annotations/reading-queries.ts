import { and, asc, desc, eq, exists, inArray, isNull, not, or, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { MarkedCell } from '../../core/differential/count.ts';
import type { Caller } from '../auth/caller.ts';
import { lavageVisible } from '../auth/visibility.ts';
import type { Db } from '../db/client.ts';
import { literal } from '../db/literal.ts';
import { detectionRuns, lavages, samples, slides } from '../db/tables/patients.ts';
import { hospitals, users } from '../db/tables/people.ts';
import { readingFields, readings, sampleAnnotations } from '../db/tables/readings.ts';

export async function findLavage(db: Db, caller: Caller, lavageId: string) {
  const [lavage] = await db
    .select({
      id: lavages.id,
      laboratoryId: hospitals.laboratoryId,
      smokingStatus: lavages.smokingStatus,
      cd4Cd8: lavages.cd4Cd8,
    })
    .from(lavages)
    .innerJoin(hospitals, eq(hospitals.id, lavages.hospitalId))
    .where(and(eq(lavages.id, lavageId), lavageVisible(caller)));
  return lavage;
}

export type LavageToRead = NonNullable<Awaited<ReturnType<typeof findLavage>>>;

const readingColumns = {
  id: readings.id,
  lavageId: readings.lavageId,
  userId: readings.userId,
  reader: { id: users.id, name: users.name },
  purpose: readings.purpose,
  blinded: readings.blinded,
  status: readings.status,
  laboratoryId: readings.laboratoryId,
  settingsVersion: readings.settingsVersion,
  version: readings.version,
  createdAt: readings.createdAt,
};

const readingsWithReader = (db: Db) =>
  db.select(readingColumns).from(readings).innerJoin(users, eq(users.id, readings.userId)).$dynamic();

/** The caller's own readings; of others' the closed ones, as far as seeing them blinds nobody's count. */
export function readingVisible(db: Db, caller: Caller): SQL {
  const own = alias(readings, 'own_reading');
  const ownReading = (condition: SQL) =>
    exists(
      db
        .select({ one: sql`1` })
        .from(own)
        .where(and(eq(own.lavageId, readings.lavageId), eq(own.userId, caller.id), condition)),
    );
  const readingBlind = ownReading(and(eq(own.status, 'open'), own.blinded) as SQL);
  const finished = and(ownReading(eq(own.status, 'closed')), not(ownReading(eq(own.status, 'open')))) as SQL;
  switch (caller.role) {
    case 'UPLOADER':
      return eq(readings.purpose, 'primary');
    case 'ADMIN':
      return or(eq(readings.userId, caller.id), not(readingBlind)) as SQL;
    case 'ANNOTATOR':
      return or(
        eq(readings.userId, caller.id),
        and(eq(readings.status, 'closed'), not(readingBlind), or(not(readings.blinded), finished)),
      ) as SQL;
  }
}

/** A reading of a visible lavage that the caller may see. */
export async function findReading(db: Db, caller: Caller, id: string) {
  const [reading] = await readingsWithReader(db)
    .innerJoin(lavages, eq(lavages.id, readings.lavageId))
    .where(and(eq(readings.id, id), lavageVisible(caller), readingVisible(db, caller)));
  return reading;
}
export type ReadingRow = NonNullable<Awaited<ReturnType<typeof findReading>>>;

export async function listReadings(db: Db, caller: Caller, lavageId: string): Promise<ReadingRow[]> {
  return readingsWithReader(db)
    .where(and(eq(readings.lavageId, lavageId), readingVisible(db, caller)))
    .orderBy(asc(readings.createdAt), asc(readings.id));
}

/**
 * The caller's open reading of a lavage, else their latest closed one.
 * @param strength locks it until the transaction ends
 */
export async function findOwnReading(
  db: Db,
  lavageId: string,
  userId: string,
  strength?: 'share',
): Promise<ReadingRow | undefined> {
  const own = readingsWithReader(db)
    .where(and(eq(readings.lavageId, lavageId), eq(readings.userId, userId)))
    .orderBy(sql`${readings.status} = 'open' desc`, desc(readings.createdAt))
    .limit(literal(1));
  const [reading] = await (strength ? own.for(strength, { of: readings }) : own);
  return reading;
}

export async function findPrimaryReading(db: Db, lavageId: string): Promise<ReadingRow | undefined> {
  const [reading] = await readingsWithReader(db)
    .where(and(eq(readings.lavageId, lavageId), eq(readings.purpose, 'primary')))
    .orderBy(asc(readings.createdAt))
    .limit(1);
  return reading;
}

/** Keeps others from opening readings of this lavage until the transaction ends. */
export async function lockLavage(tx: Db, lavageId: string): Promise<void> {
  await tx.select({ id: lavages.id }).from(lavages).where(eq(lavages.id, lavageId)).for('no key update');
}

/**
 * The state of a reading, kept as it is until the transaction ends: `share` for those who write cells into it,
 * `update` for the one who closes it.
 */
export async function lockReading(tx: Db, id: string, strength: 'share' | 'update') {
  const [reading] = await tx
    .select({
      status: readings.status,
      version: readings.version,
      userId: readings.userId,
      laboratoryId: readings.laboratoryId,
      settingsVersion: readings.settingsVersion,
    })
    .from(readings)
    .where(eq(readings.id, id))
    .for(strength);
  return reading;
}

export async function insertReading(tx: Db, row: typeof readings.$inferInsert): Promise<string> {
  const [{ id }] = await tx.insert(readings).values(row).returning({ id: readings.id });
  return id;
}

export async function updateReadingRow(
  tx: Db,
  id: string,
  status: 'open' | 'closed' | undefined,
): Promise<void> {
  const closedAt = status === undefined ? undefined : status === 'closed' ? sql`now()` : null;
  await tx
    .update(readings)
    .set({ status, closedAt, version: sql`${readings.version} + 1` })
    .where(eq(readings.id, id));
}

/** Every field of a lavage by upload, with what a reading says of it; without one, all are unread. */
export async function listFields(db: Db, lavageId: string, readingId: string | undefined) {
  return db
    .select({
      sampleId: samples.id,
      widthPx: samples.width,
      heightPx: samples.height,
      micronsPerPixel: samples.micronsPerPixel,
      latestRunId: samples.latestRunId,
      countsInDifferential: slides.countsInDifferential,
      state: sql<'unread' | 'complete' | 'excluded'>`coalesce(${readingFields.state}, 'unread')`,
      excludedBecause: readingFields.excludedBecause,
      runId: readingFields.runId,
    })
    .from(samples)
    .innerJoin(slides, eq(slides.id, samples.slideId))
    .leftJoin(
      readingFields,
      and(eq(readingFields.sampleId, samples.id), eq(readingFields.readingId, readingId ?? sql`null`)),
    )
    .where(and(eq(samples.lavageId, lavageId), isNull(samples.deletedAt)))
    .orderBy(asc(samples.createdAt), asc(samples.id));
}

export async function upsertFields(tx: Db, rows: (typeof readingFields.$inferInsert)[]): Promise<void> {
  if (rows.length === 0) return;
  await tx
    .insert(readingFields)
    .values(rows)
    .onConflictDoUpdate({
      target: [readingFields.readingId, readingFields.sampleId],
      set: {
        state: sql`excluded.state`,
        excludedBecause: sql`excluded.excluded_because`,
        runId: sql`excluded.run_id`,
        updatedAt: sql`now()`,
      },
    });
}

export async function findFieldState(db: Db, readingId: string, sampleId: string) {
  const [field] = await db
    .select({ state: readingFields.state })
    .from(readingFields)
    .where(and(eq(readingFields.readingId, readingId), eq(readingFields.sampleId, sampleId)));
  return field?.state;
}

/** Which of these runs belong to which sample. */
export async function listRunSamples(db: Db, runIds: readonly string[]) {
  if (runIds.length === 0) return [];
  return db
    .select({ runId: detectionRuns.id, sampleId: detectionRuns.sampleId })
    .from(detectionRuns)
    .where(inArray(detectionRuns.id, [...runIds]));
}

/** All cells that a reading marked, of every field. Thousands, so they come as they are, without a conversion of each. */
export async function listMarkedCells(db: Db, readingId: string) {
  type Row = Omit<MarkedCell, 'box'> & MarkedCell['box'] & { sampleId: string };
  const { rows } = await db.execute<Row & Record<string, unknown>>(sql`
    select sample_id as "sampleId", cell_type as "cellType", x, y, width, height, source, run_id as "runId",
      detection_index as "detectionIndex"
    from ${sampleAnnotations} where reading_id = ${readingId} and deleted_at is null`);
  return rows;
}

/** The packed cells of these runs. */
export async function listRunCells(db: Db, runIds: readonly string[]) {
  if (runIds.length === 0) return [];
  return db
    .select({ runId: detectionRuns.id, sampleId: detectionRuns.sampleId, cells: detectionRuns.cells })
    .from(detectionRuns)
    .where(inArray(detectionRuns.id, [...runIds]));
}
