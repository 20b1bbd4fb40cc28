import path from 'node:path';
import cookie from '@fastify/cookie';
import cors, { type FastifyCorsOptions } from '@fastify/cors';
import multipart from '@fastify/multipart';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { v7 } from 'uuid';
import { activityRoutes } from '../contract/activity.ts';
import { hospitalAdministrationRoutes, userAdministrationRoutes } from '../contract/admin.ts';
import { agreementRoutes } from '../contract/agreement.ts';
import { annotationRoutes } from '../contract/annotations.ts';
import { authRoutes } from '../contract/auth.ts';
import { cellRoutes } from '../contract/cells.ts';
import { diagnosisRoutes } from '../contract/diagnoses.ts';
import { differentialRoutes } from '../contract/differential.ts';
import { emergencyRoutes } from '../contract/emergency.ts';
import { eventRoutes } from '../contract/events.ts';
import { healthRoutes } from '../contract/health.ts';
import { lavageRoutes } from '../contract/lavages.ts';
import { overviewRoutes } from '../contract/overview.ts';
import { patientRoutes } from '../contract/patients.ts';
import { processingRoutes } from '../contract/processing.ts';
import { sampleRoutes } from '../contract/samples.ts';
import { settingsRoutes } from '../contract/settings.ts';
import { uploadRoutes } from '../contract/uploads.ts';
import { noteRefusals } from './activity/note-refusals.ts';
import { createReadLog } from './activity/read-log.ts';
import { activityHandlers } from './activity/routes.ts';
import { annotationHandlers } from './annotations/routes.ts';
import { installAuthentication } from './auth/authenticate.ts';
import { authHandlers } from './auth/routes.ts';
import { sessionCookie } from './auth/session-cookie.ts';
import { createTokens } from './auth/tokens.ts';
import type { AppDependencies } from './dependencies.ts';
import { cellHandlers } from './detections/routes.ts';
import { diagnosisHandlers } from './diagnoses/routes.ts';
import { emergencyHandlers } from './emergency/routes.ts';
import { openLiveEvents } from './events/live-events.ts';
import { eventHandlers } from './events/routes.ts';
import { healthHandlers } from './health/routes.ts';
import { hospitalAdministrationHandlers } from './hospitals/routes.ts';
import { installJsonBodies } from './http/json-bodies.ts';
import { measureRequests } from './http/measure-requests.ts';
import { mountRoutes } from './http/mount.ts';
import { answerUnroutable, installProblemHandler } from './http/problems.ts';
import { createRateLimits } from './http/rate-limits.ts';
import { installReference } from './http/reference.ts';
import { installSecurityHeaders } from './http/security-headers.ts';
import { openSharedCounts } from './http/shared-counts.ts';
import { shedLoad } from './http/shed-load.ts';
import { cutSlowSenders, SILENCE_LIMIT_MS } from './http/slow-senders.ts';
import { installWebApplication } from './http/web-application.ts';
import { laboratoryHandlers } from './laboratories/routes.ts';
import { lavageHandlers } from './lavages/routes.ts';
import { overviewHandlers } from './overview/routes.ts';
import { patientHandlers } from './patients/routes.ts';
import { observeDatabase } from './platform/observe-database.ts';
import { shareAnswer } from './platform/share-answer.ts';
import { observeProcessing } from './processing/observe-processing.ts';
import { processingHandlers } from './processing/routes.ts';
import { sampleHandlers } from './samples/routes.ts';
import { userAdministrationHandlers } from './users/routes.ts';

const WEB_FOLDER = path.join(import.meta.dirname, '..', 'dist', 'web');
const MOST_FORM_FIELDS = 30;
/** Uploads, status and metrics share one look at the queue in this time. */
const QUEUE_FRESH_MS = 1000;
const LONGEST_FORM_FIELD = 10_000;
const UPLOAD_REQUEST_HEADERS = ['tus-resumable', 'upload-length', 'upload-metadata', 'upload-offset'];
const UPLOAD_REPLY_HEADERS = [
  'location',
  'tus-resumable',
  'upload-expires',
  'upload-length',
  'upload-offset',
];

/** The HTTP application, the same in production and in tests. */
export async function buildApp(deps: AppDependencies): Promise<FastifyInstance> {
  const { config, log, database } = deps;
  const app: FastifyInstance = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    genReqId: () => v7(),
    // Signed image addresses are one long parameter; the default ends at 100 characters.
    routerOptions: { maxParamLength: 1000 },
    requestIdHeader: false,
    frameworkErrors: answerUnroutable,
    trustProxy: config.http.trustedProxies.length > 0 ? config.http.trustedProxies : false,
    bodyLimit: 4 * 1024 * 1024,
    connectionTimeout: SILENCE_LIMIT_MS,
  });
  const queueStats = shareAnswer(() => deps.jobs.stats(), QUEUE_FRESH_MS);
  measureRequests(app, deps.metrics);
  observeDatabase(database, deps.metrics);
  observeProcessing({ ...deps, queueStats });
  installProblemHandler(app);
  // Everything we take is JSON, a form or bytes of an upload, which its handler reads.
  app.removeContentTypeParser('text/plain');
  app.addContentTypeParser('application/offset+octet-stream', (_, payload, done) => done(null, payload));
  installJsonBodies(app);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  shedLoad(app);
  await installSecurityHeaders(app, {
    publicUrl: config.http.publicUrl,
    imageAddress: config.s3?.publicEndpointUrl,
    hasCaptcha: config.recaptcha !== undefined,
  });
  const counts = openSharedCounts(database, log);
  app.addHook('onClose', () => counts.close());
  const rateLimits = await createRateLimits(app, config.rateLimits, counts);
  app.addHook('onRequest', rateLimits.byAddress);
  if (config.http.corsOrigins.length > 0) await app.register(cors, crossOrigin(config.http.corsOrigins));
  await app.register(cookie);
  await app.register(multipart, {
    throwFileSizeLimit: false,
    limits: {
      fileSize: config.limits.uploadBytes,
      files: config.limits.filesPerUpload,
      fields: MOST_FORM_FIELDS,
      fieldSize: LONGEST_FORM_FIELD,
      parts: config.limits.filesPerUpload + MOST_FORM_FIELDS,
    },
  });
  cutSlowSenders(app);
  installAuthentication(app, {
    database,
    tokens: createTokens(config.auth.jwtSecret),
    cookie: sessionCookie(config.http.publicUrl),
    publicUrl: config.http.publicUrl,
  });
  app.addHook('onRequest', rateLimits.byAccount);
  const reads = createReadLog(database.db);
  noteRefusals(app, reads);
  await installReference(app);
  mountRoutes(app, authRoutes, authHandlers({ ...deps, counts }));
  mountRoutes(app, patientRoutes, patientHandlers({ ...deps, reads }));
  mountRoutes(app, lavageRoutes, lavageHandlers({ ...deps, reads }));
  mountRoutes(
    app,
    { ...annotationRoutes, ...differentialRoutes, ...agreementRoutes },
    annotationHandlers({ ...deps, reads }),
  );
  mountRoutes(app, diagnosisRoutes, diagnosisHandlers({ ...deps, reads }));
  mountRoutes(app, { ...sampleRoutes, ...uploadRoutes }, sampleHandlers({ ...deps, queueStats, reads }));
  mountRoutes(app, cellRoutes, cellHandlers({ ...deps, reads }));
  const liveEvents = openLiveEvents(deps);
  app.addHook('preClose', async () => liveEvents.close());
  mountRoutes(app, eventRoutes, eventHandlers(liveEvents));
  mountRoutes(app, healthRoutes, healthHandlers(deps));
  mountRoutes(app, processingRoutes, processingHandlers({ ...deps, queueStats }));
  mountRoutes(app, overviewRoutes, overviewHandlers({ ...deps, reads }));
  mountRoutes(app, emergencyRoutes, emergencyHandlers({ ...deps, counts }));
  mountRoutes(app, activityRoutes, activityHandlers(deps));
  mountRoutes(app, settingsRoutes, laboratoryHandlers(deps));
  mountRoutes(app, userAdministrationRoutes, userAdministrationHandlers({ ...deps, reads }));
  mountRoutes(app, hospitalAdministrationRoutes, hospitalAdministrationHandlers({ ...deps, reads }));
  await installWebApplication(app, WEB_FOLDER);
  return app;
}

/** Pages of other origins use tokens, never our cookie. */
function crossOrigin(origin: string[]): FastifyCorsOptions {
  return {
    origin,
    credentials: false,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: [
      'authorization',
      'content-type',
      'if-match',
      'idempotency-key',
      ...UPLOAD_REQUEST_HEADERS,
    ],
    exposedHeaders: ['x-request-id', 'retry-after', ...UPLOAD_REPLY_HEADERS],
  };
}
