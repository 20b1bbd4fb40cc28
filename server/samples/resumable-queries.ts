import { and, asc, count, eq, gt, isNotNull, isNull, lt, or, sql } from 'drizzle-orm';
import type { Caller } from '../auth/caller.ts';
import type { Db } from '../db/client.ts';
import { uploadParts, uploads } from '../db/tables/operational.ts';
import { samples } from '../db/tables/patients.ts';

export type UploadRow = typeof uploads.$inferSelect;
export type UploadPart = typeof uploadParts.$inferSelect;

const isUnfinished = and(isNull(uploads.sampleId), gt(uploads.expiresAt, sql`now()`));

/** Only the owner knows of an upload, and only until it expires. */
const isOwn = (caller: Caller, id: string) =>
  and(eq(uploads.id, id), eq(uploads.userId, caller.id), gt(uploads.expiresAt, sql`now()`));

export async function insertUpload(
  tx: Db,
  { expiresAfterS, ...row }: Omit<typeof uploads.$inferInsert, 'expiresAt'> & { expiresAfterS: number },
): Promise<void> {
  await tx.insert(uploads).values({
    ...row,
    expiresAt: sql`now() + make_interval(secs => ${expiresAfterS})`,
  });
}

export async function countUnfinished(tx: Db, caller: Caller): Promise<number> {
  const [row] = await tx
    .select({ unfinished: count() })
    .from(uploads)
    .where(and(eq(uploads.userId, caller.id), isUnfinished));
  return row.unfinished;
}

export async function listUnfinishedUploads(db: Db, caller: Caller): Promise<UploadRow[]> {
  return db
    .select()
    .from(uploads)
    .where(and(eq(uploads.userId, caller.id), isUnfinished))
    .orderBy(asc(uploads.createdAt));
}

export async function findUpload(db: Db, caller: Caller, id: string): Promise<UploadRow | undefined> {
  const [row] = await db.select().from(uploads).where(isOwn(caller, id));
  return row;
}

export async function findUploadWithSample(db: Db, caller: Caller, id: string) {
  const [row] = await db
    .select({ upload: uploads, sample: { jobId: samples.id, s3Key: samples.s3Key } })
    .from(uploads)
    .leftJoin(samples, eq(samples.id, uploads.sampleId))
    .where(isOwn(caller, id));
  return row;
}

/** Takes a part into the upload, unless another request was faster. */
export async function addPart(db: Db, part: UploadPart): Promise<boolean> {
  return db.transaction(async (tx) => {
    const extended = await tx
      .update(uploads)
      .set({ offsetBytes: part.offsetBytes + part.lengthBytes })
      .where(and(eq(uploads.id, part.uploadId), eq(uploads.offsetBytes, part.offsetBytes)))
      .returning({ id: uploads.id });
    if (extended.length === 0) return false;
    await tx.insert(uploadParts).values(part);
    return true;
  });
}

export async function listParts(db: Db, uploadId: string): Promise<UploadPart[]> {
  return db
    .select()
    .from(uploadParts)
    .where(eq(uploadParts.uploadId, uploadId))
    .orderBy(asc(uploadParts.offsetBytes));
}

/** Whether its parts are one object now. */
export async function isJoined(db: Db, id: string): Promise<boolean> {
  const found = await db
    .select({ id: uploads.id })
    .from(uploads)
    .where(and(eq(uploads.id, id), isNotNull(uploads.objectKey)));
  return found.length > 0;
}

/** @returns false when another request has joined the parts before, elsewhere */
export async function saveWhole(
  db: Db,
  id: string,
  whole: { objectKey: string; sha256: string },
): Promise<boolean> {
  const saved = await db
    .update(uploads)
    .set(whole)
    .where(and(eq(uploads.id, id), or(isNull(uploads.objectKey), eq(uploads.objectKey, whole.objectKey))))
    .returning({ id: uploads.id });
  return saved.length > 0;
}

/** Until the transaction ends nobody else finishes or removes this upload. */
export async function lockUnfinished(tx: Db, id: string): Promise<boolean> {
  const found = await tx
    .select({ id: uploads.id })
    .from(uploads)
    .where(and(eq(uploads.id, id), isNull(uploads.sampleId)))
    .for('update');
  return found.length > 0;
}

export async function saveSampleOf(tx: Db, id: string, sampleId: string): Promise<void> {
  await tx.update(uploads).set({ sampleId }).where(eq(uploads.id, id));
}

/** @returns the keys of what it held; undefined when it had become a sample, or is gone */
export async function removeUnfinished(db: Db, id: string): Promise<string[] | undefined> {
  return db.transaction(async (tx) => {
    if (!(await lockUnfinished(tx, id))) return undefined;
    const parts = await listParts(tx, id);
    const [{ objectKey }] = await tx
      .delete(uploads)
      .where(eq(uploads.id, id))
      .returning({ objectKey: uploads.objectKey });
    return [...parts.map((part) => part.objectKey), ...(objectKey ? [objectKey] : [])];
  });
}

/** Their bytes are orphans then, which the sweep of objects finds. */
export async function removeExpiredUploads(db: Db): Promise<void> {
  await db.delete(uploads).where(lt(uploads.expiresAt, sql`now()`));
}
