import { type Edit, idsOf, invertEdit } from './cell-edit.ts';
import type { CellStore } from './cell-store.ts';

/** Far more than a reader makes in one sitting; it only bounds memory. */
const MAX_ENTRIES = 20_000;

/**
 * Takes back and repeats the reader's edits, one act at a time. Loads and saves do not enter. Entries hold values
 * of cells, never server ids, so they stay valid when a save happens between an edit and its undo.
 */
export class UndoHistory {
  readonly #store: CellStore;
  readonly #stopObserving: () => void;
  #past: Edit[] = [];
  #future: Edit[] = [];

  constructor(store: CellStore) {
    this.#store = store;
    this.#stopObserving = store.observe((edit) => {
      if (edit.origin !== 'user') return;
      this.#past.push(edit);
      if (this.#past.length > MAX_ENTRIES) this.#past.shift();
      this.#future = [];
    });
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  /** Takes the last edit back; answers the ids it touched, none when there is nothing to undo. */
  undo(): Uint32Array {
    return this.#step(this.#past, this.#future, invertEdit);
  }

  redo(): Uint32Array {
    return this.#step(this.#future, this.#past, (edit) => ({ ...edit, origin: 'undo' }));
  }

  dispose(): void {
    this.#stopObserving();
  }

  #step(from: Edit[], to: Edit[], toApply: (edit: Edit) => Edit): Uint32Array {
    const edit = from.pop();
    if (!edit) return new Uint32Array();
    to.push(edit);
    this.#store.apply(toApply(edit));
    return idsOf(edit);
  }
}
