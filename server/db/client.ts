import { drizzle, type NodePgQueryResultHKT } from 'drizzle-orm/node-postgres';
import type { PgDatabase } from 'drizzle-orm/pg-core';
import pg from 'pg';
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

/** Connects lazily; `uri` as in `postgres://user:password@host:port/database`. */
export function connect(uri: string, { max = 10 } = {}): Database {
  const pool = new pg.Pool({ connectionString: uri, max, connectionTimeoutMillis: 5_000 });
  // An idle connection that the server cuts is replaced at the next query; without a listener it would end the process.
  pool.on('error', () => undefined);
  return { db: drizzle({ client: pool, schema, casing: 'snake_case' }), pool, close: () => pool.end() };
}
