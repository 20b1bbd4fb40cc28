import { hash } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';

const ALGORITHM = 'HS256';
const ISSUER = 'balscope';
const AUDIENCE = 'balscope-api';

const REFRESH_AUDIENCE = 'balscope-refresh';

const Claims = z.object({ sub: z.uuid(), sid: z.uuid(), sv: z.number().int(), exp: z.number() });

/** Access tokens whose signature and claims were found good; by hash, for their expiry is all that can change. */
const MOST_REMEMBERED = 10_000;

const RefreshClaims = z.object({ sid: z.uuid(), gen: z.number().int() });

/** What a refresh token says: of which session, and how many came before it. */
export interface RefreshSubject {
  sessionId: string;
  generation: number;
}

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
  issueRefresh(subject: RefreshSubject, expiresAt: Date): Promise<string>;
  /** @returns undefined for anything but a refresh token of ours that has not expired */
  verifyRefresh(token: string): Promise<RefreshSubject | undefined>;
}

/** Tokens signed with one fixed algorithm; what a token's header asks for is not considered. */
export function createTokens(secret: string): Tokens {
  const key = new TextEncoder().encode(secret);
  const sign = (token: SignJWT, audience: string, expiresAt: Date) =>
    token
      .setProtectedHeader({ alg: ALGORITHM })
      .setIssuer(ISSUER)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime(expiresAt)
      .sign(key);
  const claimsOf = async <T>(token: string, audience: string, schema: z.ZodType<T>) => {
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience,
        requiredClaims: ['exp', 'iat'],
      });
      return schema.parse(payload);
    } catch {
      return undefined;
    }
  };
  const remembered = new LRUCache<string, z.output<typeof Claims>>({ max: MOST_REMEMBERED });
  return {
    issue: ({ userId, sessionId, securityVersion }, expiresAt) =>
      sign(new SignJWT({ sid: sessionId, sv: securityVersion }).setSubject(userId), AUDIENCE, expiresAt),
    verify: async (token) => {
      const fingerprint = hash('sha256', token, 'base64url');
      const claims = remembered.get(fingerprint) ?? (await claimsOf(token, AUDIENCE, Claims));
      if (!claims || claims.exp * 1000 <= Date.now()) return undefined;
      remembered.set(fingerprint, claims);
      return { userId: claims.sub, sessionId: claims.sid, securityVersion: claims.sv };
    },
    issueRefresh: ({ sessionId, generation }, expiresAt) =>
      sign(new SignJWT({ sid: sessionId, gen: generation }), REFRESH_AUDIENCE, expiresAt),
    verifyRefresh: async (token) => {
      const claims = await claimsOf(token, REFRESH_AUDIENCE, RefreshClaims);
      return claims && { sessionId: claims.sid, generation: claims.gen };
    },
  };
}
