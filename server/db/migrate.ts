import { readFileSync } from 'node:fs';
import path from 'node:path';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import { OperatorError } from '../operator-error.ts';

const FOLDER = path.join(import.meta.dirname, 'migrations');
const LOCK = 4_217_001; // any fixed number: two starting processes must not migrate at once

export class NewerDatabaseError extends OperatorError {}

/**
 * Brings the schema up to date, one process at a time.
 * @throws NewerDatabaseError when the database was migrated by a newer BALscope.
 */
export async function migrateDatabase(uri: string): Promise<void> {
  const client = new pg.Client({ connectionString: uri, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await refuseNewer(client);
    await migrate(drizzle({ client }), { migrationsFolder: FOLDER });
  } finally {
    await client.end();
  }
}

async function refuseNewer(client: pg.Client): Promise<void> {
  const { rows } = await client.query(
    `select to_regclass('drizzle.__drizzle_migrations') is not null as known`,
  );
  if (!rows[0].known) return;
  const applied = await client.query(
    'select max(created_at)::bigint as last from drizzle.__drizzle_migrations',
  );
  const journal = JSON.parse(readFileSync(path.join(FOLDER, 'meta/_journal.json'), 'utf8')) as {
    entries: { when: number }[];
  };
  const newest = Math.max(...journal.entries.map((entry) => entry.when));
  if (Number(applied.rows[0].last) > newest) {
    throw new NewerDatabaseError(
      'This database was made by a newer version of BALscope. Start that version, or restore a backup made by this one.',
    );
  }
}
