import { insertActivity } from '../activity/queries.ts';
import type { Database } from '../db/client.ts';
import { AppError } from '../errors.ts';
import { endSession, findSignedInBySession, raiseRefreshGeneration, type SignedIn } from './queries.ts';
import type { Tokens } from './tokens.ts';

interface Parts {
  database: Database;
  tokens: Tokens;
}

/**
 * Takes a refresh token, once. One that comes again is in two hands, and nobody can tell whose are the right ones: the
 * session ends with all tokens that came from it.
 * @returns the session, whose next refresh token has this generation
 * @throws AppError unauthenticated
 */
export async function refreshSession(
  { database: { db }, tokens }: Parts,
  token: string,
  client: { address: string; requestId: string },
) {
  const subject = await tokens.verifyRefresh(token);
  const session = subject && (await findSignedInBySession(db, subject.sessionId));
  if (!session) throw new AppError('unauthenticated');
  if (await raiseRefreshGeneration(db, subject.sessionId, subject.generation)) {
    return { session, generation: subject.generation + 1 };
  }
  await db.transaction(async (tx) => {
    await endSession(tx, session.id, session.sessionId);
    const actor = { id: session.id, ...client };
    await insertActivity(tx, actor, {
      activityType: 'session.refresh_reused',
      description: 'A refresh token came twice; its session was ended',
      entityType: 'session',
      entityId: session.sessionId,
    });
  });
  throw new AppError('unauthenticated', 'This refresh token was used before. Sign in again.');
}

/**
 * An access token renews itself only where no refresh token is in use: a stolen one would otherwise live as long as the
 * session beside them, and never come twice.
 * @throws AppError unauthenticated
 */
export function refuseBesideRotation({ refreshGeneration }: SignedIn): void {
  if (refreshGeneration === 0) return;
  throw new AppError(
    'unauthenticated',
    'This session renews by refresh token. Send the newest as refresh_token.',
  );
}
