import type { FastifyRequest } from 'fastify';
import type { authRoutes } from '../../contract/auth.ts';
import { insertActivity } from '../activity/queries.ts';
import type { AppDependencies } from '../dependencies.ts';
import { AppError } from '../errors.ts';
import { once } from '../http/idempotency.ts';
import { wholeList } from '../http/list.ts';
import type { Handlers } from '../http/mount.ts';
import type { SharedCounts } from '../http/shared-counts.ts';
import { openRecaptcha } from '../platform/recaptcha.ts';
import { limitAttempts } from './attempt-limiter.ts';
import { identify } from './authenticate.ts';
import { openAuthenticators } from './authenticator.ts';
import { changeOwnProfile } from './change-own-profile.ts';
import { changePassword } from './change-password.ts';
import { checkCaptcha } from './check-captcha.ts';
import { refuseCommonPassword } from './common-passwords.ts';
import { redeemPasswordLink } from './password-links.ts';
import { endOtherSessions, endSession, getMe, listSessions } from './queries.ts';
import { reauthenticate } from './reauthenticate.ts';
import { refreshSession, refuseBesideRotation } from './refresh-session.ts';
import { registerOpenly, requestRegistration } from './register.ts';
import { confirmEnrolment, enrolSecondFactor, removeOwnSecondFactor } from './second-factor.ts';
import { sessionCookie } from './session-cookie.ts';
import { signIn } from './sign-in.ts';
import { createTokens, type TokenSubject } from './tokens.ts';

type Dependencies = Pick<AppDependencies, 'config' | 'database' | 'passwords'> & { counts: SharedCounts };

const MINUTE_MS = 60_000;
/** Of a million codes three are good at a time: whoever knows the password guesses one in a year. */
const CODE_ATTEMPTS = { most: 10, windowMs: 15 * MINUTE_MS };

export function authHandlers({
  config,
  database,
  passwords,
  counts,
}: Dependencies): Handlers<keyof typeof authRoutes> {
  const { db } = database;
  const { accessTokenExpiryS, jwtSecret, registration } = config.auth;
  const tokens = createTokens(jwtSecret);
  const { publicUrl } = config.http;
  const cookie = sessionCookie(publicUrl);
  const captcha = config.recaptcha && openRecaptcha(config.recaptcha, new URL(publicUrl).hostname);
  const attempts = limitAttempts(counts, {
    at: 'password',
    most: config.rateLimits.loginsPerMinute,
    windowMs: MINUTE_MS,
  });
  const codeAttempts = limitAttempts(counts, { at: 'code', ...CODE_ATTEMPTS });
  const authenticators = openAuthenticators(jwtSecret);
  const parts = { database, passwords, tokens, attempts, accessTokenExpiryS, authenticators, codeAttempts };

  const issueToken = async (subject: TokenSubject, sessionExpiresAt: Date) => {
    const remainingS = Math.floor((sessionExpiresAt.getTime() - Date.now()) / 1000);
    const expiresIn = Math.min(accessTokenExpiryS, remainingS);
    const accessToken = await tokens.issue(subject, new Date(Date.now() + expiresIn * 1000));
    return { accessToken, tokenType: 'Bearer' as const, expiresIn };
  };

  return {
    signInOptions: async () => ({ registration, recaptchaSiteKey: config.recaptcha?.siteKey ?? null }),

    register: async ({ body, request, reply }) => {
      const client = clientOf(request);
      if (registration === 'closed') {
        throw new AppError('forbidden', 'Registration is closed. Ask an administrator for an account.');
      }
      refuseCommonPassword(body.password, 'password');
      if (captcha) await checkCaptcha({ captcha, counts }, body.recaptchaToken, client.address);
      switch (registration) {
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
      return {
        ...(await issueToken(session, session.expiresAt)),
        refreshToken: await tokens.issueRefresh({ ...session, generation: 0 }, session.expiresAt),
        user: await getMe(db, session.userId),
      };
    },

    redeemPasswordLink: async ({ body, request }) => {
      await redeemPasswordLink(parts, body, clientOf(request));
      return { status: 'ok' };
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

    refreshToken: async ({ body, request }) => {
      if (!body) {
        const session = await identify(request, { database, tokens, cookie, publicUrl });
        if (request.headers.authorization !== undefined) refuseBesideRotation(session);
        return issueToken({ ...session, userId: session.id }, new Date(session.expiresAt));
      }
      const { session, generation } = await refreshSession(parts, body.refreshToken, clientOf(request));
      const expiresAt = new Date(session.expiresAt);
      return {
        ...(await issueToken({ ...session, userId: session.id }, expiresAt)),
        refreshToken: await tokens.issueRefresh({ ...session, generation }, expiresAt),
      };
    },

    me: async ({ caller }) => getMe(db, caller.id),

    updateMe: async ({ caller, body }) => {
      await changeOwnProfile(parts, caller, body);
      return getMe(db, caller.id);
    },

    changePassword: async ({ caller, body, request, reply }) => {
      const { userAgent } = clientOf(request);
      const session = await changePassword(parts, { caller, ...body, userAgent });
      cookie.set(reply, session.secret);
      return { status: 'ok' };
    },

    changeSecondFactor: async ({ caller, body }) => {
      switch (body.action) {
        case 'enrol':
          await reauthenticate(parts, caller, body.currentPassword);
          return enrolSecondFactor(parts, caller);
        case 'confirm':
          return confirmEnrolment(parts, caller, body.code);
        case 'remove':
          await reauthenticate(parts, caller, body.currentPassword);
          return removeOwnSecondFactor(parts, caller);
      }
    },

    listSessions: async ({ caller }) => {
      const sessions = await listSessions(db, caller.id);
      return wholeList(sessions.map((session) => ({ ...session, current: session.id === caller.sessionId })));
    },

    endOtherSessions: async ({ caller }) => {
      await database.db.transaction(async (tx) => {
        await endOtherSessions(tx, caller.id, caller.sessionId);
        await insertActivity(tx, caller, {
          activityType: 'session.end',
          description: 'Ended all other sessions',
          entityType: 'user',
          entityId: caller.id,
        });
      });
      return { status: 'ok' };
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
    logActivity: (input) =>
      once(db, 'logActivity', input, async (tx) => ({
        id: await insertActivity(tx, input.caller, { ...input.body, entityType: 'client_report' }),
      })),
  };
}

function clientOf(request: FastifyRequest) {
  return { userAgent: request.headers['user-agent'], address: request.ip, requestId: request.id };
}
