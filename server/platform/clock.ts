import { setTimeout as delay } from 'node:timers/promises';

/** Time as waiting code sees it, so that tests need not wait. */
export interface Clock {
  /** ms since some fixed moment; never goes back. */
  now(): number;
  /** @throws the signal's reason when it is aborted first */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wait: async (ms, signal) => {
    await delay(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
  },
};
