import rateLimit, { type FastifyRateLimitStore, normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { authRoutes } from '../../contract/auth.ts';
import type { RouteDefinition } from '../../contract/route.ts';
import type { Config } from '../config.ts';
import { AppError } from '../errors.ts';
import type { SharedCounts } from './shared-counts.ts';

const MINUTE_MS = 60_000;
/** So many people may work at full speed behind one address. */
const PEOPLE_PER_ADDRESS = 10;
/** Of fewer than this many, one too many matters. */
const EXACT_BELOW = 100;

type Check = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

interface RateLimits {
  /** To run before anything that costs: by address, tighter for signing in and registering. */
  byAddress: Check;
  /** To run once the caller is known. */
  byAccount: Check;
}

/** Limits that all API processes keep together. */
export async function createRateLimits(
  app: FastifyInstance,
  limits: Config['rateLimits'],
  counts: SharedCounts,
): Promise<RateLimits> {
  await app.register(rateLimit, { global: false, store: storeIn(counts) });
  const { requestsPerMinute, loginsPerMinute, registrationsPerHour } = limits;
  const ofAddress = (what: string, max: number, timeWindow: number) =>
    limitTo(app, { max, timeWindow, keyGenerator: ({ ip }) => `${what} ${normalizeIP(ip)}` });
  const ofRoute = new Map<RouteDefinition, Check>([
    [authRoutes.login, ofAddress('login', loginsPerMinute, MINUTE_MS)],
    [authRoutes.redeemPasswordLink, ofAddress('password-link', loginsPerMinute, MINUTE_MS)],
    [authRoutes.register, ofAddress('register', registrationsPerHour, 60 * MINUTE_MS)],
  ]);
  const ofOthers = ofAddress('address', requestsPerMinute * PEOPLE_PER_ADDRESS, MINUTE_MS);
  const ofAccount = limitTo(app, {
    max: requestsPerMinute,
    timeWindow: MINUTE_MS,
    keyGenerator: ({ caller }) => `account ${caller?.id}`,
  });
  return {
    byAddress: async (request, reply) => {
      const { definition } = request.routeOptions.config ?? {};
      await ((definition && ofRoute.get(definition)) ?? ofOthers)(request, reply);
    },
    byAccount: async (request, reply) => {
      if (request.caller) await ofAccount(request, reply);
    },
  };
}

function storeIn(counts: SharedCounts): new () => FastifyRateLimitStore {
  return class Store implements FastifyRateLimitStore {
    incr: FastifyRateLimitStore['incr'] = (key, answer, windowMs, max) => {
      const tell = ({ count, endsInMs }: { count: number; endsInMs: number }) =>
        answer(null, { current: count, ttl: endsInMs });
      if (max < EXACT_BELOW) counts.add(key, windowMs).then(tell, answer);
      else tell(counts.estimate(key, windowMs));
    };
    child = () => this;
  };
}

function limitTo(
  app: FastifyInstance,
  limit: { max: number; timeWindow: number; keyGenerator: (request: FastifyRequest) => string },
): Check {
  const count = app.createRateLimit(limit);
  return async (request, reply) => {
    const state = await count(request);
    if (state.isAllowed) return;
    reply.header('ratelimit-limit', state.max);
    reply.header('ratelimit-remaining', state.remaining);
    reply.header('ratelimit-reset', state.ttlInSeconds);
    if (state.isExceeded) {
      throw new AppError('rate_limited', `Too many requests. Wait ${state.ttlInSeconds} seconds.`, {
        retryAfterS: state.ttlInSeconds,
      });
    }
  };
}
