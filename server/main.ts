import path from 'node:path';
import process from 'node:process';
import { isAppendOnly } from './activity/seal-queries.ts';
import { openCheckedObjects, openJobs } from './adapters.ts';
import { buildApp } from './app.ts';
import { startPasswordWorkers } from './auth/passwords.ts';
import { type Config, type GivenConfig, givenDatabase, parseConfig, type Role, roles } from './config.ts';
import { connect } from './db/client.ts';
import { prepareDemo } from './demo/prepare-demo.ts';
import type { AppDependencies } from './dependencies.ts';
import { openModel } from './model/model.ts';
import { OperatorError } from './operator-error.ts';
import type { Jobs } from './platform/jobs.ts';
import { createLog, type Logger } from './platform/log.ts';
import { measureObjects } from './platform/measure-objects.ts';
import { createMetrics } from './platform/metrics.ts';
import { openModelEndpoint } from './platform/model-endpoint.ts';
import { listenForNotifications } from './platform/notifications.ts';
import { openImageJobs } from './processing/image-jobs.ts';
import type { Door } from './start/answer-while-waiting.ts';
import { prepareDataFolder, readOrMakeJwtSecret } from './start/data-folder.ts';
import { migrateWhenReachable } from './start/database.ts';
import { withEnvFile } from './start/environment.ts';
import { type OneMachineParts, runOnOneMachine } from './start/one-machine.ts';
import { type Patience, untilItIsThere } from './start/patience.ts';
import { asPortError } from './start/port.ts';
import { queueWhenReachable } from './start/services.ts';
import { listenForStop, type StopRequest } from './start/stop-request.ts';
import { ensureAdministrator } from './users/first-administrator.ts';
import { startWorker } from './worker.ts';

const ROOT = path.dirname(import.meta.dirname);
const STANDARD_OUTPUT = 1;
const DRAIN_TIMEOUT_MS = 20_000;

const openRemoteModel = ({ model }: Config) =>
  model && openModel({ endpoint: openModelEndpoint(model), timeoutMs: model.timeoutS * 1000 });

const openJobsWhenReachable = (
  parts: Parameters<typeof openJobs>[0],
  use: { runsJobs: boolean },
  patience: Patience,
): Promise<Jobs> => {
  const { sqs } = parts.config;
  return sqs ? queueWhenReachable(() => openJobs(parts, use), sqs, patience) : openJobs(parts, use);
};

async function openDependencies(
  config: Config,
  log: Logger,
  patience: Patience,
): Promise<AppDependencies & AsyncDisposable> {
  const { databaseUri } = config;
  const metrics = createMetrics();
  const objects = measureObjects(await openCheckedObjects(config, patience), metrics);
  await using opening = new AsyncDisposableStack();
  const database = opening.adopt(connect(databaseUri), (opened) => opened.close());
  const passwords = opening.adopt(startPasswordWorkers(), (opened) => opened.close());
  const jobs = opening.adopt(
    await openJobsWhenReachable({ config, database, log }, { runsJobs: false }, patience),
    (opened) => opened.close(),
  );
  const notifications = opening.adopt(await listenForNotifications(databaseUri, log), (opened) =>
    opened.close(),
  );
  const imageJobs = opening.adopt(
    openImageJobs({ ...config.limits, ...config.worker }, openRemoteModel(config)),
    (opened) => opened.close(),
  );
  const open = opening.move();
  return {
    config,
    log,
    objects,
    database,
    passwords,
    jobs,
    notifications,
    metrics,
    imageJobs,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

const serveApi: OneMachineParts['serveApi'] = async (config, log, patience) => {
  await using opening = new AsyncDisposableStack();
  const dependencies = opening.use(await openDependencies(config, log, patience));
  if (!(await isAppendOnly(dependencies.database.db))) {
    log.warn(
      'this database role can change the activity log; SQL_OWNER_URI prevents it (docs/operations.md)',
    );
  }
  const app = await buildApp(dependencies);
  opening.defer(async () => {
    const lastResort = setTimeout(() => app.server.closeAllConnections(), DRAIN_TIMEOUT_MS);
    await app.close();
    clearTimeout(lastResort);
  });
  const { host, port } = config.http;
  const origin = await app.listen({ host, port }).catch((error) => {
    throw asPortError(error, host, port);
  });
  const running = opening.move();
  return { origin, [Symbol.asyncDispose]: () => running.disposeAsync() };
};

async function runWorker(config: Config, log: Logger, patience: Patience): Promise<AsyncDisposable> {
  await using opening = new AsyncDisposableStack();
  const { databaseUri } = config;
  const objects = await openCheckedObjects(config, patience);
  const database = opening.adopt(connect(databaseUri), (opened) => opened.close());
  const model = openRemoteModel(config);
  const jobs = await openJobsWhenReachable({ config, database, log }, { runsJobs: true }, patience);
  const worker = await startWorker({ config, log, database, objects, jobs, model });
  opening.defer(() => worker.stop());
  return opening.move();
}

/** Sees to it that somebody can sign in. @returns the logins to show */
const prepareLaboratory: OneMachineParts['prepareLaboratory'] = async ({
  config,
  origin,
  progress,
  signal,
}) => {
  await using opening = new AsyncDisposableStack();
  const { db } = opening.adopt(connect(config.databaseUri), (opened) => opened.close());
  const passwords = opening.adopt(startPasswordWorkers(), (opened) => opened.close());
  if (config.role === 'demo') {
    const { dataFolder } = config;
    return await prepareDemo({ db, passwords, dataFolder, address: origin, progress, signal });
  }
  const login = await ensureAdministrator({ db, passwords }, config.administrator);
  return login ? [`Administrator ${login.email}, password ${login.password} (shown only now)`] : [];
};

/** Only with a login that the operator chose: one drawn here would end in a log. */
async function makeFirstAdministrator(config: Config): Promise<void> {
  await using opening = new AsyncDisposableStack();
  const { db } = opening.adopt(connect(config.databaseUri), (opened) => opened.close());
  const passwords = opening.adopt(startPasswordWorkers(), (opened) => opened.close());
  await ensureAdministrator({ db, passwords }, config.administrator);
}

/** Where a process of one role is asked for its health, if it is. */
function doorOf({ role, http: { host, port }, metrics: { workerPort } }: GivenConfig): Door | undefined {
  if (role === 'api') return { host, port, variable: 'PORT' };
  return workerPort === undefined ? undefined : { host, port: workerPort, variable: 'WORKER_METRICS_PORT' };
}

/** One role of several, against a database and objects that all share. */
async function runRole(given: GivenConfig, stop: StopRequest): Promise<void> {
  const log = createLog(given.logLevel, STANDARD_OUTPUT);
  prepareDataFolder(given.dataFolder);
  const config: Config = {
    ...given,
    databaseUri: given.databaseUri!,
    auth: { ...given.auth, jwtSecret: given.auth.jwtSecret ?? readOrMakeJwtSecret(given.dataFolder) },
  };
  const patience = untilItIsThere(stop.signal, log, doorOf(given));
  await migrateWhenReachable(givenDatabase(given)!, patience);
  if (given.role === 'api' && given.administrator.email !== undefined) await makeFirstAdministrator(config);
  const run = given.role === 'api' ? serveApi : runWorker;
  await using _running = await run(config, log, patience);
  log.info({ role: given.role }, 'ready');
  await stop.asked;
  log.info({ role: given.role, reason: stop.signal.reason }, 'stopping');
}

async function startTracingWhereConfigured({ role, tracing }: GivenConfig) {
  if (tracing === undefined) return undefined;
  // Its packages cost time and memory that nobody else should pay.
  const { startTracing } = await import('./platform/tracing.ts');
  return startTracing(role === 'worker' ? 'balscope-worker' : 'balscope-api', tracing);
}

async function main(role: Role, stop: StopRequest): Promise<void> {
  const env = withEnvFile(path.join(ROOT, '.env'), process.env);
  const given = parseConfig(env, role);
  await using _tracing = await startTracingWhereConfigured(given);
  if (role === 'api' || role === 'worker') return await runRole(given, stop);
  return await runOnOneMachine(given, { serveApi, prepareLaboratory }, stop, {
    root: ROOT,
    env,
    write: (text) => process.stdout.write(text),
  });
}

const role = roles.find((known) => known === process.argv[2]);
if (!role) {
  process.stderr.write(`Usage: node server/main.ts ${roles.join(' | ')}\n`);
  process.exit(1);
}
const stop = listenForStop();
const report = (error: unknown) => {
  const text = error instanceof OperatorError ? error.message : error instanceof Error ? error.stack : error;
  process.stderr.write(`\n${text}\n`);
  process.exitCode = 1;
};
// What nobody caught ends the process, but not before the database and the jobs are put in order.
process.on('uncaughtException', (error) => {
  report(error);
  stop.ask('an error that nothing caught');
});
try {
  await main(role, stop);
} catch (error) {
  if (!stop.signal.aborted) report(error);
}
process.exit();
