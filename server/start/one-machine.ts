import { type ChildProcess, fork } from 'node:child_process';
import { closeSync } from 'node:fs';
import path from 'node:path';
import { type Config, type GivenConfig, givenDatabase } from '../config.ts';
import { type DatabaseUris, startEmbeddedPostgres } from '../db/embedded-postgres.ts';
import { createLog, type Logger, openLogFile } from '../platform/log.ts';
import { keepDemonstrationApart, prepareDataFolder, readOrMakeJwtSecret } from './data-folder.ts';
import { lockDataFolder } from './data-folder-lock.ts';
import { migrateWhenReachable, watchPostgres } from './database.ts';
import { halfAMinute, type Patience } from './patience.ts';
import { assertPortFree } from './port.ts';
import { type Progress, showProgress } from './progress.ts';
import type { StopRequest } from './stop-request.ts';
import { buildWebWhenChanged } from './web-build.ts';
import { superviseWorker } from './worker-process.ts';

/** What the features bring to the start; `main.ts` puts them in. */
export interface OneMachineParts {
  /** Resolves once requests are answered; disposing stops accepting and waits for those in progress. */
  serveApi(config: Config, log: Logger, patience: Patience): Promise<AsyncDisposable & { origin: string }>;
  /** Runs when API and worker do. @returns what the user must know, such as logins */
  prepareLaboratory(context: PreparationContext): Promise<string[]>;
}

export interface PreparationContext {
  config: Config;
  /** Where the API answers this machine. */
  origin: string;
  progress: Progress;
  signal: AbortSignal;
}

interface Surroundings {
  root: string;
  env: NodeJS.ProcessEnv;
  write: (text: string) => void;
}

/** API, worker and, without SQL_URI, PostgreSQL: from nothing to ready, and back when asked to stop. */
export async function runOnOneMachine(
  given: GivenConfig,
  parts: OneMachineParts,
  stop: StopRequest,
  { root, env, write }: Surroundings,
): Promise<void> {
  const progress = showProgress(write, stop.signal);
  prepareDataFolder(given.dataFolder);
  // Disposed of in reverse: first the API and the worker, then the database they use, at last the lock.
  await using running = new AsyncDisposableStack();
  const lock = running.use(await lockDataFolder(given.dataFolder));
  stop.signal.addEventListener('abort', () => {
    lock.announceStop();
    progress.say('Stopping…');
  });
  keepDemonstrationApart(given.dataFolder, given.role === 'demo');
  await assertPortFree(given.http.host, given.http.port);
  const logFile = path.join(given.dataFolder, 'logs', 'balscope.log');
  const logDescriptor = running.adopt(openLogFile(logFile), closeSync);
  const log = createLog(given.logLevel, logDescriptor);

  progress.say(given.role === 'demo' ? 'Starting the BALscope demonstration' : 'Starting BALscope');
  const database = givenDatabase(given) ?? (await startDatabase(given, running, progress, log, stop));
  const config: Config = {
    ...given,
    databaseUri: database.uri,
    auth: { ...given.auth, jwtSecret: given.auth.jwtSecret ?? readOrMakeJwtSecret(given.dataFolder) },
  };
  await progress.step(
    'schema',
    () => migrateWhenReachable(database, halfAMinute(stop.signal)),
    () => 'up to date',
  );
  await progress.step(
    'application',
    () => buildWebWhenChanged(root, stop.signal),
    (built) => (built ? 'built' : 'unchanged since it was built'),
  );
  const workerEnv = {
    ...env,
    DATA_DIR: config.dataFolder,
    SQL_URI: config.databaseUri,
    JWT_SECRET_KEY: config.auth.jwtSecret,
  };
  const worker = superviseWorker(() => startWorkerProcess(root, workerEnv, logDescriptor), log);
  running.defer(() => worker.stop());
  // Both drain at the same time.
  stop.signal.addEventListener('abort', () => void worker.stop());
  const { origin } = await progress.step(
    'API',
    async () => running.use(await parts.serveApi(config, log, halfAMinute(stop.signal))),
    () => 'answers',
  );
  const notes = await parts.prepareLaboratory({ config, origin, progress, signal: stop.signal });
  stop.signal.throwIfAborted();

  progress.say(`\nBALscope is ready at ${config.http.publicUrl}`);
  for (const note of notes) progress.say(`  ${note}`);
  progress.say(`Ctrl-C stops it. The log is ${path.relative(root, logFile)}.`);
  await stop.asked;
}

async function startDatabase(
  given: GivenConfig,
  running: AsyncDisposableStack,
  progress: Progress,
  log: Logger,
  stop: StopRequest,
): Promise<DatabaseUris> {
  const postgres = await progress.step(
    'database',
    () => startEmbeddedPostgres(path.join(given.dataFolder, 'postgres')),
    ({ adopted }) => (adopted ? 'PostgreSQL of the last start still runs' : 'PostgreSQL started'),
  );
  running.defer(() => postgres.stop());
  stop.now.addEventListener('abort', () => postgres.stopNow());
  running.use(watchPostgres(postgres, log));
  return postgres;
}

/** In a process of its own, so that nothing a worker does can take the API along. */
function startWorkerProcess(root: string, env: NodeJS.ProcessEnv, logDescriptor: number): ChildProcess {
  return fork(path.join(root, 'server', 'main.ts'), ['worker'], {
    cwd: root,
    env,
    stdio: ['ignore', logDescriptor, logDescriptor, 'ipc'],
  });
}
