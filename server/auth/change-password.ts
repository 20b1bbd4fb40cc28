import { insertActivity } from '../activity/queries.ts';
import type { Database } from '../db/client.ts';
import { AppError, validationFailed } from '../errors.ts';
import type { AttemptLimiter } from './attempt-limiter.ts';
import type { Caller } from './caller.ts';
import { refuseCommonPassword } from './common-passwords.ts';
import type { Passwords } from './passwords.ts';
import { endAllSessions, updatePassword } from './queries.ts';
import { reauthenticate } from './reauthenticate.ts';
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
 * @throws AppError invalid_credentials, validation_failed, rate_limited
 */
export async function changePassword(
  { database, passwords, attempts, accessTokenExpiryS }: Parts,
  { caller, currentPassword, newPassword, userAgent }: Change,
): Promise<StartedSession> {
  refuseCommonPassword(newPassword, 'new_password');
  const account = await reauthenticate({ database, passwords, attempts }, caller, currentPassword);
  if (newPassword === currentPassword) {
    throw validationFailed([{ path: 'new_password', message: 'choose another one than the current one' }]);
  }
  const passwordHash = await passwords.hash(newPassword);
  return database.db.transaction(async (tx) => {
    const knownVersion = account.securityVersion;
    const securityVersion = await updatePassword(tx, caller.id, { passwordHash, knownVersion });
    if (securityVersion === undefined) throw new AppError('unauthenticated');
    await endAllSessions(tx, caller.id);
    await insertActivity(tx, caller, {
      activityType: 'user.change_password',
      description: 'Changed their own password',
      entityType: 'user',
      entityId: caller.id,
    });
    const client = { userAgent, address: caller.address };
    return startSession(tx, { id: caller.id, securityVersion }, { accessTokenExpiryS }, client);
  });
}
