import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {
  ImageRefusal,
  type ImageTasks,
  type ProgressMessage,
  type ReplyMessage,
  saysOutOfMemory,
  type TaskMessage,
  type TaskName,
} from './image-tasks.ts';

export interface ProcessLimits {
  memoryBytes: number;
  /** What it may keep of images it has decoded. */
  cacheBytes: number;
  /** The longest any of its tasks may take. */
  longestTaskMs: number;
}

type FailureKind = 'crashed' | 'timed_out' | 'out_of_memory' | 'aborted' | 'busy' | 'failed';

/** The task ended without an answer that is the image's own fault. The message is a sentence for the user. */
export class TaskFailure extends Error {
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string) {
    super(message);
    this.name = 'TaskFailure';
    this.kind = kind;
  }
}

export interface JobProcess {
  readonly pid: number | undefined;
  /** Ends the process when the task takes too long or is aborted. One task at a time. */
  run<Name extends TaskName>(
    task: Name,
    request: ImageTasks[Name]['request'],
    limits: { timeoutMs: number; signal?: AbortSignal; onProgress?: (done: number) => void },
  ): Promise<ImageTasks[Name]['reply']>;
  /** It has ended, or has used what one process may use. */
  isSpent(): boolean;
  kill(): void;
}

const MAIN = path.join(import.meta.dirname, 'job-process-main.ts');
const PRLIMIT = ['/usr/bin/prlimit', '/bin/prlimit'].find((file) => existsSync(file));
const TASKS_PER_PROCESS = 500;
const CPU_MS_PER_PROCESS = 300_000;
/** Threads that one task may keep busy at once. */
const TASK_THREADS = 4;
const MESSAGE_TAIL = 4000;

/** Starts a process with limits on memory and processor time, where the system has them (Linux), and no environment. */
export function startJobProcess(limits: ProcessLimits): JobProcess {
  const child = spawnLimited(limits);
  let lastWords = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-MESSAGE_TAIL);
  });
  let ended = false;
  let tasks = 0;
  let cpuMs = 0;
  child.once('close', () => {
    ended = true;
  });
  child.on('error', () => {
    ended = true;
  });

  const run: JobProcess['run'] = (task, request, { timeoutMs, signal, onProgress }) => {
    const id = ++tasks;
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(deadline);
        signal?.removeEventListener('abort', abort);
        child.off('message', onReply).off('close', onEnd).off('error', onEnd);
        settle();
      };
      const giveUp = (failure: TaskFailure) => {
        ended = true;
        child.kill('SIGKILL');
        finish(() => reject(failure));
      };
      const onReply = (reply: ReplyMessage | ProgressMessage) => {
        if (reply.id !== id) return;
        if ('progress' in reply) return onProgress?.(reply.progress);
        cpuMs = reply.cpuMs;
        finish(() => settleWith(reply.outcome, resolve as (value: unknown) => void, reject));
      };
      const onEnd = () => finish(() => reject(describeEnd(child, lastWords)));
      const abort = () => giveUp(new TaskFailure('aborted', 'Processing was interrupted.'));
      const deadline = setTimeout(
        () =>
          giveUp(
            new TaskFailure('timed_out', `The image took longer than ${Math.round(timeoutMs / 1000)} s.`),
          ),
        timeoutMs,
      );
      child.on('message', onReply).once('close', onEnd).once('error', onEnd);
      if (signal?.aborted) return abort();
      signal?.addEventListener('abort', abort);
      child.send({ id, task, request } satisfies TaskMessage, (error) => {
        if (error && !ended) onEnd();
      });
    });
  };

  return {
    get pid() {
      return child.pid;
    },
    run,
    isSpent: () => ended || tasks >= TASKS_PER_PROCESS || cpuMs >= CPU_MS_PER_PROCESS,
    kill: () => {
      ended = true;
      child.kill('SIGKILL');
    },
  };
}

function spawnLimited({ memoryBytes, cacheBytes, longestTaskMs }: ProcessLimits): ChildProcess {
  const heapMb = Math.floor(memoryBytes / 2 / 1024 / 1024);
  const node = [process.execPath, `--max-old-space-size=${heapMb}`, MAIN, String(cacheBytes)];
  // Ends a process that spins after its parent died; while the parent lives, the deadline does.
  const cpuS = Math.ceil((CPU_MS_PER_PROCESS + TASK_THREADS * longestTaskMs) / 1000);
  const [command, ...args] = PRLIMIT
    ? [PRLIMIT, `--data=${memoryBytes}`, `--cpu=${cpuS}`, '--core=0', ...node]
    : node;
  return spawn(command, args, {
    env: {},
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
  });
}

function settleWith(
  outcome: ReplyMessage['outcome'],
  resolve: (value: unknown) => void,
  reject: (reason: Error) => void,
): void {
  if (outcome.kind === 'done') resolve(outcome.value);
  else if (outcome.kind === 'refused') reject(new ImageRefusal(outcome.code, outcome.message));
  else reject(new TaskFailure('failed', outcome.message));
}

function describeEnd(child: ChildProcess, lastWords: string): TaskFailure {
  if (saysOutOfMemory(lastWords)) {
    return new TaskFailure('out_of_memory', 'The image needs more memory than one job may use.');
  }
  const reason = child.signalCode ?? `exit code ${child.exitCode}`;
  return new TaskFailure('crashed', `The image made the program that reads it stop (${reason}).`);
}
