import { insertActivity } from '../activity/queries.ts';
import type { Database } from '../db/client.ts';
import { AppError } from '../errors.ts';
import type { AttemptLimiter } from './attempt-limiter.ts';
import type { Caller } from './caller.ts';
import type { Passwords } from './passwords.ts';
import { endOtherSessions, updateEmail, updateName } from './queries.ts';
import { reauthenticate } from './reauthenticate.ts';

interface Parts {
  database: Database;
  passwords: Passwords;
  attempts: AttemptLimiter;
}

interface Change {
  name?: string;
  email?: string;
  currentPassword?: string;
}

/**
 * Another address is another login: it needs the password, and sessions elsewhere end.
 * @throws AppError invalid_credentials, email_taken, rate_limited
 */
export async function changeOwnProfile(
  parts: Parts,
  caller: Caller,
  { name, email, currentPassword = '' }: Change,
): Promise<void> {
  if (email !== undefined) await reauthenticate(parts, caller, currentPassword);
  await parts.database.db.transaction(async (tx) => {
    if (name !== undefined) await updateName(tx, caller.id, name);
    if (email !== undefined) {
      if (!(await updateEmail(tx, caller.id, email))) {
        throw new AppError('email_taken', 'Somebody has this address already. Give another one.');
      }
      await endOtherSessions(tx, caller.id, caller.sessionId);
    }
    await insertActivity(tx, caller, {
      activityType: 'user.update',
      description: email === undefined ? 'Changed their own name' : 'Changed their own email address',
      entityType: 'user',
      entityId: caller.id,
    });
  });
}
