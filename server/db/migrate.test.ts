import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sortNameOf } from '../samples/sort-name.ts';
import { insertPatientWithSample, insertStaff } from '../testing/factories.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { connect, type Database } from './client.ts';
import { migrateDatabase } from './migrate.ts';

/** Of the migration samples-live: before it nobody ran several versions at once. */
const FIRST_TO_STAY_USABLE = 1795580736633;

let testDatabase: TestDatabase;
let database: Database;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = connect(testDatabase.ownerUri, { max: 2 });
});
afterAll(async () => {
  await database?.close();
  await testDatabase?.drop();
});

test('names stored before there was a sort name get the one that new samples would', async () => {
  const { db } = database;
  const { uploader } = await insertStaff(db);
  const names = [
    'Field_10.PNG',
    'field_002',
    '0',
    '000',
    '20261123140459123456 7',
    `${'1a'.repeat(120)}`,
    'x',
  ];
  for (const name of names) {
    const { sample } = await insertPatientWithSample(db, uploader);
    await db.execute(sql`update samples set original_filename = ${name} where id = ${sample.id}`);
  }
  await db.execute(sql`update samples set sort_name = ${randomUUID()}`);
  const migration = readFileSync(
    path.join(import.meta.dirname, 'migrations/0001_fields-in-order.sql'),
    'utf8',
  );
  const [backfill] = migration.split('--> statement-breakpoint').filter((one) => one.includes('UPDATE'));
  await db.execute(sql.raw(backfill));
  const { rows } = await db.execute<{ original_filename: string; sort_name: string }>(
    sql`select original_filename, sort_name from samples`,
  );
  expect(rows).toHaveLength(names.length);
  for (const row of rows) expect(row.sort_name).toBe(sortNameOf(row.original_filename));
});

interface Column {
  name: string;
  /** An insert that does not name it fails. */
  required: boolean;
}

async function columnsOf({ pool }: Database): Promise<Column[]> {
  const { rows } = await pool.query<Column>(`
    select table_name || '.' || column_name || ' ' || data_type as name,
      is_nullable = 'NO' and column_default is null and is_identity = 'NO' as required
    from information_schema.columns where table_schema = 'public'`);
  return rows;
}

test('migrations take nothing from processes of an earlier version that go on beside the new ones', async () => {
  const empty = await createTestDatabase();
  const old = connect(empty.ownerUri, { max: 2 });
  try {
    await old.db.execute(sql`drop schema public cascade`);
    await old.db.execute(sql`drop schema drizzle cascade`);
    await old.db.execute(sql`create schema public`);
    await migrateDatabase(empty, { upTo: FIRST_TO_STAY_USABLE });
    const before = new Map((await columnsOf(old)).map((column) => [column.name, column]));
    await migrateDatabase(empty);
    const after = new Map((await columnsOf(old)).map((column) => [column.name, column]));
    expect([...before.keys()].filter((name) => !after.has(name))).toEqual([]);
    const tables = new Set([...before.keys()].map((name) => name.split('.')[0]));
    const demanded = [...after.values()].filter(
      ({ name, required }) => required && tables.has(name.split('.')[0]) && !before.get(name)?.required,
    );
    expect(demanded).toEqual([]);
    expect(after.size).toBeGreaterThan(before.size);
  } finally {
    await old.close();
    await empty.drop();
  }
});
