import type { Clock } from './clock.ts';

/** What an error says of the service: it is out of order, it is in order, or nothing. */
type Verdict = 'failed' | 'answered' | 'unknown';

export interface CircuitBreaker {
  /** @throws CircuitOpen without calling, while the service counts as out of order */
  run<T>(call: () => Promise<T>, judge: (error: unknown) => Verdict): Promise<T>;
}

export class CircuitOpen extends Error {}

/**
 * Spares a service that failed several times in a row: no calls for a while, then a single one as a trial, which
 * closes the circuit or opens it anew. Its state lasts as long as this process.
 */
export function createCircuitBreaker(
  { failuresToOpen, openMs }: { failuresToOpen: number; openMs: number },
  clock: Clock,
): CircuitBreaker {
  let failures = 0;
  let openUntil: number | undefined;
  let isTrying = false;

  const close = () => {
    failures = 0;
    openUntil = undefined;
  };
  const countFailure = (isTrial: boolean) => {
    failures++;
    if (isTrial || failures >= failuresToOpen) openUntil = clock.now() + openMs;
  };

  return {
    run: async (call, judge) => {
      const isTrial = openUntil !== undefined;
      if (openUntil !== undefined && (isTrying || clock.now() < openUntil)) throw new CircuitOpen();
      isTrying = isTrial;
      try {
        const answer = await call();
        close();
        return answer;
      } catch (error) {
        const verdict = judge(error);
        if (verdict === 'answered') close();
        if (verdict === 'failed') countFailure(isTrial);
        throw error;
      } finally {
        if (isTrial) isTrying = false;
      }
    },
  };
}
