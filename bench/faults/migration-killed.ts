import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { connect } from '../../server/db/client.ts';
import { findFreePort } from '../../server/db/postgres-process.ts';
import type { Fault } from './fault.ts';

const MAIN = path.join(import.meta.dirname, '..', '..', 'server', 'main.ts');
/** About what all migrations take, from the first table on. */
const LONGEST_STEP_MS = 120;
const PATIENCE_MS = 60_000;

export const migrationKilled: Fault = {
  name: 'migration-killed',
  row: 'migration killed (kill -9)',
  rounds: 100,
  run: async (trial) => {
    const system = await trial.start();
    const { pool, close } = connect(system.postgres.ownerUri, { max: 1 });
    const wanted = await describeTables(system.postgres.ownerUri);
    let partly = 0;
    await trial.each(async (at) => {
      const name = `migration_${at}`;
      await pool.query(`create database ${name}`);
      const uri = new URL(system.postgres.ownerUri);
      uri.pathname = name;
      const first = await startMigration(uri.href, system.dataFolder);
      await connectedTo(pool, name);
      await delay(trial.random() * LONGEST_STEP_MS);
      first.kill('SIGKILL');
      await once(first, 'close');
      if ((await describeTables(uri.href)) !== wanted) partly++;
      const second = await startMigration(uri.href, system.dataFolder);
      const deadline = Date.now() + PATIENCE_MS;
      let found = '';
      while (found !== wanted && second.exitCode === null && Date.now() < deadline) {
        await delay(100);
        found = await describeTables(uri.href);
      }
      trial.expect(
        found === wanted,
        `a second run did not complete the migration; ${second.exitCode === null ? 'it had not ended' : `it ended with ${second.exitCode}`}`,
      );
      second.kill('SIGKILL');
      await once(second, 'close');
      await pool.query(`drop database ${name} with (force)`);
    });
    await close();
    trial.note(`killed before the end in ${partly} of ${trial.rounds} rounds`);
  },
};

async function startMigration(uri: string, dataFolder: string) {
  const env = {
    PATH: process.env.PATH,
    SQL_URI: uri,
    DATA_DIR: dataFolder,
    PORT: String(await findFreePort()),
    LOG_LEVEL: 'fatal',
  };
  return spawn(process.execPath, [MAIN, 'api'], { env, stdio: 'ignore' });
}

async function connectedTo(pool: pg.Pool, name: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    const { rowCount } = await pool.query('select from pg_stat_activity where datname = $1', [name]);
    if (rowCount) return;
    await delay(2);
  }
}

/** Every column and every migration that counts as done. */
async function describeTables(uri: string): Promise<string> {
  const client = new pg.Client({ connectionString: uri });
  await client.connect();
  try {
    const columns = await client.query(
      `select table_name, column_name, data_type, is_nullable from information_schema.columns
        where table_schema = 'public' order by 1, 2`,
    );
    const known = await client.query(
      `select to_regclass('drizzle.__drizzle_migrations') is not null as known`,
    );
    const applied = known.rows[0].known
      ? await client.query('select hash from drizzle.__drizzle_migrations order by id')
      : { rows: [] };
    return JSON.stringify([columns.rows, applied.rows]);
  } finally {
    await client.end();
  }
}
