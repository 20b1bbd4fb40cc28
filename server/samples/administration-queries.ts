import { and, eq } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { samples, slides } from '../db/tables/patients.ts';

export type SampleChanges = Partial<
  Pick<typeof samples.$inferInsert, 'slideId' | 'objective' | 'micronsPerPixel'>
>;

export async function updateSample(tx: Db, jobId: string, changes: SampleChanges): Promise<void> {
  if (Object.keys(changes).length === 0) return;
  await tx.update(samples).set(changes).where(eq(samples.id, jobId));
}

export async function isSlideOf(db: Db, slideId: string, lavageId: string): Promise<boolean> {
  const found = await db
    .select({ id: slides.id })
    .from(slides)
    .where(and(eq(slides.id, slideId), eq(slides.lavageId, lavageId)));
  return found.length > 0;
}
