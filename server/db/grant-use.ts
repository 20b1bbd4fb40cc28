import type pg from 'pg';

/** Written by everybody, changed by nobody; the chain over it, like other rows that follow from rows, by functions of its owner. */
const APPEND_ONLY = 'user_activity_log';
const WRITTEN_BY_FUNCTIONS = ['activity_seals', 'unsealed_activities', 'annotation_references'];

/** Lets the application's role read and write rows, but not change tables nor what is append-only. */
export async function grantUse(client: pg.Client, role: string): Promise<void> {
  const name = client.escapeIdentifier(role);
  const database = client.escapeIdentifier(
    (await client.query('select current_database()')).rows[0].current_database,
  );
  const readOnly = WRITTEN_BY_FUNCTIONS.join(', ');
  await client.query(`
    begin;
    grant usage on schema public, drizzle to ${name};
    grant select on all tables in schema drizzle to ${name};
    grant select, insert, update, delete on all tables in schema public to ${name};
    grant select, usage on all sequences in schema public to ${name};
    revoke update, delete on ${APPEND_ONLY} from ${name};
    revoke insert, update, delete on ${readOnly} from ${name};
    grant create on database ${database} to ${name};
    commit`);
  await giveQueue(client, role);
}

/** The queue's library makes and alters tables of its own; those from before there were two roles have another owner. */
async function giveQueue(client: pg.Client, role: string): Promise<void> {
  const { rows } = await client.query<{ statement: string }>(
    `select format('alter table pgboss.%I owner to %I', relname, $1::text) as statement from pg_class
     where relnamespace = to_regnamespace('pgboss') and relkind in ('r', 'p') and relowner <> (select oid from pg_roles where rolname = $1)
     union all
     select format('alter function %s owner to %I', p.oid::regprocedure, $1::text) from pg_proc p
     where pronamespace = to_regnamespace('pgboss') and proowner <> (select oid from pg_roles where rolname = $1)
     union all
     select format('alter type pgboss.%I owner to %I', typname, $1::text) from pg_type
     where typnamespace = to_regnamespace('pgboss') and typtype = 'e' and typowner <> (select oid from pg_roles where rolname = $1)
     union all
     select format('alter schema pgboss owner to %I', $1::text) from pg_namespace
     where nspname = 'pgboss' and nspowner <> (select oid from pg_roles where rolname = $1)`,
    [role],
  );
  for (const { statement } of rows) await client.query(statement);
}
