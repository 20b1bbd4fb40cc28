import type { Database } from '../db/client.ts';
import { AppError } from '../errors.ts';
import type { AttemptLimiter } from './attempt-limiter.ts';
import type { Caller } from './caller.ts';
import type { Passwords } from './passwords.ts';
import { findAccount } from './queries.ts';

interface Parts {
  database: Database;
  passwords: Passwords;
  attempts: AttemptLimiter;
}

/**
 * Makes sure that whoever has the session also knows the password, before what decides who may sign in is changed.
 * @returns the account as it was when the password was compared
 * @throws AppError invalid_credentials, rate_limited
 */
export async function reauthenticate(
  { database, passwords, attempts }: Parts,
  caller: Caller,
  currentPassword: string,
) {
  await attempts.begin(caller.id);
  const account = await findAccount(database.db, caller.id);
  if (!(await passwords.matches(currentPassword, account?.passwordHash)) || !account) {
    throw new AppError('invalid_credentials', 'The current password is wrong.', {
      errors: [{ path: 'current_password', message: 'The current password is wrong.' }],
    });
  }
  await attempts.forget(caller.id);
  return account;
}
