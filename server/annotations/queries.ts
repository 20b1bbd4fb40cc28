import { and, asc, eq, getTableColumns, inArray, isNull, sql } from 'drizzle-orm';
import type { Box } from '../../core/differential/edges.ts';
import type { Caller } from '../auth/caller.ts';
import { sampleVisible } from '../auth/visibility.ts';
import type { Db } from '../db/client.ts';
import { idsFor } from '../db/columns.ts';
import { lavages, samples } from '../db/tables/patients.ts';
import { hospitals } from '../db/tables/people.ts';
import { sampleAnnotations } from '../db/tables/readings.ts';

/** A sample that is visible, with its lavage, which then is so too. */
export async function findSampleToRead(db: Db, caller: Caller, sampleId: string) {
  const [sample] = await db
    .select({
      id: samples.id,
      lavageId: samples.lavageId,
      laboratoryId: hospitals.laboratoryId,
      smokingStatus: lavages.smokingStatus,
      cd4Cd8: lavages.cd4Cd8,
      width: samples.width,
      height: samples.height,
      latestRunId: samples.latestRunId,
    })
    .from(samples)
    .innerJoin(lavages, eq(lavages.id, samples.lavageId))
    .innerJoin(hospitals, eq(hospitals.id, lavages.hospitalId))
    .where(and(eq(samples.id, sampleId), sampleVisible(caller)));
  return sample;
}
export type SampleToRead = NonNullable<Awaited<ReturnType<typeof findSampleToRead>>>;

/** An annotation as the contract has it. */
export const asAnnotation = (row: typeof sampleAnnotations.$inferSelect) => ({
  id: row.id,
  sampleId: row.sampleId,
  readingId: row.readingId,
  runId: row.runId,
  cellCoordinates: { x: row.x, y: row.y, width: row.width, height: row.height },
  geometry: row.geometry,
  cellType: row.cellType,
  comments: row.comments,
  source: row.source,
  detectionIndex: row.detectionIndex,
  confidence: row.confidence,
  version: row.version,
  updatedAt: row.updatedAt,
});
export type Annotation = ReturnType<typeof asAnnotation>;

export async function listAnnotations(db: Db, readingId: string, sampleId: string): Promise<Annotation[]> {
  const rows = await db
    .select()
    .from(sampleAnnotations)
    .where(
      and(
        eq(sampleAnnotations.readingId, readingId),
        eq(sampleAnnotations.sampleId, sampleId),
        isNull(sampleAnnotations.deletedAt),
      ),
    )
    .orderBy(asc(sampleAnnotations.id));
  return rows.map(asAnnotation);
}

/** The annotations of a field with these ids, deleted ones too, locked in one order so that two saves never deadlock. */
export async function lockAnnotations(tx: Db, readingId: string, sampleId: string, ids: readonly string[]) {
  if (ids.length === 0) return [];
  const rows = await tx
    .select()
    .from(sampleAnnotations)
    .where(
      and(
        inArray(sampleAnnotations.id, [...ids]),
        eq(sampleAnnotations.readingId, readingId),
        eq(sampleAnnotations.sampleId, sampleId),
      ),
    )
    .orderBy(asc(sampleAnnotations.id))
    .for('update');
  return rows.map((row) => ({ deleted: row.deletedAt !== null, annotation: asAnnotation(row) }));
}

/** The cells of one save that its reading has no annotation of yet. */
export interface AddedCells {
  readingId: string;
  sampleId: string;
  userId: string;
  /** That those which speak of a detection speak of. */
  runId: string | null;
  cells: readonly AddedCell[];
}

export interface AddedCell extends Box {
  edges: number;
  geometry: number[] | null;
  cellType: string;
  comments: string | null;
  source: 'manual' | 'detection' | 'rejection';
  detectionIndex: number | null;
  confidence: number | null;
}

/**
 * Adds annotations; one that speaks of a detection the reading has an annotation of already changes that one. Each
 * column travels as one array, which is several times faster than a parameter for each value.
 * @returns the saved annotations in the order given
 */
export async function insertAnnotations(
  tx: Db,
  { readingId, sampleId, userId, runId, cells }: AddedCells,
): Promise<Annotation[]> {
  if (cells.length === 0) return [];
  const texts = (of: (cell: AddedCell) => string | null) => sql.param(cells.map(of));
  // Numbers need no quotes, which would cost more than the numbers.
  const numbers = (of: (cell: AddedCell) => number | null) =>
    `{${cells.map((cell) => String(of(cell))).join()}}`;
  const { rows } = await tx.execute<{ id: string; version: number; updatedAt: string }>(sql`
    insert into sample_annotations as old (id, reading_id, sample_id, user_id, run_id, x, y, width, height, edges,
      geometry, cell_type, comments, source, detection_index, confidence)
    select id, ${readingId}::uuid, ${sampleId}::uuid, ${userId}::uuid,
      case when detection_index is not null then ${runId}::uuid end, x, y, width, height, edges, geometry, cell_type,
      comments, source, detection_index, confidence
    from unnest(${`{${idsFor(cells.length).join()}}`}::uuid[], ${numbers(({ x }) => x)}::float8[],
      ${numbers(({ y }) => y)}::float8[], ${numbers(({ width }) => width)}::float8[],
      ${numbers(({ height }) => height)}::float8[], ${numbers(({ edges }) => edges)}::smallint[],
      ${texts(({ geometry }) => geometry && JSON.stringify(geometry))}::jsonb[],
      ${texts(({ cellType }) => cellType)}::text[], ${texts(({ comments }) => comments)}::text[],
      ${texts(({ source }) => source)}::text[], ${numbers(({ detectionIndex }) => detectionIndex)}::int[],
      ${numbers(({ confidence }) => confidence)}::float8[])
      as cell(id, x, y, width, height, edges, geometry, cell_type, comments, source, detection_index, confidence)
    on conflict (reading_id, sample_id, run_id, detection_index) where deleted_at is null and detection_index is not null
    do update set x = excluded.x, y = excluded.y, width = excluded.width, height = excluded.height, edges = excluded.edges,
      geometry = excluded.geometry, cell_type = excluded.cell_type, comments = excluded.comments, source = excluded.source,
      version = old.version + 1, updated_at = now()
    returning id, version, updated_at as "updatedAt"`);
  // Of one transaction, all are of the same moment.
  const updatedAt = new Date(rows[0].updatedAt).toISOString();
  return cells.map(({ x, y, width, height, edges: _, ...cell }, at) => ({
    ...cell,
    id: rows[at].id,
    version: rows[at].version,
    sampleId,
    readingId,
    runId: cell.detectionIndex === null ? null : runId,
    cellCoordinates: { x, y, width, height },
    updatedAt,
  }));
}

const nextVersion = { version: sql`${sampleAnnotations.version} + 1`, updatedAt: sql`now()` };

/** What a change may set. */
export interface AnnotationChange extends Box {
  id: string;
  edges: number;
  /** `undefined` in a batch means: leave as it is. */
  geometry: number[] | null | undefined;
  cellType: string;
  comments: string | null | undefined;
  source: 'manual' | 'detection' | 'rejection';
}

/** Changes annotations that are locked; a drawn cell stays drawn and a detection stays one. */
export async function updateAnnotations(tx: Db, changes: readonly AnnotationChange[]): Promise<Annotation[]> {
  if (changes.length === 0) return [];
  const wanted = changes.map(({ geometry, comments, ...change }) => ({
    ...change,
    geometry: geometry ?? null,
    keep_geometry: geometry === undefined,
    comments: comments ?? null,
    keep_comments: comments === undefined,
    cell_type: change.cellType,
  }));
  const old = sampleAnnotations;
  const rows = await tx
    .update(sampleAnnotations)
    .set({
      x: sql`wanted.x`,
      y: sql`wanted.y`,
      width: sql`wanted.width`,
      height: sql`wanted.height`,
      edges: sql`wanted.edges`,
      geometry: sql`case when wanted.keep_geometry then ${old.geometry} else wanted.geometry end`,
      cellType: sql`wanted.cell_type`,
      comments: sql`case when wanted.keep_comments then ${old.comments} else wanted.comments end`,
      source: sql`case when (${old.source} = 'manual') = (wanted.source = 'manual') then wanted.source else ${old.source} end`,
      ...nextVersion,
    })
    .from(
      sql`jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as wanted(id uuid, x float8, y float8, width float8,
        height float8, edges smallint, geometry jsonb, keep_geometry boolean, cell_type text, comments text,
        keep_comments boolean, source text)`,
    )
    .where(eq(old.id, sql`wanted.id`))
    .returning(getTableColumns(old));
  return rows.map(asAnnotation);
}

export async function removeAnnotations(tx: Db, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .update(sampleAnnotations)
    .set({ deletedAt: sql`now()`, ...nextVersion })
    .where(and(inArray(sampleAnnotations.id, [...ids]), isNull(sampleAnnotations.deletedAt)));
}

/** One annotation that is there, with what tells whether the caller may change it. */
export async function findAnnotation(db: Db, caller: Caller, id: string) {
  const [row] = await db
    .select({
      annotation: sampleAnnotations,
      lavageId: samples.lavageId,
      imageWidth: samples.width,
      imageHeight: samples.height,
    })
    .from(sampleAnnotations)
    .innerJoin(samples, eq(samples.id, sampleAnnotations.sampleId))
    .where(and(eq(sampleAnnotations.id, id), isNull(sampleAnnotations.deletedAt), sampleVisible(caller)));
  return row && { ...row, annotation: asAnnotation(row.annotation) };
}

const present = (id: string, version: number | undefined) =>
  and(
    eq(sampleAnnotations.id, id),
    version === undefined ? undefined : eq(sampleAnnotations.version, version),
    isNull(sampleAnnotations.deletedAt),
  );

/**
 * @param version undefined: whichever it is at
 * @returns undefined when the annotation has another version by now, or is gone
 */
export async function updateAnnotation(
  tx: Db,
  id: string,
  version: number | undefined,
  change: Partial<Box & { edges: number; cellType: string; comments: string | null }>,
): Promise<Annotation | undefined> {
  const [row] = await tx
    .update(sampleAnnotations)
    .set({ ...change, ...nextVersion })
    .where(present(id, version))
    .returning();
  return row && asAnnotation(row);
}

/** @returns whether it was there, at this version if one is given */
export async function removeAnnotation(tx: Db, id: string, version: number | undefined): Promise<boolean> {
  const rows = await tx
    .update(sampleAnnotations)
    .set({ deletedAt: sql`now()`, ...nextVersion })
    .where(present(id, version))
    .returning({ id: sampleAnnotations.id });
  return rows.length > 0;
}
