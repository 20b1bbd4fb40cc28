import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import multipart from '@fastify/multipart';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { v7 } from 'uuid';
import { authRoutes } from '../contract/auth.ts';
import { lavageRoutes } from '../contract/lavages.ts';
import { patientRoutes } from '../contract/patients.ts';
import { installAuthentication } from './auth/authenticate.ts';
import type { Passwords } from './auth/passwords.ts';
import { authHandlers } from './auth/routes.ts';
import { sessionCookie } from './auth/session-cookie.ts';
import { createTokens } from './auth/tokens.ts';
import type { Config } from './config.ts';
import type { Database } from './db/client.ts';
import { mountRoutes } from './http/mount.ts';
import { installProblemHandler } from './http/problems.ts';
import { lavageHandlers } from './lavages/routes.ts';
import { patientHandlers } from './patients/routes.ts';
import type { Jobs } from './platform/jobs.ts';
import type { Logger } from './platform/log.ts';
import type { Notifications } from './platform/notifications.ts';
import type { Objects } from './platform/objects.ts';
import type { ImageJobs } from './processing/image-jobs.ts';

export interface AppDependencies {
  config: Config;
  log: Logger;
  database: Database;
  objects: Objects;
  passwords: Passwords;
  jobs: Jobs;
  notifications: Notifications;
  imageJobs: ImageJobs;
}

/** The HTTP application, the same in production and in tests. */
export async function buildApp(deps: AppDependencies): Promise<FastifyInstance> {
  const { config, log, database } = deps;
  const app: FastifyInstance = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    genReqId: () => v7(),
    requestIdHeader: false,
    trustProxy: config.http.trustedProxies.length > 0 ? config.http.trustedProxies : false,
    bodyLimit: 4 * 1024 * 1024,
  });
  installProblemHandler(app);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  await app.register(helmet);
  await app.register(cookie);
  await app.register(multipart);
  installAuthentication(app, {
    database,
    tokens: createTokens(config.auth.jwtSecret),
    cookie: sessionCookie(config.http.publicUrl),
    publicUrl: config.http.publicUrl,
  });
  mountRoutes(app, authRoutes, authHandlers(deps));
  mountRoutes(app, patientRoutes, patientHandlers(deps));
  mountRoutes(app, lavageRoutes, lavageHandlers(deps));
  return app;
}
