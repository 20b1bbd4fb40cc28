import {
  and,
  asc,
  desc,
  eq,
  gt,
  ilike,
  inArray,
  isNull,
  lt,
  notInArray,
  or,
  type SQL,
  sql,
} from 'drizzle-orm';
import type { Caller } from '../auth/caller.ts';
import { lavageVisible, patientVisible, sampleVisible } from '../auth/visibility.ts';
import type { Db } from '../db/client.ts';
import { literal } from '../db/literal.ts';
import { userActivityLog } from '../db/tables/operational.ts';
import { detectionRuns, lavages, patients, samples } from '../db/tables/patients.ts';
import { hospitals, users } from '../db/tables/people.ts';
import { readingFields, readings, sampleAnnotations } from '../db/tables/readings.ts';
import type { Cursor, Place } from '../http/cursor.ts';
import { containing, countRows, within } from '../http/queries.ts';

export interface SampleFilter {
  /** Any part of the file name. */
  q?: string;
  inferenceStatus?: 'pending' | 'processing' | 'completed' | 'failed';
  patientId?: string;
  lavageId?: string;
  hospitalId?: string;
  uploaderId?: string;
  reviewStatus?: ReviewStatus;
  from?: string;
  to?: string;
}

export type ReviewStatus = 'unread' | 'partly' | 'complete' | 'excluded';

/**
 * What the caller's reading of the lavage, the open one before older ones, says of the sample; for whoever is no
 * annotator and has none, what the primary reading says.
 */
function reviewStatus(caller: Caller): SQL<ReviewStatus> {
  const own = eq(readings.userId, caller.id);
  const shown = caller.role === 'ANNOTATOR' ? own : or(own, eq(readings.purpose, 'primary'));
  return sql<ReviewStatus>`coalesce((
    select case
      when ${readingFields.state} in ('complete', 'excluded') then ${readingFields.state}
      when exists (
        select 1 from ${sampleAnnotations}
        where ${sampleAnnotations.readingId} = ${readings.id} and ${sampleAnnotations.sampleId} = ${samples.id}
          and ${sampleAnnotations.deletedAt} is null
      ) then 'partly'
      else 'unread' end
    from ${readings}
    left join ${readingFields} on ${readingFields.readingId} = ${readings.id} and ${readingFields.sampleId} = ${samples.id}
    where ${readings.lavageId} = ${samples.lavageId} and ${shown}
    order by ${own} desc, ${readings.status} = 'open' desc, ${readings.createdAt} desc
    limit 1), 'unread')`;
}

const rowColumns = (caller: Caller) => ({
  jobId: samples.id,
  patient: { id: patients.id, name: patients.name },
  hospital: { id: hospitals.id, name: hospitals.name },
  lavageId: samples.lavageId,
  slideId: samples.slideId,
  uploader: { id: users.id, name: users.name },
  originalFilename: samples.originalFilename,
  sortName: samples.sortName,
  width: samples.width,
  height: samples.height,
  format: samples.format,
  sizeBytes: samples.sizeBytes,
  objective: samples.objective,
  micronsPerPixel: samples.micronsPerPixel,
  inferenceStatus: samples.inferenceStatus,
  error: samples.error,
  attempts: samples.attempts,
  cellCount: detectionRuns.cellCount,
  reviewStatus: reviewStatus(caller),
  thumbnailKey: samples.thumbnailKey,
  createdAt: samples.createdAt,
  completedAt: samples.completedAt,
});

export type SampleSort = 'created_at' | '-created_at' | 'file_name';

const byTime = {
  kind: 'time',
  columns: [samples.createdAt, samples.id],
  keyOf: ({ createdAt }: { createdAt: string }) => createdAt,
  placeOf: ({ key, id }: Cursor) => sql`(${key}::timestamptz, ${id}::uuid)`,
} as const;

/** What a list is ordered by, and how a cursor tells the place in it. */
const orders = {
  created_at: { ...byTime, descending: false },
  '-created_at': { ...byTime, descending: true },
  file_name: {
    kind: 'idAndText',
    columns: [samples.lavageId, samples.sortName, samples.id],
    keyOf: ({ lavageId, sortName }: { lavageId: string; sortName: string }) => `${lavageId} ${sortName}`,
    placeOf: ({ key, id }: Cursor) => {
      const space = key.indexOf(' ');
      return sql`(${key.slice(0, space)}::uuid, ${key.slice(space + 1)}, ${id}::uuid)`;
    },
    descending: false,
  },
} as const;

export const cursorKindOf = (sort: SampleSort) => orders[sort].kind;

export function cursorOf(sort: SampleSort, row: ListedSample): Cursor {
  return { key: orders[sort].keyOf(row), id: row.jobId };
}

interface PageRequest extends Place {
  filter: SampleFilter;
  sort: SampleSort;
}

export async function listSamples(
  db: Db,
  caller: Caller,
  { filter, sort, after, limit, offset }: PageRequest,
) {
  const { columns, descending, placeOf } = orders[sort];
  const place = sql`(${sql.join([...columns], sql`, `)})`;
  return db
    .select(rowColumns(caller))
    .from(samples)
    .innerJoin(patients, eq(patients.id, samples.patientId))
    .innerJoin(hospitals, eq(hospitals.id, patients.hospitalId))
    .innerJoin(users, eq(users.id, samples.uploaderId))
    .leftJoin(detectionRuns, eq(detectionRuns.id, samples.latestRunId))
    .where(and(matches(caller, filter), after && (descending ? lt : gt)(place, placeOf(after))))
    .orderBy(...columns.map(descending ? desc : asc))
    .limit(literal(limit))
    .offset(offset);
}

export function countSamples(db: Db, caller: Caller, filter: SampleFilter): Promise<number> {
  return countRows(db, samples, matches(caller, filter));
}

function matches(caller: Caller, filter: SampleFilter): SQL | undefined {
  return and(
    sampleVisible(caller),
    filter.q ? ilike(samples.originalFilename, containing(filter.q)) : undefined,
    filter.inferenceStatus && eq(samples.inferenceStatus, filter.inferenceStatus),
    filter.patientId ? eq(samples.patientId, filter.patientId) : undefined,
    filter.lavageId ? eq(samples.lavageId, filter.lavageId) : undefined,
    filter.uploaderId ? eq(samples.uploaderId, filter.uploaderId) : undefined,
    filter.hospitalId ? inHospital(filter.hospitalId) : undefined,
    filter.reviewStatus && eq(reviewStatus(caller), filter.reviewStatus),
    within(samples.createdAt, filter),
  );
}

const inHospital = (hospitalId: string) => sql`exists (
  select 1 from ${patients} where ${patients.id} = ${samples.patientId} and ${patients.hospitalId} = ${hospitalId})`;

export type ListedSample = Awaited<ReturnType<typeof listSamples>>[number];

export async function isPatientVisible(db: Db, caller: Caller, patientId: string): Promise<boolean> {
  const found = await db
    .select({ id: patients.id })
    .from(patients)
    .where(and(eq(patients.id, patientId), patientVisible(caller)));
  return found.length > 0;
}

export async function findSample(db: Db, caller: Caller, jobId: string) {
  const [row] = await db
    .select({
      ...rowColumns(caller),
      s3Key: samples.s3Key,
      sha256: samples.sha256,
      displayKey: samples.displayKey,
      tilesKey: samples.tilesKey,
      run: {
        runId: detectionRuns.id,
        engine: detectionRuns.engine,
        version: detectionRuns.version,
        fallbackReason: detectionRuns.fallbackReason,
        parameters: detectionRuns.parameters,
        decoder: detectionRuns.decoder,
        downscale: detectionRuns.downscale,
        scaleSource: detectionRuns.scaleSource,
        cellCount: detectionRuns.cellCount,
        durationMs: detectionRuns.durationMs,
        createdAt: detectionRuns.createdAt,
      },
    })
    .from(samples)
    .innerJoin(patients, eq(patients.id, samples.patientId))
    .innerJoin(hospitals, eq(hospitals.id, patients.hospitalId))
    .innerJoin(users, eq(users.id, samples.uploaderId))
    .leftJoin(detectionRuns, eq(detectionRuns.id, samples.latestRunId))
    .where(and(eq(samples.id, jobId), sampleVisible(caller)));
  return row;
}

/** Where the tiles of a large image lie; undefined when the caller sees no such image. */
export async function findTiles(db: Db, caller: Caller, jobId: string) {
  const [row] = await db
    .select({ key: samples.tilesKey, width: samples.width, height: samples.height })
    .from(samples)
    .where(and(eq(samples.id, jobId), sampleVisible(caller)));
  return row;
}

/** The samples of the same lavage before and after this one, by file name. */
export async function findNeighbours(
  db: Db,
  caller: Caller,
  { jobId, lavageId, sortName }: { jobId: string; lavageId: string; sortName: string },
) {
  const here = sql`(${sortName}, ${jobId}::uuid)`;
  const place = sql`(${samples.sortName}, ${samples.id})`;
  const next = async (side: SQL, direction: typeof asc) => {
    const [row] = await db
      .select({ id: samples.id })
      .from(samples)
      .where(and(eq(samples.lavageId, lavageId), sampleVisible(caller), side))
      .orderBy(direction(samples.sortName), direction(samples.id))
      .limit(1);
    return row?.id ?? null;
  };
  return {
    previousJobId: await next(sql`${place} < ${here}`, desc),
    nextJobId: await next(sql`${place} > ${here}`, asc),
  };
}

const READS = ['sample.read', 'sample.list'];

/** Who did what with the sample, oldest first. */
export async function listActs(db: Db, jobId: string) {
  return db
    .select({
      at: userActivityLog.at,
      event: userActivityLog.activityType,
      by: users.name,
      detail: userActivityLog.description,
    })
    .from(userActivityLog)
    .leftJoin(users, eq(users.id, userActivityLog.userId))
    .where(
      and(
        eq(userActivityLog.entityType, 'sample'),
        eq(userActivityLog.entityId, jobId),
        notInArray(userActivityLog.activityType, READS),
      ),
    )
    .orderBy(asc(userActivityLog.at))
    .limit(200);
}

export async function listRuns(db: Db, jobId: string) {
  return db
    .select({
      at: detectionRuns.createdAt,
      engine: detectionRuns.engine,
      version: detectionRuns.version,
      fallbackReason: detectionRuns.fallbackReason,
      cellCount: detectionRuns.cellCount,
    })
    .from(detectionRuns)
    .where(eq(detectionRuns.sampleId, jobId))
    .orderBy(asc(detectionRuns.createdAt));
}

/** The sample that owns an object and was not removed. */
export async function findSampleOfObject(db: Db, key: string) {
  const [row] = await db
    .select({
      jobId: samples.id,
      s3Key: samples.s3Key,
      sha256: samples.sha256,
      format: samples.format,
      originalFilename: samples.originalFilename,
    })
    .from(samples)
    .where(
      and(
        // By the unique original, so that every kind of object is found through one index.
        eq(samples.s3Key, `${key.slice(0, key.lastIndexOf('/'))}/original`),
        or(eq(samples.s3Key, key), eq(samples.displayKey, key), eq(samples.thumbnailKey, key)),
        isNull(samples.deletedAt),
      ),
    );
  return row;
}

export async function isLavageVisible(db: Db, caller: Caller, lavageId: string): Promise<boolean> {
  const found = await db
    .select({ id: lavages.id })
    .from(lavages)
    .where(and(eq(lavages.id, lavageId), lavageVisible(caller)));
  return found.length > 0;
}

const lockedColumns = {
  jobId: samples.id,
  patientId: samples.patientId,
  lavageId: samples.lavageId,
  uploaderId: samples.uploaderId,
  inferenceStatus: samples.inferenceStatus,
};

/** The sample, locked until the transaction ends. */
export async function lockSample(tx: Db, caller: Caller, jobId: string) {
  const [row] = await tx
    .select(lockedColumns)
    .from(samples)
    .where(and(eq(samples.id, jobId), sampleVisible(caller)))
    .for('update');
  return row;
}
export type LockedSample = NonNullable<Awaited<ReturnType<typeof lockSample>>>;

/** The samples of a lavage, locked in one order so that two who lock them wait for each other. */
export async function lockSamplesOf(tx: Db, caller: Caller, lavageId: string): Promise<LockedSample[]> {
  return tx
    .select(lockedColumns)
    .from(samples)
    .where(and(eq(samples.lavageId, lavageId), sampleVisible(caller)))
    .orderBy(asc(samples.id))
    .for('update');
}

/** Those of the samples that the caller sees, locked in the same order. */
export async function lockSamples(
  tx: Db,
  caller: Caller,
  jobIds: readonly string[],
): Promise<LockedSample[]> {
  return tx
    .select(lockedColumns)
    .from(samples)
    .where(and(inArray(samples.id, [...jobIds]), sampleVisible(caller)))
    .orderBy(asc(samples.id))
    .for('update');
}

/** In the order of their ids. */
export async function listSampleIds(
  db: Db,
  caller: Caller,
  filter: SampleFilter,
  { after, limit }: { after: string | undefined; limit: number },
): Promise<string[]> {
  const rows = await db
    .select({ id: samples.id })
    .from(samples)
    .where(and(matches(caller, filter), after ? gt(samples.id, after) : undefined))
    .orderBy(asc(samples.id))
    .limit(limit);
  return rows.map(({ id }) => id);
}

export async function markRemoved(tx: Db, jobId: string): Promise<void> {
  await tx.update(samples).set({ deletedAt: sql`now()` }).where(eq(samples.id, jobId));
}

export async function markPending(
  tx: Db,
  jobIds: readonly string[],
  detectionParameters: Record<string, number | string> | null,
): Promise<void> {
  await tx
    .update(samples)
    .set({ inferenceStatus: 'pending', detectionParameters, error: null, attempts: 0, completedAt: null })
    .where(and(inArray(samples.id, [...jobIds]), inArray(samples.inferenceStatus, ['completed', 'failed'])));
}
