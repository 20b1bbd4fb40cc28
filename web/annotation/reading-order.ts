import type { CellStore } from './cell-store.ts';

/** Cells in reading order: line by line from the top, each line from the left. Worked out when first asked for. */
export class ReadingOrder {
  readonly #store: CellStore;
  readonly #stopObserving: () => void;
  #order: Uint32Array | null = null;
  #rank = new Uint32Array();

  constructor(store: CellStore) {
    this.#store = store;
    this.#stopObserving = store.observe((edit) => {
      if (edit.changes.some((change) => change.field === 'box')) this.#order = null;
    });
  }

  /** The first visible cell after (`step` 1) or before (−1) `from`; from −1, the first or last. −1 at the end. */
  next(from: number, step: 1 | -1, isVisible: (id: number) => boolean): number {
    const order = this.#sorted();
    const start = from >= 0 ? this.#rank[from] + step : step > 0 ? 0 : order.length - 1;
    for (let rank = start; rank >= 0 && rank < order.length; rank += step) {
      if (isVisible(order[rank])) return order[rank];
    }
    return -1;
  }

  /** Place of a cell among the visible ones, from 1, and their number. */
  placeOf(cell: number, isVisible: (id: number) => boolean): { position: number; total: number } {
    const order = this.#sorted();
    const rank = this.#rank[cell];
    let position = 1;
    let total = 0;
    for (let i = 0; i < order.length; i++) {
      if (!isVisible(order[i])) continue;
      total++;
      if (i < rank) position++;
    }
    return { position, total };
  }

  dispose(): void {
    this.#stopObserving();
  }

  #sorted(): Uint32Array {
    if (this.#order) return this.#order;
    const { count, box } = this.#store.columns;
    const lineHeight = Math.max(1, 1.5 * medianHeight(box, count));
    const line = (id: number) => Math.floor((box[id * 4 + 1] + box[id * 4 + 3] / 2) / lineHeight);
    const x = (id: number) => box[id * 4] + box[id * 4 + 2] / 2;
    const order = Uint32Array.from({ length: count }, (_, id) => id);
    order.sort((a, b) => line(a) - line(b) || x(a) - x(b) || a - b);
    this.#rank = new Uint32Array(count);
    order.forEach((id, rank) => {
      this.#rank[id] = rank;
    });
    this.#order = order;
    return order;
  }
}

function medianHeight(box: Float32Array, count: number): number {
  const heights = Float32Array.from({ length: count }, (_, id) => box[id * 4 + 3]).sort();
  return heights[count >> 1] ?? 0;
}
