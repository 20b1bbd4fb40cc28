import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Caller } from '../auth/caller.ts';
import { sampleVisible } from '../auth/visibility.ts';
import type { Db } from '../db/client.ts';
import { samples } from '../db/tables/patients.ts';

export async function isSampleVisible(db: Db, caller: Caller, jobId: string): Promise<boolean> {
  const found = await db
    .select({ id: samples.id })
    .from(samples)
    .where(and(eq(samples.id, jobId), sampleVisible(caller)));
  return found.length > 0;
}

export async function countQueued(db: Db): Promise<{ pending: number; processing: number }> {
  const count = (status: string) =>
    sql<number>`(count(*) filter (where ${samples.inferenceStatus} = ${status}))::int`;
  const [row] = await db
    .select({ pending: count('pending'), processing: count('processing') })
    .from(samples)
    .where(and(inArray(samples.inferenceStatus, ['pending', 'processing']), isNull(samples.deletedAt)));
  return row;
}
