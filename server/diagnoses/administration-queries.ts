import { and, asc, desc, eq, gt, ilike, inArray, lt, or, type SQL, sql } from 'drizzle-orm';
import type { Caller } from '../auth/caller.ts';
import { diagnosisShown, patientVisible } from '../auth/visibility.ts';
import type { Db } from '../db/client.ts';
import { lavages, patients } from '../db/tables/patients.ts';
import { patientAnnotations } from '../db/tables/readings.ts';
import type { Place } from '../http/cursor.ts';
import { containing, countRows, within } from '../http/queries.ts';
import { type DiagnosisRow, diagnosesWithContext } from './queries.ts';

export interface DiagnosisFilter {
  /** Any part of pattern or comments. */
  q?: string;
  adequacy?: 'adequate' | 'inadequate';
  code?: string;
  hospitalId?: string;
  patientId?: string;
  userId?: string;
  from?: string;
  to?: string;
}

interface PageRequest extends Place {
  filter: DiagnosisFilter;
  descending: boolean;
}

/** Of all readers, by when they were recorded. */
export async function listAllDiagnoses(
  db: Db,
  caller: Caller,
  { filter, descending, after, limit, offset }: PageRequest,
): Promise<DiagnosisRow[]> {
  const { createdAt, id } = patientAnnotations;
  const direction = descending ? desc : asc;
  const behind = descending ? lt : gt;
  return diagnosesWithContext(db)
    .where(
      and(
        matches(db, caller, filter),
        after && behind(sql`(${createdAt}, ${id})`, sql`(${after.key}::timestamptz, ${after.id}::uuid)`),
      ),
    )
    .orderBy(direction(createdAt), direction(id))
    .limit(limit)
    .offset(offset);
}

export function countAllDiagnoses(db: Db, caller: Caller, filter: DiagnosisFilter): Promise<number> {
  return countRows(db, patientAnnotations, matches(db, caller, filter));
}

function matches(db: Db, caller: Caller, filter: DiagnosisFilter): SQL | undefined {
  const { createdAt, diagnosis, pattern, comments } = patientAnnotations;
  const ofPatients = db
    .select({ id: lavages.id })
    .from(lavages)
    .innerJoin(patients, eq(patients.id, lavages.patientId))
    .where(
      and(
        patientVisible(caller),
        filter.hospitalId ? eq(patients.hospitalId, filter.hospitalId) : undefined,
        filter.patientId ? eq(patients.id, filter.patientId) : undefined,
      ),
    );
  return and(
    diagnosisShown(caller),
    inArray(patientAnnotations.lavageId, ofPatients),
    filter.userId ? eq(patientAnnotations.userId, filter.userId) : undefined,
    filter.adequacy && eq(patientAnnotations.adequacy, filter.adequacy),
    filter.code ? sql`${diagnosis} @> ${JSON.stringify([{ code: filter.code }])}::jsonb` : undefined,
    filter.q ? or(ilike(pattern, containing(filter.q)), ilike(comments, containing(filter.q))) : undefined,
    within(createdAt, filter),
  );
}
