import { createHash } from 'node:crypto';
import type { Caller } from '../auth/caller.ts';
import type { Db } from '../db/client.ts';
import { AppError } from '../errors.ts';
import { claimKey, findReply, saveReply } from './queries.ts';

interface Once {
  caller: Caller;
  idempotencyKey: string | undefined;
  /** Everything that makes it the same request: route parameters and body. */
  params?: unknown;
  body?: unknown;
}

/**
 * Runs `work` in one transaction, once for each idempotency key of the caller: the same request again gets the saved
 * reply, another request under the same key is refused. Key, work and reply are committed together.
 */
export async function once<T>(db: Db, route: string, input: Once, work: (tx: Db) => Promise<T>): Promise<T> {
  const key = input.idempotencyKey;
  if (key === undefined) return db.transaction(work);
  const requestHash = createHash('sha256')
    .update(JSON.stringify([route, input.params, input.body]))
    .digest('hex');
  return db.transaction(async (tx) => {
    // Waits here while another request under the same key is under way.
    const claimed = await claimKey(tx, { userId: input.caller.id, key, route, requestHash });
    if (claimed) {
      const result = await work(tx);
      await saveReply(tx, input.caller.id, key, result);
      return result;
    }
    const saved = await findReply(tx, input.caller.id, key);
    if (saved?.requestHash !== requestHash) {
      throw new AppError(
        'idempotency_mismatch',
        'This Idempotency-Key was used for another request. Use a new one.',
      );
    }
    return saved.reply as T;
  });
}
