import { setTimeout as delay } from 'node:timers/promises';
import type { RunningSystem } from '../running-system.ts';
import { annotateOnce, editOnce, type Ledger, uploadOnce } from './ledger.ts';

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

/** People who upload fields and mark cells, all the time, whatever happens. */
export function startLoad(
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
  const read = async (): Promise<number> => {
    const known = [...ledger.annotations.keys()];
    if (known.length > 0 && Math.random() < 0.5) {
      return editOnce(system, ledger, known[Math.floor(Math.random() * known.length)]);
    }
    const [sampleId] = ledger.uploads.keys();
    return sampleId === undefined ? 0 : annotateOnce(system, ledger, sampleId);
  };
  const people = [
    ...Array.from({ length: uploaders }, () => repeat(() => uploadOnce(system, ledger))),
    ...Array.from({ length: readers }, () => repeat(read)),
  ];
  return {
    statuses,
    stop: async () => {
      stopped = true;
      await Promise.all(people);
    },
  };
}
