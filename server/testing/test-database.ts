import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import type { DatabaseUris } from '../db/embedded-postgres.ts';

export interface TestDatabase extends DatabaseUris {
  drop(): Promise<void>;
}

/** A database of a test file's own, migrated and empty, on the server of the template: by default vitest's. */
export async function createTestDatabase(template = inject('template')): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const within = (uri: string, database: string) => Object.assign(new URL(uri), { pathname: database }).href;
  const maintenance = within(template.ownerUri, 'postgres');
  const { username: application, pathname } = new URL(template.uri);
  await administer(maintenance, `create database ${name} template ${pathname.slice(1)}`);
  // Rights on the database itself are not copied.
  await administer(maintenance, `grant create on database ${name} to ${application}`);
  return {
    uri: within(template.uri, name),
    ownerUri: within(template.ownerUri, name),
    drop: () => administer(maintenance, `drop database ${name} with (force)`),
  };
}

async function administer(uri: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: uri });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
