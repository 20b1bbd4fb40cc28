import { inArray } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { samples } from '../db/tables/patients.ts';

/** The hashes of those keys that are originals of samples. */
export async function findHashes(db: Db, keys: readonly string[]): Promise<Map<string, string>> {
  const rows = await db
    .select({ key: samples.s3Key, sha256: samples.sha256 })
    .from(samples)
    .where(inArray(samples.s3Key, [...keys]));
  return new Map(rows.map(({ key, sha256 }) => [key, sha256]));
}
