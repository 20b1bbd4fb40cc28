import { eq, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { builtOnce } from './built-once.ts';
import { connect, type Db } from './client.ts';
import { literal } from './literal.ts';
import { rateCounts } from './tables/operational.ts';

let testDatabase: TestDatabase;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase?.drop());
afterEach(() => vi.useRealTimers());

async function times(count: number, read: () => Promise<unknown>): Promise<void> {
  for (let time = 0; time < count; time++) await read();
}

const preparedTexts = async (db: Db) =>
  (await db.execute<{ statement: string }>(sql`select statement from pg_prepared_statements`)).rows.map(
    ({ statement }) => statement,
  );

test('a statement that comes again and again is prepared on each connection, one that comes seldom is not', async () => {
  const { db, close } = connect(testDatabase.uri, { max: 1 });
  await times(6, () => db.select().from(rateCounts).where(eq(rateCounts.key, 'often')));
  await times(5, () => db.select().from(rateCounts).where(eq(rateCounts.count, 5)));
  await times(20, () => db.execute(sql`select 1`));
  const prepared = await preparedTexts(db);
  expect(prepared).toHaveLength(1);
  expect(prepared[0]).toContain('"key" = $1');
  await close();
});

test('one that drizzle built once is prepared like others', async () => {
  const { db, close } = connect(testDatabase.uri, { max: 1 });
  const rowOf = builtOnce((on, column: 'key' | 'count') =>
    on
      .select()
      .from(rateCounts)
      .where(eq(rateCounts[column], sql.placeholder('value'))),
  );
  await times(8, () => rowOf(db, 'key').execute({ value: 'often' }));
  await times(2, () => rowOf(db, 'count').execute({ value: 5 }));
  expect(await preparedTexts(db)).toEqual([expect.stringContaining('"key" = $1')]);
  await close();
});

test('a prepared statement answers each value with its rows, and fails no worse than another', async () => {
  const { db, close } = connect(testDatabase.uri, { max: 2 });
  const half = (text: string) => db.execute<{ half: number }>(sql`select ${text}::int / 2 as half`);
  const halves = await Promise.all(Array.from({ length: 40 }, (_, at) => half(String(2 * at))));
  expect(halves.map(({ rows }) => rows[0].half)).toEqual(Array.from({ length: 40 }, (_, at) => at));
  await expect(half('none')).rejects.toThrow();
  expect((await half('8')).rows).toEqual([{ half: 4 }]);
  await close();
});

test('a statement is planned anew when its table has grown, soon and without an analysis', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const { db, close } = connect(testDatabase.ownerUri, { max: 1 });
  await db.execute(sql`create table growing (id int primary key)`);
  await db.execute(sql`vacuum analyze growing`);
  const find = () => db.execute(sql`select from growing where id = ${1}`);
  const plan = async () => JSON.stringify((await db.execute(sql`explain execute s0(1)`)).rows);
  await times(12, find);
  expect(await plan()).toContain('Seq Scan');
  await db.execute(sql`insert into growing select generate_series(1, 20000)`);
  vi.setSystemTime(Date.now() + 6000);
  await find();
  expect(await plan()).toContain('Index Only Scan');
  await close();
});

test('a literal is part of the statement', async () => {
  const { db, close } = connect(testDatabase.uri, { max: 1 });
  expect(db.select().from(rateCounts).limit(literal(26)).toSQL()).toMatchObject({
    sql: expect.stringContaining('limit 26'),
    params: [],
  });
  await close();
});
