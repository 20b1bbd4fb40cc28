import type { FastifyRequest } from 'fastify';
import type { authRoutes } from '../../contract/auth.ts';
import { insertActivity } from '../activity/queries.ts';
import type { AppDependencies } from '../dependencies.ts';
import { AppError } from '../errors.ts';
import { wholeList } from '../http/list.ts';
import type { Handlers } from '../http/mount.ts';
import type { SharedCounts } from '../http/shared-counts.ts';
import { limitAttempts } from './attempt-limiter.ts';
import { changePassword } from './change-password.ts';
import { endSession, findSignedInBySession, getMe, listSessions, updateName } from './queries.ts';
import { registerOpenly, requestRegistration } from './register.ts';
import { sessionCookie } from './session-cookie.ts';
import { signIn } from './sign-in.ts';
import { createTokens, type TokenSubject } from './tokens.ts';

type Dependencies = Pick<AppDependencies, 'config' | 'database' | 'passwords'> & { counts: SharedCounts };

const MINUTE_MS = 60_000;

export function authHandlers({
  config,
  database,
  passwords,
  counts,
}: Dependencies): Handlers<keyof typeof authRoutes> {
  const { db } = database;
  const { accessTokenExpiryS, jwtSecret, registration } = config.auth;
  const tokens = createTokens(jwtSecret);
  const cookie = sessionCookie(config.http.publicUrl);
  const attempts = limitAttempts(counts, {
    at: 'password',
    most: config.rateLimits.loginsPerMinute,
    windowMs: MINUTE_MS,
  });
  const parts = { database, passwords, attempts, accessTokenExpiryS };

  const issueToken = async (subject: TokenSubject, sessionExpiresAt: Date) => {
    const remainingS = Math.floor((sessionExpiresAt.getTime() - Date.now()) / 1000);
    const expiresIn = Math.min(accessTokenExpiryS, remainingS);
    const accessToken = await tokens.issue(subject, new Date(Date.now() + expiresIn * 1000));
    return { accessToken, tokenType: 'Bearer' as const, expiresIn };
  };

  return {
    signInOptions: async () => ({ registration, recaptchaSiteKey: null }),

    register: async ({ body, request, reply }) => {
      const client = clientOf(request);
      switch (registration) {
        case 'closed':
          throw new AppError('forbidden', 'Registration is closed. Ask an administrator for an account.');
        case 'approval':
          await requestRegistration(parts, body, client);
          reply.code(202);
          return { status: 'received' };
        case 'open':
          return { status: 'active', user: await getMe(db, await registerOpenly(parts, body, client)) };
      }
    },

    login: async ({ body, request, reply }) => {
      const client = clientOf(request);
      const session = await signIn(parts, { ...body, client, formerSecret: cookie.read(request) });
      cookie.set(reply, session.secret);
      return { ...(await issueToken(session, session.expiresAt)), user: await getMe(db, session.userId) };
    },

    logout: async ({ caller, reply }) => {
      await database.db.transaction(async (tx) => {
        await endSession(tx, caller.id, caller.sessionId);
        await insertActivity(tx, caller, {
          activityType: 'logout',
          description: 'Signed out',
          entityType: 'session',
          entityId: caller.sessionId,
        });
      });
      cookie.clear(reply);
      return { status: 'ok' };
    },

    refreshToken: async ({ caller }) => {
      const session = await findSignedInBySession(db, caller.sessionId);
      if (!session) throw new AppError('unauthenticated');
      const { sessionId, securityVersion, expiresAt } = session;
      return issueToken({ userId: caller.id, sessionId, securityVersion }, new Date(expiresAt));
    },

    me: async ({ caller }) => getMe(db, caller.id),

    updateMe: async ({ caller, body }) => {
      await database.db.transaction(async (tx) => {
        await updateName(tx, caller.id, body.name);
        await insertActivity(tx, caller, {
          activityType: 'user.update',
          description: 'Changed the own name',
          entityType: 'user',
          entityId: caller.id,
        });
      });
      return getMe(db, caller.id);
    },

    changePassword: async ({ caller, body, request, reply }) => {
      const { userAgent } = clientOf(request);
      const session = await changePassword(parts, { caller, ...body, userAgent });
      cookie.set(reply, session.secret);
      return { status: 'ok' };
    },

    listSessions: async ({ caller }) => {
      const sessions = await listSessions(db, caller.id);
      return wholeList(sessions.map((session) => ({ ...session, current: session.id === caller.sessionId })));
    },

    endSession: async ({ caller, params }) => {
      await database.db.transaction(async (tx) => {
        if (!(await endSession(tx, caller.id, params.id))) {
          throw new AppError('not_found', 'There is no such session.');
        }
        await insertActivity(tx, caller, {
          activityType: 'session.end',
          description: 'Ended a session',
          entityType: 'session',
          entityId: params.id,
        });
      });
      return { status: 'ok' };
    },

    // Marked as the client's own words, so that nobody can write what looks like an act the server saw.
    logActivity: async ({ caller, body }) => ({
      id: await insertActivity(db, caller, { ...body, entityType: 'client_report' }),
    }),
  };
}

function clientOf(request: FastifyRequest) {
  return { userAgent: request.headers['user-agent'], address: request.ip, requestId: request.id };
}
