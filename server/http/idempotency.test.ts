import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { idempotencyKeys } from '../db/tables/people.ts';
import { insertStaff } from '../testing/factories.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { removeOldReplies } from './queries.ts';

let t: TestApp;
beforeAll(async () => {
  t = await createTestApp();
});
afterAll(() => t?.close());

test('saved replies are kept for as long as a repetition may come, not for ever', async () => {
  const { uploader } = await insertStaff(t.db);
  const row = (key: string, hoursAgo: number) => ({
    key,
    userId: uploader.id,
    route: 'createPatient',
    requestHash: key,
    createdAt: sql.raw(`now() - interval '${hoursAgo} hours'`) as never,
  });
  await t.db.insert(idempotencyKeys).values([row('old', 49), row('young', 47)]);
  await removeOldReplies(t.db, 48 * 3600);
  expect((await t.db.select().from(idempotencyKeys)).map(({ key }) => key)).toEqual(['young']);
});
