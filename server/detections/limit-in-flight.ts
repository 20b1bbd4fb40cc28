import { AppError } from '../errors.ts';

export type InFlightLimit = <T>(
  caller: { id: string },
  abandoned: AbortSignal,
  work: () => Promise<T>,
) => Promise<T>;

/**
 * Lets each caller have so many detections under way at once: a hundred heavy ones would have everybody wait for
 * minutes. Those whose caller went away do not count.
 * @throws AppError rate_limited
 */
export function limitInFlight(most: number): InFlightLimit {
  const inFlight = new Map<string, Set<AbortSignal>>();
  return async ({ id }, abandoned, work) => {
    const own = inFlight.get(id) ?? new Set();
    const awaited = [...own].filter((signal) => !signal.aborted);
    if (awaited.length >= most) {
      throw new AppError('rate_limited', `At most ${most} detections at once. Wait for one to end.`, {
        retryAfterS: 1,
      });
    }
    inFlight.set(id, own.add(abandoned));
    try {
      return await work();
    } finally {
      own.delete(abandoned);
      if (own.size === 0) inFlight.delete(id);
    }
  };
}
