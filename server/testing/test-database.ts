import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

export interface TestDatabase {
  uri: string;
  drop(): Promise<void>;
}

/** A database of a test file's own, migrated and empty, on the server that vitest's global setup started. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const uri = new URL(inject('templateUri'));
  const template = uri.pathname.slice(1);
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(uri, `create database ${name} template ${template}`);
  uri.pathname = name;
  return { uri: uri.href, drop: () => administer(uri, `drop database ${name} with (force)`) };
}

async function administer(uri: URL, statement: string): Promise<void> {
  const maintenance = new URL(uri);
  maintenance.pathname = 'postgres';
  const client = new pg.Client({ connectionString: maintenance.href });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
