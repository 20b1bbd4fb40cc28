import { and, asc, desc, eq, gt, ilike, isNull, lt, or, type SQL, sql } from 'drizzle-orm';
import type { Caller } from '../auth/caller.ts';
import { diagnosisShown, patientVisible, sampleShown } from '../auth/visibility.ts';
import type { Db } from '../db/client.ts';
import { literal } from '../db/literal.ts';
import { lavages, patientIdentifiers, patients, samples } from '../db/tables/patients.ts';
import { hospitals, users } from '../db/tables/people.ts';
import { patientAnnotations, readings } from '../db/tables/readings.ts';
import type { Cursor, Place } from '../http/cursor.ts';
import { containing, countRows, within } from '../http/queries.ts';

export type PatientSort = 'created_at' | '-created_at' | 'name' | '-name' | '-last_sample_at';
export type DiagnosisStatus = 'none' | 'reading' | 'diagnosed';

export interface PatientFilter {
  q?: string;
  hospitalId?: string;
  createdBy?: string;
  diagnosisStatus?: DiagnosisStatus;
  from?: string;
  to?: string;
}

export interface Identifier {
  value: string;
  type: string;
  issuer: string;
}

interface SampleSummary {
  pending: number;
  processing: number;
  completed: number;
  failed: number;
  lastAt: string | null;
}

const lastSampleAt = sql<string>`coalesce((
  select max(${samples.createdAt}) from ${samples}
  where ${samples.patientId} = ${patients.id} and ${samples.deletedAt} is null), 'epoch')`;

/** What a list is ordered by; the id decides between equals. */
const sortKeys = {
  created_at: { key: sql`${patients.createdAt}`, kind: 'time' },
  name: { key: sql`lower(${patients.name})`, kind: 'text' },
  last_sample_at: { key: lastSampleAt, kind: 'time' },
} as const;

function orderOf(sort: PatientSort) {
  const descending = sort.startsWith('-');
  const name = (descending ? sort.slice(1) : sort) as keyof typeof sortKeys;
  return { ...sortKeys[name], descending };
}

export const cursorKindOf = (sort: PatientSort) => orderOf(sort).kind;

interface PageRequest extends Place {
  filter: PatientFilter;
  sort: PatientSort;
}

/** Ids of one page with the values that it is ordered by, as the cursor needs them. */
export async function listPatientPage(
  db: Db,
  caller: Caller,
  { filter, sort, after, limit, offset }: PageRequest,
): Promise<Cursor[]> {
  const { key, kind, descending } = orderOf(sort);
  const direction = descending ? desc : asc;
  const behind = descending ? lt : gt;
  const rows = await db
    .select({ id: patients.id, key: sql<string | Date>`${key}` })
    .from(patients)
    .where(
      and(
        matches(caller, filter),
        after &&
          behind(
            sql`(${key}, ${patients.id})`,
            sql`(${after.key}::${sql.raw(kind === 'time' ? 'timestamptz' : 'text')}, ${after.id}::uuid)`,
          ),
      ),
    )
    .orderBy(direction(key), direction(patients.id))
    .limit(literal(limit))
    .offset(offset);
  return rows.map((row) => ({
    id: row.id,
    key: kind === 'time' ? new Date(row.key).toISOString() : String(row.key),
  }));
}

export function countPatients(db: Db, caller: Caller, filter: PatientFilter): Promise<number> {
  return countRows(db, patients, matches(caller, filter));
}

function matches(caller: Caller, filter: PatientFilter): SQL | undefined {
  return and(
    patientVisible(caller),
    filter.q ? searched(filter.q) : undefined,
    filter.hospitalId ? eq(patients.hospitalId, filter.hospitalId) : undefined,
    filter.createdBy ? eq(patients.createdBy, filter.createdBy) : undefined,
    filter.diagnosisStatus && inStatus(caller, filter.diagnosisStatus),
    within(patients.createdAt, filter),
  );
}

/** Name and identifiers by any part, the id by its beginning. */
function searched(q: string): SQL | undefined {
  const part = containing(q);
  const identified = sql`exists (select 1 from ${patientIdentifiers}
    where ${patientIdentifiers.patientId} = ${patients.id} and ${patientIdentifiers.value} ilike ${part})`;
  const byId = /^[0-9a-f][0-9a-f-]{3,35}$/i.test(q)
    ? sql`${patients.id}::text like ${`${q.toLowerCase()}%`}`
    : undefined;
  return or(ilike(patients.name, part), identified, byId);
}

const isDiagnosed = (caller: Caller) => sql<boolean>`exists (
  select 1 from ${patientAnnotations} join ${lavages} on ${lavages.id} = ${patientAnnotations.lavageId}
  where ${lavages.patientId} = ${patients.id} and ${diagnosisShown(caller)})`;
const isRead = sql<boolean>`exists (
  select 1 from ${readings} join ${lavages} on ${lavages.id} = ${readings.lavageId}
  where ${lavages.patientId} = ${patients.id})`;
const diagnosisStatusOf = (caller: Caller) =>
  sql<DiagnosisStatus>`case when ${isDiagnosed(caller)} then 'diagnosed' when ${isRead} then 'reading' else 'none' end`;

function inStatus(caller: Caller, status: DiagnosisStatus): SQL {
  switch (status) {
    case 'diagnosed':
      return isDiagnosed(caller);
    case 'reading':
      return sql`(${isRead} and not ${isDiagnosed(caller)})`;
    case 'none':
      return sql`not (${isRead} or ${isDiagnosed(caller)})`;
  }
}

const patientColumns = {
  id: patients.id,
  name: patients.name,
  age: patients.age,
  gender: patients.gender,
  contact: patients.contact,
  dateOfBirth: patients.dateOfBirth,
  sex: patients.sex,
  version: patients.version,
  createdAt: patients.createdAt,
  hospital: { id: hospitals.id, name: hospitals.name },
  identifiers: sql<Identifier[]>`(
    select coalesce(json_agg(json_build_object('value', ${patientIdentifiers.value}, 'type', ${patientIdentifiers.type},
      'issuer', ${patientIdentifiers.issuer}) order by ${patientIdentifiers.id}), '[]')
    from ${patientIdentifiers} where ${patientIdentifiers.patientId} = ${patients.id})`,
};

/** The patient as it is, without its samples; undefined when the caller may not see it. */
export async function findPatient(db: Db, caller: Caller, id: string) {
  const [row] = await db
    .select(patientColumns)
    .from(patients)
    .innerJoin(hospitals, eq(hospitals.id, patients.hospitalId))
    .where(and(eq(patients.id, id), patientVisible(caller)));
  return row;
}

/** Patients the caller may see among these, in no order, with what is known of their samples and diagnoses. */
export async function listPatientRows(db: Db, caller: Caller, ids: string[]) {
  const rows = await db
    .select({
      ...patientColumns,
      createdBy: { id: users.id, name: users.name },
      samples: sampleSummary(caller),
      diagnosisStatus: diagnosisStatusOf(caller),
    })
    .from(patients)
    .innerJoin(hospitals, eq(hospitals.id, patients.hospitalId))
    .innerJoin(users, eq(users.id, patients.createdBy))
    .where(and(sql`${patients.id} = any(${sql.param(ids)}::uuid[])`, patientVisible(caller)));
  return rows.map(({ samples: { lastAt, ...byStatus }, ...patient }) => ({
    ...patient,
    emergencyUntil: emergencyUntil(caller, patient.id),
    sampleCount: byStatus.pending + byStatus.processing + byStatus.completed + byStatus.failed,
    samplesByStatus: byStatus,
    lastSampleAt: lastAt === null ? null : new Date(lastAt).toISOString(),
  }));
}

function emergencyUntil({ emergencies }: Caller, patientId: string): string | null {
  const until = emergencies[patientId];
  return until === undefined ? null : new Date(until).toISOString();
}

/** Of a patient who is visible. */
function sampleSummary(caller: Caller): SQL<SampleSummary> {
  const count = (status: string) =>
    sql`count(*) filter (where ${samples.inferenceStatus} = ${sql.raw(`'${status}'`)})`;
  return sql<SampleSummary>`(
    select json_build_object('pending', ${count('pending')}, 'processing', ${count('processing')},
      'completed', ${count('completed')}, 'failed', ${count('failed')}, 'lastAt', max(${samples.createdAt}))
    from ${samples} where ${samples.patientId} = ${patients.id} and ${sampleShown(caller)})`;
}

export async function insertPatient(db: Db, row: typeof patients.$inferInsert): Promise<string> {
  const [inserted] = await db.insert(patients).values(row).returning({ id: patients.id });
  return inserted.id;
}

/** @returns those that were taken; an identifier that some patient has is left out */
export async function insertIdentifiers(
  db: Db,
  patientId: string,
  identifiers: Identifier[],
): Promise<Identifier[]> {
  if (identifiers.length === 0) return [];
  return db
    .insert(patientIdentifiers)
    .values(identifiers.map((identifier) => ({ ...identifier, patientId })))
    .onConflictDoNothing()
    .returning({
      value: patientIdentifiers.value,
      type: patientIdentifiers.type,
      issuer: patientIdentifiers.issuer,
    });
}

export async function removeIdentifiers(db: Db, patientId: string): Promise<void> {
  await db.delete(patientIdentifiers).where(eq(patientIdentifiers.patientId, patientId));
}

type Changes = Partial<
  Pick<typeof patients.$inferInsert, 'name' | 'age' | 'gender' | 'contact' | 'dateOfBirth' | 'sex'>
>;

/** @returns whether the patient was there, visible, and still of that version */
export async function updatePatient(
  db: Db,
  caller: Caller,
  { id, version, changes }: { id: string; version: number; changes: Changes },
): Promise<boolean> {
  const updated = await db
    .update(patients)
    .set({ ...changes, version: sql`${patients.version} + 1`, updatedAt: sql`now()` })
    .where(and(eq(patients.id, id), eq(patients.version, version), patientVisible(caller)))
    .returning({ id: patients.id });
  return updated.length > 0;
}

/** @returns whether the patient was there and visible */
export async function hidePatient(db: Db, caller: Caller, id: string): Promise<boolean> {
  const hidden = await db
    .update(patients)
    .set({ deletedAt: sql`now()`, version: sql`${patients.version} + 1`, updatedAt: sql`now()` })
    .where(and(eq(patients.id, id), isNull(patients.deletedAt), patientVisible(caller)))
    .returning({ id: patients.id });
  return hidden.length > 0;
}

export async function hospitalExists(db: Db, id: string): Promise<boolean> {
  const rows = await db.select({ id: hospitals.id }).from(hospitals).where(eq(hospitals.id, id));
  return rows.length > 0;
}
