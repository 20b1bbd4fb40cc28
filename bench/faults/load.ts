import { setTimeout as delay } from 'node:timers/promises';
import { seededRandom } from '../../core/synthesis/seeded-random.ts';
import type { RunningSystem } from '../running-system.ts';
import { oneOf, type Trial } from './fault.ts';
import { annotateOnce, editOnce, type Ledger, markCell, uploadOnce } from './ledger.ts';

const WIDEST_X = 200;
const SEEDS = 2 ** 31;

interface LoadOptions {
  uploaders?: number;
  readers?: number;
  pauseMs?: number;
}

export interface Load {
  /** How often each status was answered; 0 for broken connections. */
  statuses: Map<number, number>;
  /** Ends when the last request has. */
  stop(): Promise<void>;
}

/**
 * People who upload fields and mark cells, all the time, whatever happens. Each draws from a seed of their own, so that
 * what they do depends neither on each other nor on how fast they are answered.
 */
export function startLoad(
  { random }: Trial,
  system: RunningSystem,
  ledger: Ledger,
  { uploaders = 1, readers = 2, pauseMs = 50 }: LoadOptions = {},
): Load {
  const statuses = new Map<number, number>();
  let stopped = false;
  const repeat = async (act: () => Promise<number>) => {
    while (!stopped) {
      const status = await act();
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      await delay(pauseMs);
    }
  };
  const reader = (draw: () => number) => async (): Promise<number> => {
    const edits = draw() < 0.5;
    const known = [...ledger.annotations.keys()];
    if (edits && known.length > 0) return editOnce(system, ledger, oneOf(known, draw));
    const [sampleId] = ledger.uploads.keys();
    const x = Math.round(draw() * WIDEST_X);
    return sampleId === undefined ? 0 : annotateOnce(system, ledger, markCell(sampleId, x));
  };
  const people = [
    ...Array.from({ length: uploaders }, () => repeat(() => uploadOnce(system, ledger))),
    ...Array.from({ length: readers }, () => repeat(reader(seededRandom(random() * SEEDS)))),
  ];
  return {
    statuses,
    stop: async () => {
      stopped = true;
      await Promise.all(people);
    },
  };
}
