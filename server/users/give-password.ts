import type { Role } from '../../contract/route.ts';
import { insertActivity } from '../activity/queries.ts';
import type { Caller } from '../auth/caller.ts';
import type { Passwords } from '../auth/passwords.ts';
import { endAllSessions, insertUser } from '../auth/queries.ts';
import type { Database } from '../db/client.ts';
import { AppError } from '../errors.ts';
import { findUser, lockUser, updateUser } from './administration-queries.ts';
import { noSuchUser } from './change-user.ts';
import { type AskedWorkplace, chooseWorkplace } from './choose-workplace.ts';
import { drawPassword } from './draw-password.ts';

interface Parts {
  database: Database;
  passwords: Passwords;
}

interface NewUser extends AskedWorkplace {
  name: string;
  email: string;
  role: Role;
}

/**
 * @returns the user with the password they begin with
 * @throws AppError email_taken, conflict, validation_failed
 */
export async function createUser(
  { database, passwords }: Parts,
  caller: Caller,
  { name, email, role, ...asked }: NewUser,
) {
  const oneTimePassword = drawPassword();
  const passwordHash = await passwords.hash(oneTimePassword);
  return database.db.transaction(async (tx) => {
    const workplace = await chooseWorkplace(tx, caller, role, asked);
    const id = await insertUser(tx, { name, email, role, passwordHash, status: 'active', ...workplace });
    if (!id) throw new AppError('email_taken', 'Somebody has this address already.');
    await insertActivity(tx, caller, {
      activityType: 'user.create',
      description: `Created an account as ${role}`,
      entityType: 'user',
      entityId: id,
      metadata: { role, ...workplace },
    });
    return { user: (await findUser(tx, id))!, oneTimePassword };
  });
}

/**
 * Replaces the password of somebody else and ends their sessions. The own one is changed by giving the current one.
 * @throws AppError not_found, conflict
 */
export async function resetPassword({ database, passwords }: Parts, caller: Caller, id: string) {
  if (id === caller.id) {
    throw new AppError('conflict', 'Change your own password in your account, with the current one.');
  }
  const oneTimePassword = drawPassword();
  const passwordHash = await passwords.hash(oneTimePassword);
  return database.db.transaction(async (tx) => {
    const user = await lockUser(tx, id);
    if (!user) throw noSuchUser();
    if (user.status !== 'active') {
      throw new AppError('conflict', 'Only an active account gets a new password.');
    }
    await updateUser(tx, id, { changes: { passwordHash }, signsOut: true });
    await endAllSessions(tx, id);
    await insertActivity(tx, caller, {
      activityType: 'user.reset_password',
      description: "Replaced a user's password",
      entityType: 'user',
      entityId: id,
    });
    return { oneTimePassword };
  });
}
