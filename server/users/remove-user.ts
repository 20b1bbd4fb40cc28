import { insertActivity } from '../activity/queries.ts';
import type { Caller } from '../auth/caller.ts';
import type { Database, Db } from '../db/client.ts';
import { AppError } from '../errors.ts';
import { hasCode } from '../http/problems.ts';
import { eraseUser, findUser, hasActed, lockActiveAdministrators } from './administration-queries.ts';
import { changeUser, lockVersion, noSuchUser, type Target } from './change-user.ts';

/** PostgreSQL's foreign_key_violation. */
const STILL_REFERRED_TO = '23503';

/** Erases an account that never did anything. @throws AppError not_found, stale_version, conflict */
export async function deleteUser({ db }: Database, caller: Caller, target: Target): Promise<void> {
  refuseOneself(caller, target.id, 'delete');
  try {
    await db.transaction(async (tx) => {
      const administrators = await lockActiveAdministrators(tx);
      const { role } = await lockVersion(tx, target);
      if (administrators.every((id) => id === target.id)) {
        throw new AppError('conflict', 'The last active administrator stays. Make another one first.');
      }
      if (await hasActed(tx, target.id)) throw isOnRecord();
      await eraseUser(tx, target.id);
      await insertActivity(tx, caller, {
        activityType: 'user.delete',
        description: 'Erased an account that never did anything',
        entityType: 'user',
        entityId: target.id,
        metadata: { role },
      });
    });
  } catch (error) {
    throw hasCode(error, STILL_REFERRED_TO) ? isOnRecord() : error;
  }
}

/** @throws AppError not_found, conflict */
export async function disableUser(tx: Db, caller: Caller, id: string): Promise<void> {
  refuseOneself(caller, id, 'disable');
  const user = await findUser(tx, id);
  if (!user) throw noSuchUser();
  if (user.status === 'disabled') throw new AppError('conflict', 'This account is disabled already.');
  await changeUser(tx, caller, { id }, { status: 'disabled' });
}

function refuseOneself(caller: Caller, id: string, what: string): void {
  if (id === caller.id) throw new AppError('conflict', `Have another administrator ${what} your account.`);
}

function isOnRecord(): AppError {
  return new AppError(
    'conflict',
    'What this user did is on record and needs their name. Disable them instead.',
  );
}
