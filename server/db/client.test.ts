import { once } from 'node:events';
import net from 'node:net';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { connect } from './client.ts';

const SILENCE_MS = 500;

let testDatabase: TestDatabase;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase?.drop());

/** Forwards to the database until told to swallow everything; what was open then stays dead, and is not closed. */
async function openForgetfulNetwork(uri: string) {
  const { hostname, port } = new URL(uri);
  let swallows = false;
  const sockets: net.Socket[] = [];
  const proxy = net.createServer((near) => {
    const far = net.connect(Number(port), hostname);
    let isDead = false;
    const forwardTo = (to: net.Socket) => (data: Buffer) => {
      isDead ||= swallows;
      if (!isDead) to.write(data);
    };
    near.on('data', forwardTo(far)).on('error', () => {});
    far.on('data', forwardTo(near)).on('error', () => {});
    near.once('close', () => far.destroy());
    sockets.push(near, far);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const through = new URL(uri);
  through.host = `127.0.0.1:${(proxy.address() as net.AddressInfo).port}`;
  return {
    uri: through.href,
    swallow: (value: boolean) => {
      swallows = value;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      proxy.close();
    },
  };
}

test('queries on a connection that went silent fail soon, and the next ones get another', async () => {
  const network = await openForgetfulNetwork(testDatabase.uri);
  const { db, close } = connect(network.uri, { max: 3, silenceLimitMs: SILENCE_MS });
  const query = (n: number) =>
    n % 2 ? db.execute(sql`select 1`) : db.transaction((tx) => tx.execute(sql`select 1`));
  await Promise.all([0, 1, 2].map(query));
  network.swallow(true);
  const startedAt = Date.now();
  const lost = await Promise.allSettled([0, 1, 2].map(query));
  expect(lost.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(Date.now() - startedAt).toBeLessThan(10 * SILENCE_MS);
  network.swallow(false);
  await Promise.all([0, 1, 2].map(query));
  await close();
  network.close();
});

test('a transaction whose connection is cut fails, and nothing else', async () => {
  const { db, close } = connect(testDatabase.uri, { max: 2 });
  const uncaught: unknown[] = [];
  const note = (error: unknown) => uncaught.push(error);
  process.on('uncaughtException', note);
  const cut = db.transaction(async (tx) => {
    await tx.execute(sql`select pg_terminate_backend(pg_backend_pid())`);
  });
  await expect(cut).rejects.toThrow();
  expect((await db.execute(sql`select 1 as one`)).rows).toEqual([{ one: 1 }]);
  await close();
  process.off('uncaughtException', note);
  expect(uncaught).toEqual([]);
});

test('a transaction in which nothing happens any more is ended by the database, and its locks with it', async () => {
  const [sleeper, other] = [0, 1].map(() => connect(testDatabase.uri, { max: 1, silenceLimitMs: 2000 }));
  const { rows } = await sleeper.db.execute(
    sql`select current_setting('idle_in_transaction_session_timeout') as timeout`,
  );
  expect(rows).toEqual([{ timeout: '1s' }]);
  const locks = Promise.withResolvers<void>();
  const awake = Promise.withResolvers<void>();
  const slept = sleeper.db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(1)`);
    locks.resolve();
    await awake.promise;
  });
  await locks.promise;
  await other.db.transaction((tx) => tx.execute(sql`select pg_advisory_xact_lock(1)`));
  awake.resolve();
  await expect(slept).rejects.toThrow();
  await Promise.all([sleeper.close(), other.close()]);
});
