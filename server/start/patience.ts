import { setTimeout as delay } from 'node:timers/promises';
import type { OperatorError } from '../operator-error.ts';
import type { Logger } from '../platform/log.ts';
import { answerWhileWaiting, type Door } from './answer-while-waiting.ts';

/** What a start cannot do without, as `GET /health/ready` names it. */
export type Part = 'database' | 'objects' | 'queue';

/** How long a start waits for a part that is away. */
export interface Patience {
  signal: AbortSignal;
  /** Infinity: until it is there. */
  ms: number;
  /** Told again and again while it waits. */
  onWait(part: Part, sentence: string): Promise<void>;
  /** Told when it waits no longer. */
  onEnd(): Promise<void>;
}

const RETRY_MS = 1000;
const SAY_EVERY_MS = 30_000;
const HALF_A_MINUTE_MS = 30_000;

/**
 * For who stands by and reads what is wrong: a service that is itself just starting gets half a minute.
 * @param signal ends it earlier; whoever runs a command ends it with its process
 */
export function halfAMinute(signal: AbortSignal = new AbortController().signal): Patience {
  return { signal, ms: HALF_A_MINUTE_MS, onWait: async () => {}, onEnd: async () => {} };
}

/**
 * For a process that nobody watches: it waits until asked to stop. Meanwhile its log says every half minute for what,
 * and so does every answer at the door where it will be asked.
 */
export function untilItIsThere(signal: AbortSignal, log: Logger, door: Door | undefined): Patience {
  let said: { part?: Part; at: number } = { at: 0 };
  let answering: Awaited<ReturnType<typeof answerWhileWaiting>> | undefined;
  return {
    signal,
    ms: Number.POSITIVE_INFINITY,
    onWait: async (part, sentence) => {
      if (door) answering ??= await answerWhileWaiting(door, part);
      if (part === said.part && performance.now() - said.at < SAY_EVERY_MS) return;
      log.warn({ part }, `waiting to start: ${sentence}`);
      said = { part, at: performance.now() };
    },
    onEnd: async () => {
      await answering?.[Symbol.asyncDispose]();
      answering = undefined;
    },
  };
}

/**
 * Tries until it works or patience ends.
 * @param explain what an error means; throws when trying again would end the same way
 * @throws OperatorError
 */
export async function whenReachable<T>(
  part: Part,
  attempt: () => Promise<T>,
  explain: (error: unknown) => OperatorError,
  patience: Patience,
): Promise<T> {
  const deadline = performance.now() + patience.ms;
  try {
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        const unreachable = explain(error);
        if (performance.now() > deadline) throw unreachable;
        await patience.onWait(part, unreachable.message);
      }
      await delay(RETRY_MS, undefined, { signal: patience.signal });
    }
  } finally {
    await patience.onEnd();
  }
}
