import { sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';

interface ForeignKey extends Record<string, unknown> {
  table: string;
  name: string;
  definition: string;
}

/**
 * Lets rows be inserted in any order: foreign keys are taken away and, after `load`, made again, which checks all rows.
 */
export async function withoutForeignKeys(tx: Db, load: () => Promise<void>): Promise<void> {
  const { rows } = await tx.execute<ForeignKey>(sql`
    select c.relname as table, f.conname as name, pg_get_constraintdef(f.oid) as definition
    from pg_constraint f join pg_class c on c.oid = f.conrelid
    where f.contype = 'f' and f.connamespace = 'public'::regnamespace order by f.oid`);
  for (const { table, name } of rows) {
    await tx.execute(sql`alter table ${sql.identifier(table)} drop constraint ${sql.identifier(name)}`);
  }
  await load();
  for (const { table, name, definition } of rows) {
    await tx.execute(
      sql`alter table ${sql.identifier(table)} add constraint ${sql.identifier(name)} ${sql.raw(definition)}`,
    );
  }
}

/** @param rows JSON objects, as `readRows` gave them */
export async function insertRows(
  tx: Db,
  { name, columns }: { name: string; columns: readonly string[] },
  rows: readonly string[],
): Promise<void> {
  const table = sql.identifier(name);
  const list = sql.join(
    columns.map((column) => sql.identifier(column)),
    sql`, `,
  );
  await tx.execute(sql`
    insert into ${table} (${list}) overriding system value
    select ${list} from json_populate_recordset(null::${table}, ${`[${rows.join(',')}]`}::json)`);
}

export async function setSequence(tx: Db, { name, value }: { name: string; value: string }): Promise<void> {
  await tx.execute(sql`select setval(quote_ident(${name})::regclass, ${value}::bigint)`);
}

export async function countRows(tx: Db, table: string): Promise<number> {
  const { rows } = await tx.execute<{ count: number }>(
    sql`select count(*)::int as count from ${sql.identifier(table)}`,
  );
  return rows[0].count;
}

export async function hasRows(tx: Db, table: string): Promise<boolean> {
  const { rows } = await tx.execute(sql`select 1 from ${sql.identifier(table)} limit 1`);
  return rows.length > 0;
}
