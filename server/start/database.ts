import { setTimeout as delay } from 'node:timers/promises';
import type { DatabaseUris, EmbeddedPostgres } from '../db/embedded-postgres.ts';
import { migrateDatabase } from '../db/migrate.ts';
import { OperatorError } from '../operator-error.ts';
import type { Logger } from '../platform/log.ts';

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
const PATIENCE_MS = 30_000;
const RETRY_MS = 1000;
const WATCH_EVERY_MS = 500;

/**
 * Brings the schema up to date; a database that is itself just starting gets half a minute.
 * @throws OperatorError when it cannot be reached, or was migrated by a newer version
 */
export async function migrateWhenReachable(
  uris: DatabaseUris,
  signal: AbortSignal,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const { host } = new URL(uris.ownerUri);
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      return await migrateDatabase(uris);
    } catch (error) {
      const code = codeOf(error);
      if (REFUSED.includes(code)) {
        throw new OperatorError(
          `The database at ${host} refuses us: ${(error as Error).message}. Check SQL_URI${code === MAY_NOT ? ', and SQL_OWNER_URI: its role must own the tables' : ''}.`,
        );
      }
      const unreachable = UNREACHABLE.includes(code) || /timeout/i.test((error as Error).message);
      if (!unreachable) throw error;
      if (Date.now() > deadline) {
        throw new OperatorError(
          `The database at ${host} cannot be reached (${code || (error as Error).message}). Check SQL_URI.`,
          {
            cause: error,
          },
        );
      }
    }
    await delay(RETRY_MS, undefined, { signal });
  }
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
