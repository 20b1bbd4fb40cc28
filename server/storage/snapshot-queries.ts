import { sql } from 'drizzle-orm';
import type { Database, Db } from '../db/client.ts';
import { lastMigration } from '../db/migrate.ts';

/**
 * What a restored system must not know: sessions and one-time links that were ended since the backup would be good
 * again. Workers, counts and jobs are those of a running system; jobs are made anew for every sample that waits. Triggers
 * write the others anew: entries of the activity log that wait to be chained, and what annotations refer to.
 */
export const LEFT_OUT = [
  'sessions',
  'one_time_links',
  'worker_heartbeats',
  'rate_counts',
  'outbox',
  'unsealed_activities',
  'annotation_references',
];

const ROWS_AT_ONCE = 50;

/** Everything read inside belongs to one moment, however long it takes and whatever is written meanwhile. */
export function inSnapshot<T>({ db }: Database, read: (tx: Db) => Promise<T>): Promise<T> {
  return db.transaction(
    async (tx) => {
      await setTextFormats(tx);
      return read(tx);
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}

/** Rows as JSON must not depend on how a server or a role is set up. */
export async function setTextFormats(tx: Db): Promise<void> {
  await tx.execute(sql`set local timezone = 'UTC'`);
  await tx.execute(sql`set local bytea_output = 'hex'`);
  await tx.execute(sql`set local extra_float_digits = 1`);
}

export async function findSchema({ pool }: Database): Promise<number> {
  return lastMigration(pool);
}

export interface TableShape extends Record<string, unknown> {
  name: string;
  columns: string[];
}

export async function listTables(tx: Db): Promise<TableShape[]> {
  const { rows } = await tx.execute<TableShape>(sql`
    select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
      and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    group by c.relname order by c.relname`);
  return rows.filter(({ name }) => !LEFT_OUT.includes(name));
}

/** The rows of a table as JSON, some at a time. Must run in a transaction. */
export async function* readRows(tx: Db, table: string): AsyncGenerator<string[]> {
  await tx.execute(
    sql`declare table_rows no scroll cursor for select row_to_json(t)::text as row from ${sql.identifier(table)} t`,
  );
  for (;;) {
    const { rows } = await tx.execute<{ row: string }>(
      sql`fetch ${sql.raw(String(ROWS_AT_ONCE))} from table_rows`,
    );
    if (rows.length === 0) break;
    yield rows.map(({ row }) => row);
  }
  await tx.execute(sql`close table_rows`);
}

export async function listSequences(tx: Db): Promise<{ name: string; value: string }[]> {
  const { rows } = await tx.execute<{ name: string; value: string }>(sql`
    select sequencename as name, last_value::text as value from pg_sequences
    where schemaname = 'public' and last_value is not null order by sequencename`);
  return rows;
}
