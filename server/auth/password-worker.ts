import { parentPort } from 'node:worker_threads';
import bcrypt from 'bcrypt';

export type PasswordTask =
  | { kind: 'hash'; password: string; cost: number }
  | { kind: 'compare'; password: string; hash: string };
export type PasswordAnswer = { result: string | boolean } | { error: string };

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
