import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';

const ALGORITHM = 'HS256';
const ISSUER = 'balscope';
const AUDIENCE = 'balscope-api';

const Claims = z.object({ sub: z.uuid(), sid: z.uuid(), sv: z.number().int() });

/** What an access token says: whose it is, of which session, and as of which security version of the user. */
export interface TokenSubject {
  userId: string;
  sessionId: string;
  securityVersion: number;
}

export interface Tokens {
  issue(subject: TokenSubject, expiresAt: Date): Promise<string>;
  /** @returns undefined for anything but a token of ours that has not expired */
  verify(token: string): Promise<TokenSubject | undefined>;
}

/** Access tokens signed with one fixed algorithm; what the token's header asks for is not considered. */
export function createTokens(secret: string): Tokens {
  const key = new TextEncoder().encode(secret);
  return {
    issue: ({ userId, sessionId, securityVersion }, expiresAt) =>
      new SignJWT({ sid: sessionId, sv: securityVersion })
        .setProtectedHeader({ alg: ALGORITHM })
        .setSubject(userId)
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setIssuedAt()
        .setExpirationTime(expiresAt)
        .sign(key),
    verify: async (token) => {
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: [ALGORITHM],
          issuer: ISSUER,
          audience: AUDIENCE,
          requiredClaims: ['exp', 'iat'],
        });
        const { sub, sid, sv } = Claims.parse(payload);
        return { userId: sub, sessionId: sid, securityVersion: sv };
      } catch {
        return undefined;
      }
    },
  };
}
