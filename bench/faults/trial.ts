import { seededRandom } from '../../core/synthesis/seeded-random.ts';
import type { BackendName } from '../backend.ts';
import { startSystem } from '../running-system.ts';
import type { Fault, Trial } from './fault.ts';

export interface Outcome {
  fault: Fault;
  rounds: number;
  violations: string[];
  /** Why it was not tried. */
  skipped?: string;
  seconds: number;
}

const MOST_PRINTED = 20;

export async function tryFault(
  fault: Fault,
  { backend: chosen, rounds = fault.rounds, seed }: { backend: BackendName; rounds?: number; seed: number },
): Promise<Outcome> {
  const startedAt = performance.now();
  const backend = fault.alwaysOn ?? chosen;
  const violations: string[] = [];
  const undoings: (() => unknown)[] = [];
  const violated = (what: string) => {
    violations.push(what);
    if (violations.length <= MOST_PRINTED) console.log(`  ${fault.name}: VIOLATION ${what}`);
  };
  let done = 0;
  const trial: Trial = {
    backend,
    rounds,
    random: seededRandom(seed),
    start: async (settings, places) => {
      const system = await startSystem(settings, { backend, ...places });
      undoings.push(() => system.close());
      return system;
    },
    each: async (round) => {
      for (let at = 0; at < rounds; at++) {
        await round(at).catch((error) => violated(`round ${at + 1}: ${describe(error)}`));
        done++;
        if (done % Math.max(1, Math.floor(rounds / 10)) === 0)
          console.log(`  ${fault.name}: ${done}/${rounds}`);
      }
    },
    expect: (holds, otherwise) => {
      if (!holds) violated(otherwise);
    },
    note: (text) => console.log(`  ${fault.name}: ${text}`),
    afterwards: (undo) => undoings.push(undo),
  };
  const skipped = fault.obstacle?.(backend);
  if (skipped === undefined) {
    await fault.run(trial).catch((error) => violated(`it could not go on: ${describe(error)}`));
    for (const undo of undoings.reverse()) {
      await (async () => undo())().catch((error) => violated(`it did not end: ${describe(error)}`));
    }
  }
  return { fault, rounds: done, violations, skipped, seconds: (performance.now() - startedAt) / 1000 };
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.message} ${String(error.cause ?? '')}`.trim() : String(error);
}
