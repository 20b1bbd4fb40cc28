const SAME_KEYPRESS_MS = 1000;
const INTERRUPTED = 130;

export interface StopRequest {
  /** Aborted when the process is asked to stop; the reason says by what. */
  signal: AbortSignal;
  /** Resolves when the process is asked to stop. */
  asked: Promise<void>;
  /** Asks the process to stop, from inside. */
  ask(reason: string): void;
  /** Aborted when it is asked again: the process ends at once after the listeners. */
  now: AbortSignal;
}

/**
 * Listens for everything that asks a process of ours to stop: signals, and the end of the process that started it.
 * One key press arrives several times (terminal, npm, bootstrap); a second one a second later means now.
 */
export function listenForStop(): StopRequest {
  const controller = new AbortController();
  const now = new AbortController();
  const asked = new Promise<void>((resolve) => controller.signal.addEventListener('abort', () => resolve()));
  let firstAskedAt = 0;
  const ask = (reason: string) => {
    if (firstAskedAt === 0) {
      firstAskedAt = Date.now();
      controller.abort(reason);
    } else if (Date.now() - firstAskedAt > SAME_KEYPRESS_MS) {
      now.abort(reason);
      process.exit(INTERRUPTED);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ask(signal));
  if (process.connected) process.once('disconnect', () => ask('the parent process is gone'));
  return { signal: controller.signal, asked, ask: (reason) => controller.abort(reason), now: now.signal };
}
