import path from 'node:path';
import process from 'node:process';
import { type AppDependencies, buildApp } from './app.ts';
import { startPasswordWorkers } from './auth/passwords.ts';
import { type Config, type GivenConfig, parseConfig, type Role, roles } from './config.ts';
import { connect } from './db/client.ts';
import { createLog, type Logger } from './platform/log.ts';
import { openFileObjects } from './platform/objects-files.ts';
import { OperatorError } from './platform/operator-error.ts';
import { prepareDataFolder, readOrMakeJwtSecret } from './start/data-folder.ts';
import { migrateWhenReachable } from './start/database.ts';
import { withEnvFile } from './start/environment.ts';
import { type OneMachineParts, runOnOneMachine } from './start/one-machine.ts';
import { asPortError } from './start/port.ts';
import { listenForStop, type StopRequest } from './start/stop-request.ts';

const ROOT = path.dirname(import.meta.dirname);
const STANDARD_OUTPUT = 1;
const DRAIN_TIMEOUT_MS = 20_000;

async function openDependencies(config: Config, log: Logger): Promise<AppDependencies & AsyncDisposable> {
  const objects = await openFileObjects(path.join(config.dataFolder, 'objects'));
  const database = connect(config.databaseUri);
  const passwords = startPasswordWorkers();
  return {
    config,
    log,
    objects,
    database,
    passwords,
    [Symbol.asyncDispose]: async () => {
      await passwords.close();
      await database.close();
    },
  };
}

async function serveApi(config: Config, log: Logger): Promise<AsyncDisposable & { address: string }> {
  await using opening = new AsyncDisposableStack();
  const app = await buildApp(opening.use(await openDependencies(config, log)));
  opening.defer(async () => {
    const lastResort = setTimeout(() => app.server.closeAllConnections(), DRAIN_TIMEOUT_MS);
    await app.close();
    clearTimeout(lastResort);
  });
  const { host, port } = config.http;
  await app.listen({ host, port }).catch((error) => {
    throw asPortError(error, host, port);
  });
  const running = opening.move();
  return { address: config.http.publicUrl, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

async function runWorker(config: Config, log: Logger): Promise<AsyncDisposable> {
  return openDependencies(config, log);
}

const oneMachineParts: OneMachineParts = {
  serveApi,
  prepareLaboratory: async () => [],
};

/** One role of several, against a database and objects that all share. */
async function runRole(given: GivenConfig, stop: StopRequest): Promise<void> {
  const log = createLog(given.logLevel, STANDARD_OUTPUT);
  prepareDataFolder(given.dataFolder);
  const config: Config = {
    ...given,
    databaseUri: given.databaseUri!,
    auth: { ...given.auth, jwtSecret: given.auth.jwtSecret ?? readOrMakeJwtSecret(given.dataFolder) },
  };
  await migrateWhenReachable(config.databaseUri, stop.signal);
  await using _running = given.role === 'api' ? await serveApi(config, log) : await runWorker(config, log);
  log.info({ role: given.role }, 'ready');
  await stop.asked;
  log.info({ role: given.role, reason: stop.signal.reason }, 'stopping');
}

async function main(role: Role, stop: StopRequest): Promise<void> {
  const env = withEnvFile(path.join(ROOT, '.env'), process.env);
  const given = parseConfig(env, role);
  if (role === 'api' || role === 'worker') return runRole(given, stop);
  return runOnOneMachine(given, oneMachineParts, stop, {
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
try {
  await main(role, stop);
  process.exit(0);
} catch (error) {
  if (stop.signal.aborted) process.exit(0);
  const stack = error instanceof Error ? error.stack : String(error);
  process.stderr.write(`\n${error instanceof OperatorError ? error.message : stack}\n`);
  process.exit(1);
}
