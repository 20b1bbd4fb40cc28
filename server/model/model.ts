import type { DetectedCell } from '../../core/detection/detected-cell.ts';
import { CircuitOpen, createCircuitBreaker } from '../platform/circuit-breaker.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import { type ModelEndpoint, ModelError } from '../platform/model-endpoint.ts';
import type { CellNaming } from './cell-naming.ts';
import { readReply } from './read-reply.ts';

export interface ModelImage {
  /** Upright, sRGB, without metadata. */
  jpeg: Uint8Array;
  width: number;
  height: number;
}

export interface ModelAnswer {
  /** In pixels of the image that was sent. */
  cells: DetectedCell[];
  version: string;
  /** As it came. */
  reply: unknown;
}

/** A remote model that finds and names cells. */
export interface Model {
  /** @throws ModelError when it gives no usable answer in time, or the signal's reason */
  findCells(image: ModelImage, naming: CellNaming, signal?: AbortSignal): Promise<ModelAnswer>;
}

const MOST_ATTEMPTS = 4;
const FIRST_PAUSE_MS = 500;
const SPREAD = 0.2;
const FAILURES_TO_OPEN = 3;
const OPEN_MS = 30_000;

interface ModelSettings {
  endpoint: ModelEndpoint;
  /** For one image, with all waiting and repeating. */
  timeoutMs: number;
  clock?: Clock;
  /** 0–1 */
  random?: () => number;
}

/** Asks patiently, but not for longer than agreed, and leaves an endpoint alone that is out of order. */
export function openModel({
  endpoint,
  timeoutMs,
  clock = systemClock,
  random = Math.random,
}: ModelSettings): Model {
  const breaker = createCircuitBreaker({ failuresToOpen: FAILURES_TO_OPEN, openMs: OPEN_MS }, clock);

  const findCells: Model['findCells'] = async (image, naming, signal) => {
    const deadline = AbortSignal.timeout(timeoutMs);
    const stop = signal ? AbortSignal.any([signal, deadline]) : deadline;
    const endsAt = clock.now() + timeoutMs;

    const askPatiently = async (): Promise<unknown> => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await endpoint.ask(image.jpeg, stop);
        } catch (error) {
          const pauseMs = pauseBefore(error, attempt, random());
          if (pauseMs === undefined || clock.now() + pauseMs >= endsAt) throw error;
          await clock.wait(pauseMs, stop);
        }
      }
    };
    const answer = async (): Promise<ModelAnswer> => {
      try {
        const reply = await askPatiently();
        const { cells, version } = readReply(reply, image, naming);
        return { cells, version: version ?? endpoint.name, reply };
      } catch (error) {
        signal?.throwIfAborted();
        if (!deadline.aborted) throw error;
        const seconds = timeoutMs / 1000;
        throw new ModelError('failed', `The model did not answer within ${seconds} s.`, { cause: error });
      }
    };

    try {
      return await breaker.run(answer, judge);
    } catch (error) {
      if (!(error instanceof CircuitOpen)) throw error;
      throw new ModelError(
        'failed',
        'The model failed several times in a row and is left alone for a while.',
      );
    }
  };
  return { findCells };
}

/** What it says, a little spread, or twice as long each time; undefined when asking again is of no use. */
function pauseBefore(error: unknown, attempt: number, chance: number): number | undefined {
  if (!(error instanceof ModelError)) return undefined;
  // A starting model is waited for however often it says so: the deadline ends that.
  if (error.kind === 'busy') return Math.max(error.waitMs ?? 0, FIRST_PAUSE_MS) * (1 + SPREAD * chance);
  if (error.kind !== 'failed' || attempt >= MOST_ATTEMPTS) return undefined;
  return FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + chance);
}

function judge(error: unknown) {
  if (!(error instanceof ModelError)) return 'unknown';
  return error.kind === 'image' ? 'answered' : 'failed';
}
