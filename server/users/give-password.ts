import type { Role } from '../../contract/route.ts';
import { insertActivity } from '../activity/queries.ts';
import type { Caller } from '../auth/caller.ts';
import { makePasswordLink } from '../auth/password-links.ts';
import type { Passwords } from '../auth/passwords.ts';
import { endAllSessions, insertUser } from '../auth/queries.ts';
import { removeSecondFactor } from '../auth/second-factor-queries.ts';
import type { Config } from '../config.ts';
import type { Database, Db } from '../db/client.ts';
import { AppError } from '../errors.ts';
import { findUser, lockUser, updateUser } from './administration-queries.ts';
import { noSuchUser } from './change-user.ts';
import { type AskedWorkplace, chooseWorkplace } from './choose-workplace.ts';
import { drawPassword } from './draw-password.ts';

interface Parts {
  config: Config;
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
  { database, passwords }: Omit<Parts, 'config'>,
  caller: Caller,
  { name, email, role, ...asked }: NewUser,
) {
  const oneTimePassword = drawPassword();
  const passwordHash = await passwords.hash(oneTimePassword);
  return database.db.transaction(async (tx) => {
    const workplace = await chooseWorkplace(tx, caller, role, asked);
    const account = { name, email, role, passwordHash, status: 'active', mustChangePassword: true } as const;
    const id = await insertUser(tx, { ...account, ...workplace });
    if (!id) throw new AppError('email_taken', 'Somebody has this address already. Give another one.');
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
 * Ends the password and the sessions of somebody else, and makes the link with which they choose another. The own one is
 * changed by giving the current one.
 * @throws AppError not_found, conflict
 */
export async function resetPassword({ config, database, passwords }: Parts, caller: Caller, id: string) {
  refuseOneself(caller, id);
  // Of a password that nobody ever sees.
  const passwordHash = await passwords.hash(drawPassword());
  return database.db.transaction(async (tx) => {
    await lockActiveUser(tx, id);
    await updateUser(tx, id, { changes: { passwordHash }, signsOut: true });
    await endAllSessions(tx, id);
    const made = { userId: id, createdBy: caller.id };
    const { link, expiresAt } = await makePasswordLink(tx, config.http.publicUrl, made);
    await insertActivity(tx, caller, {
      activityType: 'user.reset_password',
      description: "Ended a user's password and made a link to choose another",
      entityType: 'user',
      entityId: id,
    });
    return { link, expiresAt };
  });
}

/** For somebody who lost authenticator and recovery codes. @throws AppError not_found, conflict */
export async function resetSecondFactor({ database }: Pick<Parts, 'database'>, caller: Caller, id: string) {
  refuseOneself(caller, id);
  return database.db.transaction(async (tx) => {
    await lockActiveUser(tx, id);
    if (!(await removeSecondFactor(tx, id))) {
      throw new AppError('conflict', 'This user has no authenticator.');
    }
    await updateUser(tx, id, { changes: {}, signsOut: true });
    await endAllSessions(tx, id);
    await insertActivity(tx, caller, {
      activityType: 'user.reset_second_factor',
      description: "Removed a user's authenticator",
      entityType: 'user',
      entityId: id,
    });
    return (await findUser(tx, id))!;
  });
}

function refuseOneself(caller: Caller, id: string): void {
  if (id !== caller.id) return;
  throw new AppError('conflict', 'Change your own in your account, with your current password.');
}

async function lockActiveUser(tx: Db, id: string): Promise<void> {
  const user = await lockUser(tx, id);
  if (!user) throw noSuchUser();
  if (user.status !== 'active') throw new AppError('conflict', 'This account is not active.');
}
