import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { migrateDatabase } from './migrate.ts';

let database: TestDatabase;
let owner: pg.Client;
let role: string;
beforeEach(async () => {
  database = await createTestDatabase();
  owner = new pg.Client({ connectionString: database.ownerUri });
  await owner.connect();
  role = `late-${randomBytes(4).toString('hex')}`;
});
afterEach(async () => {
  if ((await owner.query('select from pg_roles where rolname = $1', [role])).rowCount)
    await owner.query(`drop owned by "${role}"; drop role "${role}"`);
  await owner.end();
  await database.drop();
});

function as(user: string, password: string): string {
  const uri = new URL(database.uri);
  uri.username = user;
  uri.password = password;
  return uri.href;
}

test('an application role that a database lacks is made with its password, and may not change the log', async () => {
  const uri = as(role, "it's a: sécret ﬁ");
  await migrateDatabase({ uri, ownerUri: database.ownerUri });
  await migrateDatabase({ uri, ownerUri: database.ownerUri });
  const client = new pg.Client({ connectionString: uri });
  await client.connect();
  expect((await client.query('select count(*)::int from users')).rows).toEqual([{ count: 0 }]);
  await expect(client.query('delete from user_activity_log')).rejects.toThrow(/permission denied/);
  await client.end();
});

test('no statement that makes the role holds its password, which the log of the database would keep', async () => {
  const sent = vi.spyOn(pg.Client.prototype, 'query');
  try {
    await migrateDatabase({ uri: as(role, 'hunter2'), ownerUri: database.ownerUri });
    const texts = sent.mock.calls.map(([text]) => String(text));
    expect(texts.join('\n')).toContain(`create role "${role}"`);
    expect(texts.join('\n')).not.toContain('hunter2');
  } finally {
    sent.mockRestore();
  }
});

test('a schema that the role makes under the name of the owner does not stand for ours [audit-chain]', async () => {
  const uri = as(role, 'secret');
  await migrateDatabase({ uri, ownerUri: database.ownerUri });
  const client = new pg.Client({ connectionString: uri });
  await client.connect();
  const schema = client.escapeIdentifier(new URL(database.ownerUri).username);
  await client.query(`create schema ${schema}; create table ${schema}.user_activity_log (id int)`);
  await client.query(
    `grant all on schema ${schema} to public; grant all on ${schema}.user_activity_log to public`,
  );
  await migrateDatabase({ uri, ownerUri: database.ownerUri });
  const { rows } = await client.query(
    "select has_table_privilege('public.user_activity_log', 'update, delete') as may",
  );
  expect(rows).toEqual([{ may: false }]);
  await client.end();
});

test('an owner who may not make roles is told what to run, without the password', async () => {
  const modest = `${role}-owner`;
  await owner.query(`create role "${modest}" login password 'known'`);
  await owner.query(`grant all on schema public, drizzle to "${modest}"`);
  await owner.query(`grant select on all tables in schema drizzle to "${modest}"`);
  try {
    const said = migrateDatabase({ uri: as(role, 'hunter2'), ownerUri: as(modest, 'known') });
    await expect(said).rejects.toMatchObject({
      name: 'OperatorError',
      message:
        `The database has no role ${role}, which SQL_URI names, and the role of SQL_OWNER_URI may not make it. ` +
        `Run as one that may: create role "${role}" login password '(the password in SQL_URI)'; grant "${role}" to "${modest}";`,
    });
  } finally {
    await owner.query(`reassign owned by "${modest}" to current_user; drop owned by "${modest}"`);
    await owner.query(`drop role "${modest}"`);
  }
});
