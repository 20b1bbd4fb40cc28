import { and, asc, desc, eq, exists, gt, ilike, inArray, isNull, lt, type SQL, sql } from 'drizzle-orm';
import type { Caller } from '../auth/caller.ts';
import { patientVisible, sampleVisible } from '../auth/visibility.ts';
import type { Db } from '../db/client.ts';
import { lavages, patients, samples } from '../db/tables/patients.ts';
import { hospitals, users } from '../db/tables/people.ts';
import { readings, sampleAnnotations } from '../db/tables/readings.ts';
import type { Place } from '../http/cursor.ts';
import { containing, countRows, within } from '../http/queries.ts';
import { asAnnotation } from './queries.ts';
import { readingVisible } from './reading-queries.ts';

export interface AnnotationFilter {
  /** Any part of the comments. */
  q?: string;
  cellType?: string;
  source?: 'manual' | 'detection' | 'rejection';
  hospitalId?: string;
  patientId?: string;
  sampleId?: string;
  /** Who reads. */
  userId?: string;
  from?: string;
  to?: string;
}

interface PageRequest extends Place {
  filter: AnnotationFilter;
  descending: boolean;
}

/** Of all readers, in the order of their ids, which is that of their making. */
export async function listAllAnnotations(
  db: Db,
  caller: Caller,
  { filter, descending, after, limit, offset }: PageRequest,
) {
  const { id } = sampleAnnotations;
  const rows = await db
    .select({
      annotation: sampleAnnotations,
      reader: { id: users.id, name: users.name },
      readingStatus: readings.status,
      patient: { id: patients.id, name: patients.name },
      hospital: { id: hospitals.id, name: hospitals.name },
      originalFilename: samples.originalFilename,
    })
    .from(sampleAnnotations)
    .innerJoin(readings, eq(readings.id, sampleAnnotations.readingId))
    .innerJoin(users, eq(users.id, readings.userId))
    .innerJoin(samples, eq(samples.id, sampleAnnotations.sampleId))
    .innerJoin(patients, eq(patients.id, samples.patientId))
    .innerJoin(hospitals, eq(hospitals.id, patients.hospitalId))
    .where(and(matches(db, caller, filter), after && (descending ? lt : gt)(id, after.id)))
    .orderBy(descending ? desc(id) : asc(id))
    .limit(limit)
    .offset(offset);
  return rows.map(({ annotation, ...row }) => ({
    ...asAnnotation(annotation),
    createdAt: annotation.createdAt,
    ...row,
  }));
}

export function countAllAnnotations(db: Db, caller: Caller, filter: AnnotationFilter): Promise<number> {
  return countRows(db, sampleAnnotations, matches(db, caller, filter));
}

function matches(db: Db, caller: Caller, filter: AnnotationFilter): SQL | undefined {
  const { comments, createdAt, sampleId } = sampleAnnotations;
  return and(
    isNull(sampleAnnotations.deletedAt),
    inArray(sampleAnnotations.readingId, readingsOf(db, caller, filter)),
    exists(
      db
        .select({ one: sql`1` })
        .from(samples)
        .where(and(eq(samples.id, sampleId), sampleVisible(caller))),
    ),
    filter.sampleId ? eq(sampleId, filter.sampleId) : undefined,
    filter.cellType ? eq(sampleAnnotations.cellType, filter.cellType) : undefined,
    filter.source && eq(sampleAnnotations.source, filter.source),
    filter.q ? ilike(comments, containing(filter.q)) : undefined,
    within(createdAt, filter),
  );
}

/** Annotations are found by their reading, of which there are few. */
function readingsOf(db: Db, caller: Caller, { hospitalId, patientId, sampleId, userId }: AnnotationFilter) {
  const lavageOfSample = db
    .select({ lavageId: samples.lavageId })
    .from(samples)
    .where(eq(samples.id, sampleId ?? sql`null`));
  return db
    .select({ id: readings.id })
    .from(readings)
    .innerJoin(lavages, eq(lavages.id, readings.lavageId))
    .innerJoin(patients, eq(patients.id, lavages.patientId))
    .where(
      and(
        readingVisible(db, caller),
        patientVisible(caller),
        hospitalId ? eq(patients.hospitalId, hospitalId) : undefined,
        patientId ? eq(patients.id, patientId) : undefined,
        sampleId ? inArray(readings.lavageId, lavageOfSample) : undefined,
        userId ? eq(readings.userId, userId) : undefined,
      ),
    );
}
