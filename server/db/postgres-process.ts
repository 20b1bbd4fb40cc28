import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { OperatorError } from '../operator-error.ts';

const NOBODY = 65534;
const SETPRIV = '/usr/bin/setpriv';
/** A server started by the command may hold its output open: do not wait for the end of it. */
const OUTPUT_GRACE_MS = 200;

/** PostgreSQL refuses to run as root, so for root its programs run as nobody. */
export interface DatabaseUser {
  /** Owner its files must have; undefined: whoever we are. */
  owner: number | undefined;
  run(program: string, args: string[]): Promise<{ succeeded: boolean; output: string }>;
}

/**
 * @param needed folders and programs that the user must reach
 * @throws OperatorError when nobody could not reach them
 */
export function chooseDatabaseUser(needed: string[]): DatabaseUser {
  if (process.getuid?.() !== 0) return { owner: undefined, run: (program, args) => run(program, args) };
  const closed = needed.map(findClosedFolder).find((folder) => folder !== undefined);
  if (closed === undefined) {
    return { owner: NOBODY, run: (program, args) => run(program, args, NOBODY) };
  }
  if (!isExecutable(SETPRIV)) {
    throw new OperatorError(
      `PostgreSQL does not run as root, so it runs as the user nobody (${NOBODY}), who may not enter ${closed}. ` +
        'Set DATA_DIR to a folder that everybody may enter (for example /var/lib/balscope) and keep BALscope in one too, or start it as another user.',
    );
  }
  return {
    owner: NOBODY,
    run: (program, args) => run(SETPRIV, [...nobodyWhoEntersClosedFolders, program, ...args]),
  };
}

/** nobody, with one capability left: a checkout in root's own home, closed to others, still works. */
const nobodyWhoEntersClosedFolders = [
  `--reuid=${NOBODY}`,
  `--regid=${NOBODY}`,
  '--clear-groups',
  '--inh-caps=+dac_override',
  '--ambient-caps=+dac_override',
  // access(2), which PostgreSQL uses on its own programs, would ignore the capability otherwise.
  '--securebits=+no_setuid_fixup',
];

async function run(program: string, args: string[], uid?: number) {
  const child = spawn(program, args, {
    cwd: path.parse(process.execPath).root,
    uid,
    gid: uid,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ours holds secrets that the database need not know. Windows programs do not start without theirs.
    env: process.platform === 'win32' ? undefined : { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const closed = once(child, 'close');
  const [code] = await once(child, 'exit');
  await Promise.race([closed, delay(OUTPUT_GRACE_MS)]);
  child.stdout.destroy();
  child.stderr.destroy();
  return { succeeded: code === 0, output: output.trim() };
}

function findClosedFolder(target: string): string | undefined {
  for (let current = target; ; current = path.dirname(current)) {
    if ((statSync(current).mode & constants.S_IXOTH) === 0) return current;
    if (path.dirname(current) === current) return undefined;
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether the process exists, works, and is a server on that data folder. A killed server whose parent does not
 * collect it stays as a zombie that answers to signals, and its number may go to another process.
 */
export function isPostgresProcess(pid: number, dataFolder: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  if (process.platform !== 'linux') return true;
  try {
    const isZombie = / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/, ''));
    return !isZombie && readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(dataFolder);
  } catch {
    return false;
  }
}

export async function findFreePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
