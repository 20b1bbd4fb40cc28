import { createHash } from 'node:crypto';
import { AppError } from '../errors.ts';
import type { SharedCounts } from '../http/shared-counts.ts';

export interface AttemptLimiter {
  /**
   * Counts an attempt on the account, whether or not it exists.
   * @throws AppError rate_limited, after too many within the window
   */
  begin(account: string): Promise<void>;
  /** The right answer was given: earlier mistakes are forgotten. */
  forget(account: string): Promise<void>;
}

/**
 * Slows down guessing at one account from many addresses and at several API processes. Waiting is all it costs the
 * owner: nothing is locked.
 */
export function limitAttempts(
  counts: SharedCounts,
  { at, most, windowMs }: { at: string; most: number; windowMs: number },
): AttemptLimiter {
  const keyOf = (account: string) =>
    `${at} ${createHash('sha256').update(account.toLowerCase()).digest('base64url')}`;
  return {
    begin: async (account) => {
      const { count, endsInMs } = await counts.add(keyOf(account), windowMs);
      if (count <= most) return;
      const minutes = Math.ceil(endsInMs / 60_000);
      throw new AppError(
        'rate_limited',
        `Too many attempts with this account. Wait ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`,
        { retryAfterS: endsInMs / 1000 },
      );
    },
    forget: (account) => counts.forget(keyOf(account)),
  };
}
