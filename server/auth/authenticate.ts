import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { authRoutes } from '../../contract/auth.ts';
import type { RouteDefinition } from '../../contract/route.ts';
import { UNATTENDED_HEADER } from '../../contract/unattended.ts';
import type { Database } from '../db/client.ts';
import { AppError } from '../errors.ts';
import type { Caller } from './caller.ts';
import { refuseCrossSite } from './cross-site.ts';
import { findSignedInBySecret, findSignedInBySession, type SignedIn, touchSession } from './queries.ts';
import { hashSessionSecret, type SessionCookie } from './session-cookie.ts';
import { BROWSER_ABSOLUTE_LIMIT_S, BROWSER_IDLE_LIMIT_S } from './sessions.ts';
import type { Tokens } from './tokens.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** For routes outside the route table that anybody may call: documents, static files. */
    public?: boolean;
  }
}

export interface AuthenticationParts {
  database: Database;
  tokens: Tokens;
  cookie: SessionCookie;
  publicUrl: string;
}

/** All that somebody can do who signed in with a password that was drawn for them. */
const WITH_A_DRAWN_PASSWORD = new Set<RouteDefinition>([
  authRoutes.me,
  authRoutes.changePassword,
  authRoutes.logout,
]);

const TOUCH_EVERY_S = 60;
/** Answered by the CORS plugin, which has no place to say that anybody may ask. */
const PREFLIGHT = 'OPTIONS *';

/**
 * Every route says who may call it, and one that does not is refused at the start. Before a body is read: the session
 * and its user are looked up in the database, so that whoever was disabled or changed is out at once; then the role.
 */
export function installAuthentication(app: FastifyInstance, parts: AuthenticationParts): void {
  app.decorateRequest('caller', undefined);
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => {
    routes.push(route);
  });
  app.addHook('onReady', async () => {
    const undeclared = routes.filter(
      ({ config, method, url }) =>
        !config?.definition && !config?.public && `${String(method)} ${url}` !== PREFLIGHT,
    );
    if (undeclared.length > 0) {
      const names = undeclared.map(({ method, url }) => `${method} ${url}`).join(', ');
      throw new Error(`Routes that do not say who may call them: ${names}`);
    }
  });
  app.addHook('onRequest', async (request) => {
    if (request.is404) return;
    const { definition, public: isPublic } = request.routeOptions.config;
    if (isPublic || definition?.access === 'public') return;
    if (!definition) throw new AppError('forbidden');
    await authenticate(request, definition, parts);
  });
}

/** Who asks, by token or by the browser's cookie. @throws AppError unauthenticated, csrf */
export async function identify(request: FastifyRequest, parts: AuthenticationParts): Promise<SignedIn> {
  const bearer = request.headers.authorization;
  const signedIn = bearer === undefined ? await bySession(request, parts) : await byToken(bearer, parts);
  if (!signedIn) throw new AppError('unauthenticated');
  return signedIn;
}

async function authenticate(
  request: FastifyRequest,
  definition: RouteDefinition,
  parts: AuthenticationParts,
) {
  const signedIn = await identify(request, parts);
  if (signedIn.idleS > TOUCH_EVERY_S && isCausedBySomebody(request, definition)) {
    await touchSession(parts.database.db, signedIn.sessionId);
  }
  request.caller = callerOf(signedIn, request, definition);
  if (!definition.access.includes(signedIn.role)) throw new AppError('forbidden');
  if (signedIn.mustChangePassword && !WITH_A_DRAWN_PASSWORD.has(definition)) {
    throw new AppError(
      'password_change_required',
      'Somebody else knows this password. Choose one of your own first: POST /me/password.',
    );
  }
}

/** Pages poll and listen for events of themselves; with that alone a session would never be idle. */
function isCausedBySomebody({ headers }: FastifyRequest, { method, response }: RouteDefinition): boolean {
  return method !== 'GET' || (response !== 'event-stream' && headers[UNATTENDED_HEADER] === undefined);
}

async function byToken(
  authorization: string,
  { tokens, database }: AuthenticationParts,
): Promise<SignedIn | undefined> {
  const token = /^Bearer ([\w.-]+)$/i.exec(authorization)?.[1];
  const subject = token ? await tokens.verify(token) : undefined;
  if (!subject) return undefined;
  const signedIn = await findSignedInBySession(database.db, subject.sessionId);
  const same = signedIn?.id === subject.userId && signedIn.securityVersion === subject.securityVersion;
  return same ? signedIn : undefined;
}

async function bySession(request: FastifyRequest, parts: AuthenticationParts): Promise<SignedIn | undefined> {
  const secret = parts.cookie.read(request);
  if (!secret) return undefined;
  const signedIn = await findSignedInBySecret(parts.database.db, hashSessionSecret(secret));
  if (!signedIn || isOver(signedIn)) return undefined;
  refuseCrossSite(request, parts.publicUrl);
  return signedIn;
}

function isOver({ ageS, idleS }: SignedIn): boolean {
  return idleS > BROWSER_IDLE_LIMIT_S || ageS > BROWSER_ABSOLUTE_LIMIT_S;
}

/** An emergency opens a patient for reading, and not for as long as a stream of events may last. */
const readsOnce = ({ method, response }: RouteDefinition) => method === 'GET' && response !== 'event-stream';

function callerOf(signedIn: SignedIn, request: FastifyRequest, definition: RouteDefinition): Caller {
  const { id, name, role, hospitalId, laboratoryId, canSign, sessionId, emergencies } = signedIn;
  return {
    id,
    name,
    role,
    hospitalId,
    laboratoryId,
    canSign,
    sessionId,
    emergencies: readsOnce(definition) ? emergencies : {},
    address: request.ip,
    requestId: request.id,
  };
}
