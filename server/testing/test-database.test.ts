import { expect, test } from 'vitest';
import { connect } from '../db/client.ts';
import { createTestDatabase } from './test-database.ts';

test('every test database is migrated, empty and its own', async () => {
  const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  const first = connect(one.uri);
  const second = connect(other.uri);
  await first.pool.query("insert into laboratories (id, name) values (gen_random_uuid(), 'One')");
  expect((await first.pool.query('select from laboratories')).rowCount).toBe(1);
  expect((await second.pool.query('select from laboratories')).rowCount).toBe(0);
  await Promise.all([first.close(), second.close()]);
  await Promise.all([one.drop(), other.drop()]);
});
