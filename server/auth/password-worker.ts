import os from 'node:os';
import { parentPort } from 'node:worker_threads';
import bcrypt from 'bcrypt';

/** Hashing steps back behind whatever answers requests, but not so far that busy workers starve it. */
const NICER_BY = 5;

export type PasswordTask =
  | { kind: 'hash'; password: string; cost: number }
  | { kind: 'compare'; password: string; hash: string };
export type PasswordAnswer = { result: string | boolean } | { error: string };

// On Linux the priority is the thread's own; elsewhere it would be that of the whole process.
if (process.platform === 'linux')
  os.setPriority(Math.min(os.getPriority() + NICER_BY, os.constants.priority.PRIORITY_LOW));

parentPort?.on('message', (task: PasswordTask) => parentPort?.postMessage(answer(task)));

function answer(task: PasswordTask): PasswordAnswer {
  try {
    return {
      result:
        task.kind === 'hash'
          ? bcrypt.hashSync(task.password, task.cost)
          : bcrypt.compareSync(task.password, task.hash),
    };
  } catch (error) {
    return { error: error instanceof Error ? error.message : 'hashing failed' };
  }
}
