import { drizzle, type NodePgQueryResultHKT } from 'drizzle-orm/node-postgres';
import type { PgDatabase } from 'drizzle-orm/pg-core';
import pg from 'pg';
import { openDatabaseSocket, SILENCE_LIMIT_MS } from './database-socket.ts';
import { prepareStatements } from './prepare-statements.ts';
import * as operational from './tables/operational.ts';
import * as patients from './tables/patients.ts';
import * as people from './tables/people.ts';
import * as readings from './tables/readings.ts';

const schema = { ...people, ...patients, ...readings, ...operational };

/** The database or a transaction on it: query functions take either as their first argument. */
export type Db = PgDatabase<NodePgQueryResultHKT, typeof schema>;

export interface Database {
  db: Db;
  pool: pg.Pool;
  close(): Promise<void>;
}

/** Names of tables mean ours: the application's role may make a schema under the name of the owner, which would come first. */
export const OWN_TABLES = 'set search_path to public';

/** Connects lazily; `uri` as in `postgres://user:password@host:port/database`. */
export function connect(
  uri: string,
  { max = 10, silenceLimitMs = SILENCE_LIMIT_MS }: { max?: number; silenceLimitMs?: number } = {},
): Database {
  const pool = new pg.Pool({
    connectionString: uri,
    max,
    connectionTimeoutMillis: 5_000,
    stream: () => openDatabaseSocket(silenceLimitMs),
    // A process that is stopped in the middle of a transaction keeps nobody waiting for its locks. Not a parameter of
    // the connection, which a pooler in between would refuse.
    onConnect: async (client) => {
      await client.query(`set idle_in_transaction_session_timeout = ${silenceLimitMs / 2}; ${OWN_TABLES}`);
    },
  });
  // A connection that is cut fails its query and is replaced. Without listeners, for idle ones here and for those in use
  // below, it would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  pool.on('connect', prepareStatements());
  // The pool gives a connection its `release` right after this event.
  pool.on('acquire', (client) => queueMicrotask(() => returnWhenCut(client)));
  return { db: drizzle({ client: pool, schema, casing: 'snake_case' }), pool, close: () => pool.end() };
}

/** A transaction whose very begin fails is never ended by drizzle, and its place in the pool would be lost for good. */
function returnWhenCut(client: pg.PoolClient): void {
  const release = client.release.bind(client);
  let isReleased = false;
  const releaseOnce = (error?: Error | boolean) => {
    if (isReleased) return;
    isReleased = true;
    client.off('error', releaseOnce);
    release(error);
  };
  client.release = releaseOnce;
  client.on('error', releaseOnce);
}
