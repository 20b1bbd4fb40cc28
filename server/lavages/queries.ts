import { and, desc, eq, exists, type SQL, sql } from 'drizzle-orm';
import { QueryBuilder } from 'drizzle-orm/pg-core';
import type { Caller } from '../auth/caller.ts';
import { lavageVisible, patientVisible, sampleVisible } from '../auth/visibility.ts';
import type { Db } from '../db/client.ts';
import { lavages, patients, requests, samples, slides } from '../db/tables/patients.ts';

const query = new QueryBuilder({ casing: 'snake_case' });

export async function findPatientOfLavages(db: Db, caller: Caller, id: string) {
  const [row] = await db
    .select({
      id: patients.id,
      hospitalId: patients.hospitalId,
      age: patients.age,
      dateOfBirth: patients.dateOfBirth,
    })
    .from(patients)
    .where(and(eq(patients.id, id), patientVisible(caller)));
  return row;
}

const lavageColumns = (caller: Caller) => ({
  id: lavages.id,
  patientId: lavages.patientId,
  collectedAt: lavages.collectedAt,
  receivedAt: lavages.receivedAt,
  site: lavages.site,
  instilledMl: lavages.instilledMl,
  recoveredMl: lavages.recoveredMl,
  cellsPerMl: lavages.cellsPerMl,
  viabilityPercent: lavages.viabilityPercent,
  cd4Cd8: lavages.cd4Cd8,
  smokingStatus: lavages.smokingStatus,
  accessionNumber: requests.accessionNumber,
  requester: requests.requester,
  question: requests.question,
  sampleCount: sql<number>`(select count(*)::int from ${samples}
    where ${samples.lavageId} = ${lavages.id} and ${sampleVisible(caller)})`,
  version: lavages.version,
  createdAt: lavages.createdAt,
});

function selectLavages(db: Db, caller: Caller, which: SQL) {
  return db
    .select(lavageColumns(caller))
    .from(lavages)
    .leftJoin(requests, eq(requests.id, lavages.requestId))
    .where(and(which, lavageVisible(caller)))
    .orderBy(desc(sql`coalesce(${lavages.collectedAt}, ${lavages.createdAt})`), desc(lavages.id));
}

type LavageRow = Awaited<ReturnType<typeof selectLavages>>[number];

const withRequest = ({ accessionNumber, requester, question, ...lavage }: LavageRow) => ({
  ...lavage,
  request: { accessionNumber, requester, question },
});

/** The latest first. */
export async function listLavages(db: Db, caller: Caller, patientId: string) {
  return (await selectLavages(db, caller, eq(lavages.patientId, patientId))).map(withRequest);
}

export async function findLavage(db: Db, caller: Caller, id: string) {
  const [row] = await selectLavages(db, caller, eq(lavages.id, id));
  return row && withRequest(row);
}

export async function insertLavage(db: Db, row: typeof lavages.$inferInsert): Promise<string> {
  const [inserted] = await db.insert(lavages).values(row).returning({ id: lavages.id });
  return inserted.id;
}

type LavageChanges = Partial<
  Omit<typeof lavages.$inferInsert, 'id' | 'patientId' | 'hospitalId' | 'version'>
>;

/** @returns its patient and request, or undefined when it is not there, not visible, or of another version */
export async function updateLavage(
  db: Db,
  caller: Caller,
  { id, version, changes }: { id: string; version: number; changes: LavageChanges },
) {
  const [row] = await db
    .update(lavages)
    .set({ ...changes, version: sql`${lavages.version} + 1`, updatedAt: sql`now()` })
    .where(and(eq(lavages.id, id), eq(lavages.version, version), lavageVisible(caller)))
    .returning({
      patientId: lavages.patientId,
      requestId: lavages.requestId,
      collectedAt: lavages.collectedAt,
    });
  return row;
}

/** What follows from other columns; the version stays. */
export async function setDerivedColumns(
  db: Db,
  id: string,
  columns: { requestId?: string; ageAtCollection?: number },
): Promise<void> {
  await db.update(lavages).set(columns).where(eq(lavages.id, id));
}

type RequestFields = Pick<typeof requests.$inferInsert, 'accessionNumber' | 'requester' | 'question'>;

export async function insertRequest(db: Db, patientId: string, fields: RequestFields): Promise<string> {
  const [inserted] = await db
    .insert(requests)
    .values({ ...fields, patientId })
    .returning({ id: requests.id });
  return inserted.id;
}

export async function updateRequest(db: Db, id: string, fields: RequestFields): Promise<void> {
  if (Object.values(fields).every((value) => value === undefined)) return;
  await db.update(requests).set(fields).where(eq(requests.id, id));
}

const slideColumns = {
  id: slides.id,
  lavageId: slides.lavageId,
  label: slides.label,
  stain: slides.stain,
  preparation: slides.preparation,
  countsInDifferential: slides.countsInDifferential,
  version: slides.version,
};

export async function listSlides(db: Db, lavageId: string) {
  return db
    .select(slideColumns)
    .from(slides)
    .where(eq(slides.lavageId, lavageId))
    .orderBy(slides.createdAt, slides.id);
}

export async function insertSlide(db: Db, row: typeof slides.$inferInsert) {
  const [inserted] = await db.insert(slides).values(row).returning(slideColumns);
  return inserted;
}

function slideVisible(caller: Caller): SQL {
  return exists(
    query
      .select({ one: sql`1` })
      .from(lavages)
      .where(and(eq(lavages.id, slides.lavageId), lavageVisible(caller))),
  );
}

export async function findSlide(db: Db, caller: Caller, id: string) {
  const [row] = await db
    .select(slideColumns)
    .from(slides)
    .where(and(eq(slides.id, id), slideVisible(caller)));
  return row;
}

type SlideChanges = Partial<
  Pick<typeof slides.$inferInsert, 'label' | 'stain' | 'preparation' | 'countsInDifferential'>
>;

/** @returns undefined when it is not there, not visible, or of another version */
export async function updateSlide(
  db: Db,
  caller: Caller,
  { id, version, changes }: { id: string; version: number; changes: SlideChanges },
) {
  const [row] = await db
    .update(slides)
    .set({ ...changes, version: sql`${slides.version} + 1` })
    .where(and(eq(slides.id, id), eq(slides.version, version), slideVisible(caller)))
    .returning(slideColumns);
  return row;
}
