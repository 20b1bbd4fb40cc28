import { setTimeout as delay } from 'node:timers/promises';
import type { DatabaseUris, EmbeddedPostgres } from '../db/embedded-postgres.ts';
import { migrateDatabase } from '../db/migrate.ts';
import { OperatorError } from '../operator-error.ts';
import type { Logger } from '../platform/log.ts';
import { type Patience, whenReachable } from './patience.ts';

const UNREACHABLE = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  '57P03',
];
const MAY_NOT = '42501';
const REFUSED = ['28P01', '28000', '3D000', MAY_NOT];
const WATCH_EVERY_MS = 500;

/**
 * Brings the schema up to date.
 * @throws OperatorError when the database cannot be reached or refuses us, or was migrated by a newer version
 */
export async function migrateWhenReachable(uris: DatabaseUris, patience: Patience): Promise<void> {
  const { host } = new URL(uris.ownerUri);
  const explain = (error: unknown): OperatorError => {
    const code = codeOf(error);
    const { message } = error as Error;
    if (REFUSED.includes(code)) {
      const owner = code === MAY_NOT ? ', and SQL_OWNER_URI: its role must own the tables' : '';
      throw new OperatorError(`The database at ${host} refuses us: ${message}. Check SQL_URI${owner}.`);
    }
    if (!UNREACHABLE.includes(code) && !/timeout/i.test(message)) throw error;
    return new OperatorError(
      `The database at ${host} cannot be reached (${code || message}). Check SQL_URI.`,
      {
        cause: error,
      },
    );
  };
  await whenReachable('database', () => migrateDatabase(uris), explain, patience);
}

/** Starts our own PostgreSQL again whenever it has died. */
export function watchPostgres(postgres: EmbeddedPostgres, log: Logger): AsyncDisposable {
  const stopped = new AbortController();
  const watching = (async () => {
    while (!stopped.signal.aborted) {
      try {
        if (await postgres.revive()) log.error('PostgreSQL had died and was started again');
      } catch (error) {
        log.error({ err: error }, 'PostgreSQL died and could not be started again');
      }
      await delay(WATCH_EVERY_MS, undefined, { signal: stopped.signal }).catch(() => {});
    }
  })();
  return {
    [Symbol.asyncDispose]: async () => {
      stopped.abort();
      await watching;
    },
  };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
