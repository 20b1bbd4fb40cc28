import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { OperatorError } from '../operator-error.ts';

const RETRY_MS = 100;
/** A predecessor that was just told to stop needs a moment to say so. */
const PATIENCE_MS = 3000;
const PATIENCE_WITH_A_STOPPING_ONE_MS = 40_000;

const Holder = z.object({ process: z.number(), since: z.string(), stopping: z.boolean() });
type Holder = z.infer<typeof Holder>;

export interface DataFolderLock extends Disposable {
  /** Lets a successor wait for us instead of giving up. */
  announceStop(): void;
}

/**
 * Makes this process the only one that runs BALscope on the folder. The lock is SQLite's on a file: the
 * operating system lets go of it when the process dies, however it dies.
 * @throws OperatorError naming the holder
 */
export async function lockDataFolder(folder: string): Promise<DataFolderLock> {
  const holderFile = path.join(folder, 'lock-holder.json');
  const started = Date.now();
  const lock = new DatabaseSync(path.join(folder, 'lock'));
  while (!tryLock(lock)) {
    const holder = readHolder(holderFile);
    const patience = holder?.stopping ? PATIENCE_WITH_A_STOPPING_ONE_MS : PATIENCE_MS;
    if (Date.now() - started > patience) {
      lock.close();
      throw new OperatorError(
        `BALscope already runs on ${folder} (${holder ? `process ${holder.process}, since ${holder.since}` : 'by another process'}). ` +
          'Stop that one first, or set DATA_DIR to another folder.',
      );
    }
    await delay(RETRY_MS);
  }
  const holder: Holder = { process: process.pid, since: new Date().toISOString(), stopping: false };
  writeFileSync(holderFile, JSON.stringify(holder));
  return {
    announceStop: () => writeFileSync(holderFile, JSON.stringify({ ...holder, stopping: true })),
    [Symbol.dispose]: () => lock.close(),
  };
}

function tryLock(lock: DatabaseSync): boolean {
  try {
    lock.exec('pragma busy_timeout = 0; begin exclusive');
    return true;
  } catch (error) {
    if (error instanceof Error && /locked/.test(error.message)) return false;
    throw error;
  }
}

function readHolder(file: string): Holder | undefined {
  try {
    return Holder.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}
