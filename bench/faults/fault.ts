import type { BackendName } from '../backend.ts';
import type { RunningSystem, SystemPlaces } from '../running-system.ts';

/** A row of the table of faults, or a part of one. */
export interface Fault {
  name: string;
  /** What happens, as in the table. */
  row: string;
  /** As often as the table asks. */
  rounds: number;
  /** Why it cannot be tried here, if so. */
  obstacle?(backend: BackendName): string | undefined;
  /** Where it is tried whatever the others are tried on. */
  alwaysOn?: BackendName;
  run(trial: Trial): Promise<void>;
}

/** One fault being tried, again and again. */
export interface Trial {
  backend: BackendName;
  rounds: number;
  /** From the printed seed: the same seed draws the same. */
  random(): number;
  /** Lent until the trial ends. */
  start(settings?: Record<string, string>, places?: SystemPlaces): Promise<RunningSystem>;
  /** What throws is a violation, and the next round follows. */
  each(round: (at: number) => Promise<void>): Promise<void>;
  /** Counts as a violation unless it holds. */
  expect(holds: boolean, otherwise: string): void;
  note(text: string): void;
  /** To be undone when the trial ends, the last one first. */
  afterwards(undo: () => unknown): void;
}

export function oneOf<T>(values: readonly T[], random: () => number): T {
  return values[Math.floor(random() * values.length)];
}
