import { createHash } from 'node:crypto';
import { AppError } from '../errors.ts';

const WINDOW_MS = 60_000;
const ACCOUNTS_KEPT = 10_000;

export interface AttemptLimiter {
  /**
   * Counts an attempt on the account, whether or not it exists.
   * @throws AppError rate_limited, after too many within the last minute
   */
  begin(account: string): void;
  /** The right password was given: earlier mistakes are forgotten. */
  forget(account: string): void;
}

/**
 * Slows down guessing at one account from many addresses. Waiting is all it costs the owner: nothing is locked, and
 * each API process counts for itself.
 */
export function limitAttempts(perMinute: number): AttemptLimiter {
  const windows = new Map<string, { attempts: number; endsAt: number }>();
  const keyOf = (account: string) => createHash('sha256').update(account.toLowerCase()).digest('base64');
  return {
    begin: (account) => {
      const now = Date.now();
      const key = keyOf(account);
      const current = windows.get(key);
      const window = current && current.endsAt > now ? current : { attempts: 0, endsAt: now + WINDOW_MS };
      if (window.attempts >= perMinute) {
        throw new AppError('rate_limited', 'Too many attempts with this account. Wait a minute.', {
          retryAfterS: (window.endsAt - now) / 1000,
        });
      }
      window.attempts += 1;
      // Inserted anew, so that the first entry of the map is always the one that rested longest.
      windows.delete(key);
      windows.set(key, window);
      if (windows.size > ACCOUNTS_KEPT) windows.delete(windows.keys().next().value as string);
    },
    forget: (account) => {
      windows.delete(keyOf(account));
    },
  };
}
