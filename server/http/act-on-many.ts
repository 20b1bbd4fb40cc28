import type { Db } from '../db/client.ts';
import { AppError } from '../errors.ts';

/** Each in a transaction of its own, so that what is refused, with its reason, leaves the others done. */
export async function actOnMany(
  db: Db,
  ids: readonly string[],
  act: (tx: Db, id: string) => Promise<unknown>,
) {
  const done: string[] = [];
  const refused: { id: string; code: AppError['code']; detail: string }[] = [];
  for (const id of new Set(ids)) {
    try {
      await db.transaction((tx) => act(tx, id));
      done.push(id);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      refused.push({ id, code: error.code, detail: error.message });
    }
  }
  return { done, refused };
}
