import type { CellStore } from './cell-store.ts';

/** The cells that commands act on, and the current one of them, which keyboard steps start from. */
export class Selection {
  readonly #subscribers = new Set<() => void>();
  readonly #stopObserving: () => void;
  #ids: ReadonlySet<number> = new Set();
  #current = -1;

  constructor(store: CellStore) {
    this.#stopObserving = store.observe((edit) => {
      if (!edit.changes.some((change) => change.field === 'state')) return;
      const present = [...this.#ids].filter((id) => store.isPresent(id));
      if (present.length < this.#ids.size) this.#set(present, store.isPresent(this.#current));
    });
  }

  get ids(): ReadonlySet<number> {
    return this.#ids;
  }

  /** −1 when nothing is selected. After a removal it stays where it was, so that a step goes on from there. */
  get current(): number {
    return this.#current;
  }

  /** Selects these cells only; the last one becomes current. */
  set(ids: Iterable<number>): void {
    const list = [...ids];
    this.#current = list.at(-1) ?? -1;
    this.#set(list, true);
  }

  /** Adds a cell to the selection or takes it out. */
  toggle(id: number): void {
    const others = [...this.#ids].filter((other) => other !== id);
    this.set(others.length < this.#ids.size ? others : [...others, id]);
  }

  clear(): void {
    this.set([]);
  }

  readonly subscribe = (subscriber: () => void): (() => void) => {
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  };

  /** The same set until the selection changes: a snapshot for `useSyncExternalStore`. */
  readonly getSnapshot = (): ReadonlySet<number> => this.#ids;

  dispose(): void {
    this.#stopObserving();
  }

  #set(ids: readonly number[], currentStays: boolean): void {
    if (!currentStays && ids.length > 0) this.#current = ids[ids.length - 1];
    this.#ids = new Set(ids);
    for (const subscriber of this.#subscribers) subscriber();
  }
}
