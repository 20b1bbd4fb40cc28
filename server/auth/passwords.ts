import { Worker } from 'node:worker_threads';
import { AppError } from '../errors.ts';
import type { PasswordAnswer, PasswordTask } from './password-worker.ts';

const COST = 12;
const THREADS = 2;
/** At 0.3 s a hash and two threads, the last in the queue waits for about ten seconds. */
const QUEUE_LIMIT = 64;
const LONGEST_BYTES = 72;

export interface Passwords {
  /** @throws AppError unavailable when too many are waiting */
  hash(password: string): Promise<string>;
  /**
   * Whether the password is the one that was hashed. Without a hash it takes as long and answers no, so that known and
   * unknown accounts look alike from outside.
   * @throws AppError unavailable when too many are waiting
   */
  matches(password: string, hash: string | undefined): Promise<boolean>;
  close(): Promise<void>;
}

interface Waiting {
  task: PasswordTask;
  resolve: (result: string | boolean) => void;
  reject: (error: Error) => void;
}

/**
 * bcrypt in threads of its own: its asynchronous form would take the thread pool that file access needs.
 * @param cost lower than the default in tests only
 */
export function startPasswordWorkers({ cost = COST, threads = THREADS } = {}): Passwords {
  const queue: Waiting[] = [];
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  let closed = false;

  const assignNext = () => {
    if (queue.length === 0) return;
    const worker = idle.pop() ?? (all.size < threads ? start() : undefined);
    if (worker) assign(worker, queue.shift() as Waiting);
  };

  const start = () => {
    const worker = new Worker(new URL('./password-worker.ts', import.meta.url));
    all.add(worker);
    return worker;
  };

  const assign = (worker: Worker, { task, resolve, reject }: Waiting) => {
    worker.ref();
    const settle = () => {
      worker.off('message', onAnswer).off('error', reject).off('exit', onExit);
      // An idle thread keeps no process alive.
      worker.unref();
    };
    const onAnswer = (answer: PasswordAnswer) => {
      settle();
      idle.push(worker);
      if ('error' in answer) reject(new Error(answer.error));
      else resolve(answer.result);
      assignNext();
    };
    const onExit = () => {
      settle();
      all.delete(worker);
      reject(new AppError('unavailable', undefined, { retryAfterS: 5 }));
      if (!closed) assignNext();
    };
    worker.on('message', onAnswer).on('error', reject).on('exit', onExit);
    worker.postMessage(task);
  };

  const run = (task: PasswordTask) =>
    new Promise<string | boolean>((resolve, reject) => {
      if (queue.length >= QUEUE_LIMIT) {
        reject(
          new AppError('unavailable', 'Too many people sign in at this moment. Try again in a few seconds.', {
            retryAfterS: 5,
          }),
        );
        return;
      }
      queue.push({ task, resolve, reject });
      assignNext();
    });

  return {
    hash: async (password) => {
      if (!fitsBcrypt(password)) throw new RangeError('password: longer than 72 bytes; choose a shorter one');
      return (await run({ kind: 'hash', password, cost })) as string;
    },
    matches: async (password, hash) => {
      const matches = await run({ kind: 'compare', password, hash: hash ?? absentHash(cost) });
      return matches === true && hash !== undefined && fitsBcrypt(password);
    },
    close: async () => {
      closed = true;
      for (const { reject } of queue.splice(0)) reject(new AppError('unavailable'));
      await Promise.all([...all].map((worker) => worker.terminate()));
    },
  };
}

/** Well-formed, so that comparing with it costs as much as with any other; that nothing matches it is seen to above. */
export function absentHash(cost: number): string {
  return `$2b$${String(cost).padStart(2, '0')}$${'.'.repeat(53)}`;
}

/** bcrypt ignores what comes after byte 72: a longer password would match its own beginning. */
function fitsBcrypt(password: string): boolean {
  return Buffer.byteLength(password) <= LONGEST_BYTES;
}
