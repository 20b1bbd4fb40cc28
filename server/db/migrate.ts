import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import { OperatorError } from '../operator-error.ts';
import { checkApplicationRole, ensureApplicationRole } from './application-role.ts';
import { OWN_TABLES } from './client.ts';
import type { DatabaseUris } from './embedded-postgres.ts';
import { grantUse } from './grant-use.ts';

const FOLDER = path.join(import.meta.dirname, 'migrations');
const JOURNAL = 'meta/_journal.json';
const LOCK = 4_217_001; // any fixed number: two starting processes must not migrate at once

export class NewerDatabaseError extends OperatorError {}

interface Journal {
  entries: { when: number }[];
}

/**
 * Brings the schema up to date as the role that owns it, one process at a time, and lets the application's role use it.
 * @param upTo ends with the migration made then (ms since 1970), for data from an older version
 * @throws NewerDatabaseError when the database was migrated by a newer BALscope; OperatorError when that role is missing
 * and the owner may not make it.
 */
export async function migrateDatabase(
  { uri, ownerUri }: DatabaseUris,
  { upTo }: { upTo?: number } = {},
): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUri, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query(OWN_TABLES);
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await refuseNewer(client);
    if (upTo !== undefined) await migrateUpTo(client, upTo);
    // A role that owns nothing may look, so that it need not be told who does when there is nothing to do.
    else if ((await lastMigration(client)) < newestMigration()) {
      await migrate(drizzle({ client }), { migrationsFolder: FOLDER });
    }
    if (upTo === undefined && uri !== ownerUri) {
      await ensureApplicationRole(client, uri);
      await grantUse(client, decodeURIComponent(new URL(uri).username));
      await checkApplicationRole(uri);
    }
  } finally {
    await client.end();
  }
}

/** When the newest migration of this version was made, in ms since 1970. */
export function newestMigration(): number {
  return Math.max(...readJournal().entries.map((entry) => entry.when));
}

/** When the newest migration of a database was made; 0 before the first. */
export async function lastMigration(client: pg.ClientBase | pg.Pool): Promise<number> {
  const { rows } = await client.query(
    `select to_regclass('drizzle.__drizzle_migrations') is not null as known`,
  );
  if (!rows[0].known) return 0;
  const applied = await client.query(
    'select coalesce(max(created_at), 0)::bigint as last from drizzle.__drizzle_migrations',
  );
  return Number(applied.rows[0].last);
}

async function refuseNewer(client: pg.Client): Promise<void> {
  if ((await lastMigration(client)) > newestMigration()) {
    throw new NewerDatabaseError(
      'This database was made by a newer version of BALscope. Start that version, or restore a backup made by this one.',
    );
  }
}

/** drizzle applies a whole folder: it gets one whose journal ends earlier. */
async function migrateUpTo(client: pg.Client, upTo: number): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'balscope-migrations-'));
  try {
    cpSync(FOLDER, folder, { recursive: true });
    const journal = readJournal();
    const entries = journal.entries.filter(({ when }) => when <= upTo);
    writeFileSync(path.join(folder, JOURNAL), JSON.stringify({ ...journal, entries }));
    await migrate(drizzle({ client }), { migrationsFolder: folder });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readJournal(): Journal {
  return JSON.parse(readFileSync(path.join(FOLDER, JOURNAL), 'utf8')) as Journal;
}
