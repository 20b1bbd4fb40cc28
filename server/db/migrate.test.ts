import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sortNameOf } from '../samples/sort-name.ts';
import { insertPatientWithSample, insertStaff } from '../testing/factories.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { connect, type Database } from './client.ts';

let testDatabase: TestDatabase;
let database: Database;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = connect(testDatabase.uri, { max: 2 });
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
