import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { authRoutes } from '../../contract/auth.ts';
import type { RouteDefinition } from '../../contract/route.ts';
import type { Config } from '../config.ts';
import { AppError } from '../errors.ts';

const MINUTE_MS = 60_000;
/** So many people may work at full speed behind one address. */
const PEOPLE_PER_ADDRESS = 10;

type Check = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

interface RateLimits {
  /** To run before anything that costs: by address, tighter for signing in and registering. */
  byAddress: Check;
  /** To run once the caller is known. */
  byAccount: Check;
}

/** Limits of this process; several API processes count each for itself. */
export async function createRateLimits(
  app: FastifyInstance,
  limits: Config['rateLimits'],
): Promise<RateLimits> {
  await app.register(rateLimit, { global: false });
  const { requestsPerMinute, loginsPerMinute, registrationsPerHour } = limits;
  const ofRoute = new Map<RouteDefinition, Check>([
    [authRoutes.login, limitTo(app, loginsPerMinute, MINUTE_MS)],
    [authRoutes.register, limitTo(app, registrationsPerHour, 60 * MINUTE_MS)],
  ]);
  const ofAddress = limitTo(app, requestsPerMinute * PEOPLE_PER_ADDRESS, MINUTE_MS);
  const ofAccount = limitTo(app, requestsPerMinute, MINUTE_MS, ({ caller, ip }) => caller?.id ?? ip);
  return {
    byAddress: async (request, reply) => {
      const { definition } = request.routeOptions.config ?? {};
      await ((definition && ofRoute.get(definition)) ?? ofAddress)(request, reply);
    },
    byAccount: async (request, reply) => {
      if (request.caller) await ofAccount(request, reply);
    },
  };
}

function limitTo(
  app: FastifyInstance,
  max: number,
  timeWindow: number,
  keyGenerator?: (request: FastifyRequest) => string,
): Check {
  const count = app.createRateLimit({ max, timeWindow, ...(keyGenerator ? { keyGenerator } : {}) });
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
