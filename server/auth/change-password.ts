import { insertActivity } from '../activity/queries.ts';
import type { Database } from '../db/client.ts';
import { AppError } from '../errors.ts';
import type { AttemptLimiter } from './attempt-limiter.ts';
import type { Caller } from './caller.ts';
import type { Passwords } from './passwords.ts';
import { endAllSessions, findAccount, updatePassword } from './queries.ts';
import { type StartedSession, startSession } from './sessions.ts';

interface Parts {
  database: Database;
  passwords: Passwords;
  attempts: AttemptLimiter;
  accessTokenExpiryS: number;
}

interface Change {
  caller: Caller;
  currentPassword: string;
  newPassword: string;
  userAgent: string | undefined;
}

/**
 * Ends every session and token of the user and opens a new session for the one who changed it.
 * @throws AppError invalid_credentials, rate_limited
 */
export async function changePassword(
  { database, passwords, attempts, accessTokenExpiryS }: Parts,
  { caller, currentPassword, newPassword, userAgent }: Change,
): Promise<StartedSession> {
  await attempts.begin(caller.id);
  const account = await findAccount(database.db, caller.id);
  if (!(await passwords.matches(currentPassword, account?.passwordHash)) || !account) {
    throw new AppError('invalid_credentials', 'The current password is wrong.');
  }
  await attempts.forget(caller.id);
  const passwordHash = await passwords.hash(newPassword);
  return database.db.transaction(async (tx) => {
    const knownVersion = account.securityVersion;
    const securityVersion = await updatePassword(tx, caller.id, { passwordHash, knownVersion });
    if (securityVersion === undefined) throw new AppError('unauthenticated');
    await endAllSessions(tx, caller.id);
    await insertActivity(tx, caller, {
      activityType: 'user.change_password',
      description: 'Changed the own password',
      entityType: 'user',
      entityId: caller.id,
    });
    const client = { userAgent, address: caller.address };
    return startSession(tx, { id: caller.id, securityVersion }, { accessTokenExpiryS }, client);
  });
}
