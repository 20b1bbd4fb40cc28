import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { connect, type Database } from '../db/client.ts';
import { rateCounts } from '../db/tables/operational.ts';
import { createLog } from '../platform/log.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { removeEndedCounts } from './queries.ts';
import { openSharedCounts, type SharedCounts } from './shared-counts.ts';

const HOUR_MS = 3600_000;

let testDatabase: TestDatabase;
let database: Database;
let one: SharedCounts;
let other: SharedCounts;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = connect(testDatabase.uri, { max: 5 });
  const log = createLog('fatal', 2);
  one = openSharedCounts(database, log);
  other = openSharedCounts(database, log);
});
afterAll(async () => {
  await Promise.all([one?.close(), other?.close()]);
  await database?.close();
  await testDatabase?.drop();
});

const end = (key: string) =>
  database.db
    .update(rateCounts)
    .set({ endsAt: sql`now() - interval '1 second'` as never })
    .where(eq(rateCounts.key, key));

test('two processes count to one sum, however much at once', async () => {
  const counted = await Promise.all(
    Array.from({ length: 40 }, (_, at) => (at % 2 ? one : other).add('sum', HOUR_MS)),
  );
  expect(counted.map(({ count }) => count).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 40 }, (_, at) => at + 1),
  );
  for (const { endsInMs } of counted) expect(endsInMs).toBeGreaterThan(0);
});

test('a window that ended begins anew, and what was forgotten too', async () => {
  await one.add('window', HOUR_MS);
  await end('window');
  expect((await other.add('window', HOUR_MS)).count).toBe(1);
  expect((await other.add('window', HOUR_MS)).count).toBe(2);
  await one.forget('window');
  expect((await other.add('window', HOUR_MS)).count).toBe(1);
});

test('an estimate knows at once what was counted here, and soon what was counted elsewhere', async () => {
  for (let at = 0; at < 30; at++) one.estimate('estimate', HOUR_MS);
  expect(one.estimate('estimate', HOUR_MS).count).toBe(31);
  await vi.waitFor(async () => {
    const [{ count }] = await database.db.select().from(rateCounts).where(eq(rateCounts.key, 'estimate'));
    expect(count).toBe(31);
  }, 10_000);
  other.estimate('estimate', HOUR_MS);
  await vi.waitFor(() => expect(other.estimate('estimate', HOUR_MS).count).toBeGreaterThan(32), 10_000);
});

test('however many addresses there are, all of their counts are shared', async () => {
  const addresses = 22_000;
  for (let at = 0; at < addresses; at++) one.estimate(`crowd ${at}`, HOUR_MS);
  const last = `crowd ${addresses - 1}`;
  await vi.waitFor(async () => {
    const found = await database.db.select().from(rateCounts).where(eq(rateCounts.key, last));
    expect(found).toMatchObject([{ count: 1 }]);
  }, 30_000);
}, 60_000);

test('ended windows are removed, open ones stay', async () => {
  await one.add('ended', HOUR_MS);
  await one.add('open', HOUR_MS);
  await end('ended');
  await removeEndedCounts(database.db);
  const keys = (await database.db.select().from(rateCounts)).map(({ key }) => key);
  expect(keys).toContain('open');
  expect(keys).not.toContain('ended');
});
