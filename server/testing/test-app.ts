import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { type Call, createClient } from '../../contract/client.ts';
import type { Problem } from '../../contract/errors.ts';
import { errorCodesOf } from '../../contract/route.ts';
import { openJobs, openObjects } from '../adapters.ts';
import { buildApp } from '../app.ts';
import { startPasswordWorkers } from '../auth/passwords.ts';
import { startSession } from '../auth/sessions.ts';
import { createTokens } from '../auth/tokens.ts';
import { type Config, parseConfig } from '../config.ts';
import { connect, type Db } from '../db/client.ts';
import type { DatabaseUris } from '../db/embedded-postgres.ts';
import type { AppDependencies } from '../dependencies.ts';
import type { Model } from '../model/model.ts';
import { createLog } from '../platform/log.ts';
import { measureObjects } from '../platform/measure-objects.ts';
import { createMetrics } from '../platform/metrics.ts';
import { listenForNotifications } from '../platform/notifications.ts';
import { openImageJobs } from '../processing/image-jobs.ts';
import { createTestDatabase } from './test-database.ts';
import { createTestServices } from './test-services.ts';

const ORIGIN = 'http://balscope.test';
const LOWEST_BCRYPT_COST = 4;
const STDERR = 2;

interface User {
  id: string;
  securityVersion: number;
}

export interface TestApp extends DatabaseUris {
  app: FastifyInstance;
  deps: AppDependencies;
  db: Db;
  /** Calls the API as this user, with the token of a session of their own. */
  as(user: User): Call;
  /** Calls it without signing in. */
  anonymous: Call;
  /** The token that `as` uses, for requests by hand. */
  tokenOf(user: User): Promise<string>;
  inject: FastifyInstance['inject'];
  close(): Promise<void>;
}

export interface TestAppOptions extends Partial<Omit<AppDependencies, 'config'>> {
  config?: Partial<Omit<Config, 'limits'>> & { limits?: Partial<Config['limits']> };
  /** For tests about what files or the queue in PostgreSQL have of their own; else as the environment chooses. */
  backend?: 'local';
  model?: Model;
  /** A migrated database to copy, outside of vitest. */
  template?: DatabaseUris;
}

/** The real application on a database and an objects folder of its own; nothing is faked but the cost of hashing. */
export async function createTestApp({
  config: changes,
  backend,
  model,
  template,
  ...overrides
}: TestAppOptions = {}): Promise<TestApp> {
  const testDatabase = await createTestDatabase(template);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'balscope-app-'));
  const services = backend === 'local' ? {} : await createTestServices();
  const usual = testConfig({ SQL_URI: testDatabase.uri, DATA_DIR: folder, ...services });
  const config = { ...usual, ...changes, limits: { ...usual.limits, ...changes?.limits } };
  const database = connect(config.databaseUri, { max: 5 });
  const passwords = startPasswordWorkers({ cost: LOWEST_BCRYPT_COST, threads: 1 });
  const log = createLog(config.logLevel, STDERR);
  const { databaseUri } = config;
  const metrics = createMetrics();
  const deps: AppDependencies = {
    config,
    log,
    database,
    objects: measureObjects(await openObjects(config), metrics),
    passwords,
    jobs: await openJobs({ config, database, log }, { runsJobs: false }),
    metrics,
    notifications: await listenForNotifications(databaseUri, log),
    imageJobs: openImageJobs({ ...config.limits, ...config.worker }, model),
    ...overrides,
  };
  const app = await buildApp(deps);
  const undescribed = collectUndescribedCodes(app);
  await app.ready();

  const tokens = createTokens(config.auth.jwtSecret);
  const tokenOf = async (user: User) => {
    const expiry = { accessTokenExpiryS: config.auth.accessTokenExpiryS };
    const session = await startSession(database.db, user, expiry, {
      userAgent: 'test',
      address: '127.0.0.1',
    });
    return tokens.issue(session, new Date(Date.now() + expiry.accessTokenExpiryS * 1000));
  };

  const { uri, ownerUri } = testDatabase;
  return {
    app,
    uri,
    ownerUri,
    deps,
    db: database.db,
    as: (user) => {
      let token: Promise<string> | undefined;
      const send: typeof fetch = async (url, init) => {
        token ??= tokenOf(user);
        const headers = {
          ...(init?.headers as Record<string, string>),
          authorization: `Bearer ${await token}`,
        };
        return injectedFetch(app)(url, { ...init, headers });
      };
      return createClient({ base: ORIGIN, fetch: send });
    },
    anonymous: createClient({ base: ORIGIN, fetch: injectedFetch(app) }),
    tokenOf,
    inject: app.inject.bind(app),
    close: async () => {
      await app.close();
      deps.imageJobs.close();
      await Promise.all([deps.jobs.close(), deps.notifications.close(), passwords.close()]);
      await database.close();
      await testDatabase.drop();
      await rm(folder, { recursive: true, force: true });
      if (undescribed.size > 0) throw new Error(`Not in the contract: ${[...undescribed].join(', ')}`);
    },
  };
}

/** Codes that routes answered with although their definitions do not name them. */
function collectUndescribedCodes(app: FastifyInstance): Set<string> {
  const undescribed = new Set<string>();
  app.addHook('onSend', async ({ routeOptions: { config } }, reply, payload) => {
    const { definition } = config ?? {};
    if (
      !definition ||
      typeof payload !== 'string' ||
      !String(reply.getHeader('content-type')).includes('problem+json')
    )
      return;
    const { code } = JSON.parse(payload) as Problem;
    if (!errorCodesOf(definition).has(code))
      undescribed.add(`${code} of ${definition.method} ${definition.path}`);
  });
  return undescribed;
}

function testConfig(env: NodeJS.ProcessEnv & { SQL_URI: string }): Config {
  const given = parseConfig(
    {
      ...env,
      LOG_LEVEL: 'fatal',
      REGISTRATION: 'open',
      RATE_LIMIT_PER_MINUTE: '1000000',
      LOGIN_RATE_LIMIT_PER_MINUTE: '100000',
      REGISTRATION_RATE_LIMIT_PER_HOUR: '100000',
    },
    'api',
  );
  return {
    ...given,
    databaseUri: env.SQL_URI,
    auth: { ...given.auth, jwtSecret: randomBytes(48).toString('base64url') },
  };
}

/** `fetch` without a network; bodies of every kind go through as the bytes a browser would send. */
function injectedFetch(app: FastifyInstance): typeof fetch {
  return async (input, init) => {
    const request = new Request(input as string, init);
    const url = new URL(request.url);
    const response = await app.inject({
      method: request.method as InjectOptions['method'],
      url: url.pathname + url.search,
      headers: Object.fromEntries(request.headers),
      payload: request.body ? Buffer.from(await request.arrayBuffer()) : undefined,
    });
    const headers = new Headers();
    for (const [name, value] of Object.entries(response.headers)) {
      for (const one of [value].flat()) if (one !== undefined) headers.append(name, String(one));
    }
    const hasBody = ![204, 304].includes(response.statusCode);
    return new Response(hasBody ? new Uint8Array(response.rawPayload) : null, {
      status: response.statusCode,
      headers,
    });
  };
}
