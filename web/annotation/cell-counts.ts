import { isPresent, isReviewed } from './cell-edit.ts';

/** Cells of each type, by index into the store's cell types. */
export interface CellCounts {
  /** Accepted, changed or added by the reader: the running differential. */
  reviewed: readonly number[];
  /** Reviewed cells and the machine's that nobody has looked at. */
  present: readonly number[];
}

/** Keeps counts by type in step with the store, cell by cell, so that no edit has to count them all. */
export class CellCounter {
  readonly #reviewed = new Uint32Array(256);
  readonly #present = new Uint32Array(256);

  add(type: number, state: number): void {
    if (isPresent(state)) this.#present[type]++;
    if (isReviewed(state)) this.#reviewed[type]++;
  }

  subtract(type: number, state: number): void {
    if (isPresent(state)) this.#present[type]--;
    if (isReviewed(state)) this.#reviewed[type]--;
  }

  counts(typeCount: number): CellCounts {
    return {
      reviewed: Array.from(this.#reviewed.subarray(0, typeCount)),
      present: Array.from(this.#present.subarray(0, typeCount)),
    };
  }
}
