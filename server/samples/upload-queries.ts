import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Caller } from '../auth/caller.ts';
import { patientVisible } from '../auth/visibility.ts';
import type { Db } from '../db/client.ts';
import { lavages, patients, samples, slides } from '../db/tables/patients.ts';
import { sortNameOf } from './sort-name.ts';

/** Until the transaction ends, nobody else adds a first lavage or slide to this patient by uploading. */
export async function lockVisiblePatient(tx: Db, caller: Caller, patientId: string) {
  const [patient] = await tx
    .select({ id: patients.id, hospitalId: patients.hospitalId })
    .from(patients)
    .where(and(eq(patients.id, patientId), patientVisible(caller)))
    .for('update');
  return patient;
}

export async function insertPatient(tx: Db, row: typeof patients.$inferInsert): Promise<string> {
  const [inserted] = await tx.insert(patients).values(row).returning({ id: patients.id });
  return inserted.id;
}

export async function listLavages(tx: Db, patientId: string): Promise<string[]> {
  const rows = await tx.select({ id: lavages.id }).from(lavages).where(eq(lavages.patientId, patientId));
  return rows.map(({ id }) => id);
}

export async function insertLavage(tx: Db, row: typeof lavages.$inferInsert): Promise<string> {
  const [inserted] = await tx.insert(lavages).values(row).returning({ id: lavages.id });
  return inserted.id;
}

export async function listSlides(tx: Db, lavageIds: readonly string[]) {
  return tx
    .select({ id: slides.id, lavageId: slides.lavageId })
    .from(slides)
    .where(inArray(slides.lavageId, [...lavageIds]))
    .orderBy(asc(slides.createdAt));
}

export async function insertSlide(tx: Db, row: typeof slides.$inferInsert): Promise<string> {
  const [inserted] = await tx.insert(slides).values(row).returning({ id: slides.id });
  return inserted.id;
}

const uploaded = {
  jobId: samples.id,
  originalFilename: samples.originalFilename,
  s3Key: samples.s3Key,
  sha256: samples.sha256,
  width: samples.width,
  height: samples.height,
  inferenceStatus: samples.inferenceStatus,
};

/** The new sample, or the one of this patient that has the same bytes. */
export async function insertSample(
  tx: Db,
  { sampleId, ...row }: Omit<typeof samples.$inferInsert, 'id' | 'sortName'> & { sampleId: string },
) {
  const [inserted] = await tx
    .insert(samples)
    .values({ ...row, id: sampleId, sortName: sortNameOf(row.originalFilename) })
    .onConflictDoNothing({
      target: [samples.patientId, samples.sha256],
      where: sql`deleted_at is null`,
    })
    .returning(uploaded);
  if (inserted) return { ...inserted, isNew: true };
  const [existing] = await tx
    .select(uploaded)
    .from(samples)
    .where(
      and(eq(samples.patientId, row.patientId), eq(samples.sha256, row.sha256), isNull(samples.deletedAt)),
    );
  return { ...existing, isNew: false };
}
