import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Logger } from '../platform/log.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** One that ran this long had a good start: its end begins a new series of pauses. */
const GOOD_RUN_MS = 60_000;
const DRAIN_TIMEOUT_MS = 25_000;

export interface SupervisedWorker {
  /** The process that runs now; undefined during a pause between two. */
  current(): ChildProcess | undefined;
  /** Waits for the jobs in progress, for a while. May be called again. */
  stop(): Promise<void>;
}

/** Keeps a worker process running: whatever ends it, another one follows, with growing pauses. */
export function superviseWorker(
  startProcess: () => ChildProcess,
  log: Logger,
  { firstPauseMs = FIRST_PAUSE_MS } = {},
): SupervisedWorker {
  let child: ChildProcess | undefined;
  let pauseMs = firstPauseMs;
  let nextStart: NodeJS.Timeout | undefined;
  let stopped: Promise<void> | undefined;

  const start = () => {
    const startedAt = Date.now();
    const started = startProcess();
    child = started;
    const onEnd = (code: number | null, signal: string | null) => {
      if (child !== started) return;
      child = undefined;
      if (stopped) return;
      if (Date.now() - startedAt > GOOD_RUN_MS) pauseMs = firstPauseMs;
      log.error({ code, signal, pauseMs }, 'the worker ended; starting another');
      nextStart = setTimeout(start, pauseMs);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    };
    started.once('exit', onEnd);
    started.once('error', (error) => {
      log.error({ err: error }, 'the worker could not be started');
      onEnd(null, null);
    });
  };
  start();

  const endProcess = async () => {
    clearTimeout(nextStart);
    if (!child) return;
    const ended = once(child, 'exit');
    const lastResort = setTimeout(() => child?.kill('SIGKILL'), DRAIN_TIMEOUT_MS);
    child.kill('SIGTERM');
    await ended;
    clearTimeout(lastResort);
  };

  return {
    current: () => child,
    stop: () => {
      stopped ??= endProcess();
      return stopped;
    },
  };
}
