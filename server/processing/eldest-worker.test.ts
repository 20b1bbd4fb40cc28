import { expect, test } from 'vitest';
import { connect } from '../db/client.ts';
import { workerHeartbeats } from '../db/tables/operational.ts';
import { createTestDatabase } from '../testing/test-database.ts';
import { isEldestWorker, removeHeartbeat, saveHeartbeat } from './queries.ts';

test('one worker does what all could: the one at work the longest, and the next when it is gone or silent', async () => {
  const testDatabase = await createTestDatabase();
  const { db, close } = connect(testDatabase.uri);
  const eldestOf = async (...ids: string[]) => {
    const found = await Promise.all(ids.map((id) => isEldestWorker(db, id, 15)));
    return ids.filter((_, at) => found[at]);
  };
  await db
    .insert(workerHeartbeats)
    .values({ id: 'killed', startedAt: '2020-01-01T00:00:00Z', lastSeenAt: '2020-01-02T00:00:00Z' });
  for (const id of ['second', 'third']) await saveHeartbeat(db, id, 0);
  expect(await eldestOf('killed', 'second', 'third')).toEqual(['second']);
  await removeHeartbeat(db, 'second');
  expect(await eldestOf('killed', 'second', 'third')).toEqual(['third']);
  await close();
  await testDatabase.drop();
});
