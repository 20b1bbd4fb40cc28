import { sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { detectionRuns, samples } from '../db/tables/patients.ts';

export interface KnownObject extends Record<string, unknown> {
  key: string;
  /** Of originals; what is made from them has none. */
  sha256: string | null;
}

const FETCHED_AT_ONCE = 1000;

/** Every object that the rows of samples and runs name, of removed samples too. Must run in a transaction. */
export async function* listKnownObjects(tx: Db): AsyncGenerator<KnownObject[]> {
  const folder = sql`regexp_replace(s.s3_key, '/[^/]*$', '')`;
  await tx.execute(sql`
    declare known_objects no scroll cursor for
    select s3_key as key, sha256 from ${samples}
    union all select display_key, null from ${samples} where display_key is not null
    union all select thumbnail_key, null from ${samples} where thumbnail_key is not null
    union all select tiles_key, null from ${samples} where tiles_key is not null
    union all select ${folder} || '/model-reply-' || r.id, null
      from ${detectionRuns} r join ${samples} s on s.id = r.sample_id where r.engine = 'model'`);
  for (;;) {
    const { rows } = await tx.execute<KnownObject>(
      sql`fetch ${sql.raw(String(FETCHED_AT_ONCE))} from known_objects`,
    );
    if (rows.length === 0) break;
    yield rows;
  }
  await tx.execute(sql`close known_objects`);
}
