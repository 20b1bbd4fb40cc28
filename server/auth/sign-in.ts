import { insertActivity } from '../activity/queries.ts';
import type { Database } from '../db/client.ts';
import { AppError } from '../errors.ts';
import type { AttemptLimiter } from './attempt-limiter.ts';
import type { Authenticators } from './authenticator.ts';
import type { Passwords } from './passwords.ts';
import { endSessionOfSecret, findAccountByEmail } from './queries.ts';
import { checkSecondFactor, refuseIfConfirmedMeanwhile } from './second-factor.ts';
import { hashSessionSecret } from './session-cookie.ts';
import { type StartedSession, startSession } from './sessions.ts';

interface Parts {
  database: Database;
  passwords: Passwords;
  attempts: AttemptLimiter;
  authenticators: Authenticators;
  codeAttempts: AttemptLimiter;
  accessTokenExpiryS: number;
}

interface SignIn {
  email: string;
  password: string;
  totp?: string;
  client: { userAgent: string | undefined; address: string; requestId: string };
  /** Secret of the session that the browser came with: it ends, whoever's it was. */
  formerSecret: string | undefined;
}

/**
 * Checks the password, then the code where one is asked for, and opens a new session. Unknown, waiting and disabled
 * accounts answer as a wrong password does.
 * @throws AppError invalid_credentials, second_factor_required, rate_limited
 */
export async function signIn(
  { database, passwords, attempts, accessTokenExpiryS, ...secondFactor }: Parts,
  { email, password, totp, client, formerSecret }: SignIn,
): Promise<StartedSession> {
  await attempts.begin(email);
  const account = await findAccountByEmail(database.db, email);
  const matches = await passwords.matches(password, account?.passwordHash);
  const actor = { id: account?.id ?? null, address: client.address, requestId: client.requestId };
  if (!account || !matches || account.status !== 'active') {
    await insertActivity(database.db, actor, {
      activityType: 'login.failed',
      description: account ? 'Failed to sign in' : 'Failed to sign in to an unknown account',
      metadata: { reason: matches ? `account ${account?.status}` : 'password' },
    });
    throw new AppError(
      'invalid_credentials',
      'Email or password is wrong, or the account is not approved yet.',
    );
  }
  await attempts.forget(email);
  const wasAsked = await checkSecondFactor({ database, ...secondFactor }, account.id, totp).catch(
    async (error: unknown) => {
      if (totp !== undefined) {
        await insertActivity(database.db, actor, {
          activityType: 'login.failed',
          description: 'Failed to sign in',
          metadata: { reason: 'second factor' },
        });
      }
      throw error;
    },
  );
  return database.db.transaction(async (tx) => {
    if (!wasAsked) await refuseIfConfirmedMeanwhile(tx, account.id);
    if (formerSecret) await endSessionOfSecret(tx, hashSessionSecret(formerSecret));
    const session = await startSession(tx, account, { accessTokenExpiryS }, client);
    await insertActivity(tx, actor, {
      activityType: 'login',
      description: 'Signed in',
      entityType: 'session',
      entityId: session.sessionId,
    });
    return session;
  });
}
