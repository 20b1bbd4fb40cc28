import { asc, eq, gt, inArray, isNotNull, isNull, or, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { samples } from '../db/tables/patients.ts';

const stored = {
  id: samples.id,
  s3Key: samples.s3Key,
  sha256: samples.sha256,
  sizeBytes: samples.sizeBytes,
  displayKey: samples.displayKey,
  thumbnailKey: samples.thumbnailKey,
  tilesKey: samples.tilesKey,
  damage: samples.damage,
};

/** A sample's objects, as its row knows them. */
export type StoredSample = Awaited<ReturnType<typeof listStored>>[number];

/** Samples of which `DUE_SHUFFLED` are most overdue, in random order: workers seldom take the same. */
const DUE_SHUFFLED = 200;

/** Some of the samples, removed ones too, whose bytes were not compared for so long. */
export async function listDue(db: Db, withinDays: number, limit: number): Promise<StoredSample[]> {
  const due = db
    .select(stored)
    .from(samples)
    .where(
      or(
        isNull(samples.verifiedAt),
        sql`${samples.verifiedAt} < now() - make_interval(days => ${withinDays})`,
      ),
    )
    .orderBy(sql`${samples.verifiedAt} nulls first`)
    .limit(DUE_SHUFFLED)
    .as('due');
  return db.select().from(due).orderBy(sql`random()`).limit(limit);
}

/** All samples by id, page by page. */
export async function listStored(db: Db, afterId: string | undefined, limit: number) {
  return db
    .select(stored)
    .from(samples)
    .where(afterId === undefined ? undefined : gt(samples.id, afterId))
    .orderBy(asc(samples.id))
    .limit(limit);
}

export async function noteVerified(tx: Db, sampleId: string, damage: string | null): Promise<void> {
  await tx.update(samples).set({ verifiedAt: sql`now()`, damage }).where(eq(samples.id, sampleId));
}

/** Of the keys of originals, those that belong to a sample. */
export async function findOriginals(db: Db, keys: readonly string[]): Promise<Set<string>> {
  const rows = await db
    .select({ key: samples.s3Key })
    .from(samples)
    .where(inArray(samples.s3Key, [...keys]));
  return new Set(rows.map(({ key }) => key));
}

export async function countDamaged(db: Db): Promise<number> {
  return db.$count(samples, isNotNull(samples.damage));
}
