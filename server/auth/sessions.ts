import type { Db } from '../db/client.ts';
import { insertSession } from './queries.ts';
import { hashSessionSecret, newSessionSecret } from './session-cookie.ts';
import type { TokenSubject } from './tokens.ts';

/**
 * A browser's session ends after half an hour without a request, and after twelve hours in any case. Fifteen minutes
 * would fit an empty chair better, but a pathologist counting at the microscope sends nothing for longer than that.
 */
export const BROWSER_IDLE_LIMIT_S = 30 * 60;
export const BROWSER_ABSOLUTE_LIMIT_S = 12 * 3600;

export interface StartedSession extends TokenSubject {
  /** For the cookie; only its hash is kept. */
  secret: string;
  expiresAt: Date;
}

/** Opens a session of its own for every sign-in; it lasts as long as the longer of the browser's day and a token. */
export async function startSession(
  tx: Db,
  user: { id: string; securityVersion: number },
  { accessTokenExpiryS }: { accessTokenExpiryS: number },
  client: { userAgent: string | undefined; address: string | undefined },
): Promise<StartedSession> {
  const secret = newSessionSecret();
  const expiresAt = new Date(Date.now() + Math.max(BROWSER_ABSOLUTE_LIMIT_S, accessTokenExpiryS) * 1000);
  const sessionId = await insertSession(tx, {
    userId: user.id,
    secretHash: hashSessionSecret(secret),
    securityVersion: user.securityVersion,
    userAgent: client.userAgent?.slice(0, 300),
    address: client.address,
    expiresAt: expiresAt.toISOString(),
  });
  return { userId: user.id, sessionId, securityVersion: user.securityVersion, secret, expiresAt };
}
