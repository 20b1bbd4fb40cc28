import { setTimeout as delay } from 'node:timers/promises';
import { percentile } from './percentile.ts';
import { poissonArrivals } from './queueing.ts';

export interface Act {
  name: string;
  /** Mean arrivals a second. */
  ratePerS: number;
  run(): Promise<unknown>;
}

export interface Bounds {
  seconds: number;
  /** Acts in flight; an arrival beyond them is not begun and counts as an error. */
  mostAtOnce: number;
}

export interface ActFigures {
  name: string;
  begun: number;
  errors: number;
  /** From when it should have begun, whether it could or not, ms. */
  latenciesMs: number[];
}

/**
 * Begins acts at seeded Poisson times whatever became of those before (open loop), so that a system that stalls is not
 * spared the arrivals meanwhile.
 */
export async function runOpenLoop(
  acts: readonly Act[],
  { seconds, mostAtOnce }: Bounds,
  random: () => number,
): Promise<ActFigures[]> {
  const startedAt = performance.now();
  let inFlight = 0;
  return Promise.all(
    acts.map(async ({ name, ratePerS, run }) => {
      const figures: ActFigures = { name, begun: 0, errors: 0, latenciesMs: [] };
      const ended: Promise<void>[] = [];
      const begin = async (intendedAt: number) => {
        figures.begun++;
        if (inFlight >= mostAtOnce) {
          figures.errors++;
          return;
        }
        inFlight++;
        try {
          await run();
          figures.latenciesMs.push(performance.now() - intendedAt);
        } catch {
          figures.errors++;
        } finally {
          inFlight--;
        }
      };
      for (const atS of arrivalsWithin(ratePerS, seconds, random)) {
        const intendedAt = startedAt + atS * 1000;
        await delay(Math.max(0, intendedAt - performance.now()));
        ended.push(begin(intendedAt));
      }
      await Promise.all(ended);
      return figures;
    }),
  );
}

function arrivalsWithin(ratePerS: number, seconds: number, random: () => number): number[] {
  if (ratePerS === 0) return [];
  // Twice as many as expected, and some, always reach beyond the end.
  const arrivals = poissonArrivals(ratePerS, Math.ceil(2 * ratePerS * seconds) + 20, random);
  return arrivals.filter((at) => at < seconds);
}

export function describe({ name, begun, errors, latenciesMs }: ActFigures, seconds: number): string {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => `${percentile(latenciesMs, share).toFixed(0)} ms`);
  return `${name.padEnd(16)}${(begun / seconds).toFixed(2)}/s  p50 ${p50}  p95 ${p95}  p99 ${p99}  errors ${errors} of ${begun}`;
}
