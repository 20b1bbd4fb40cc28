import Flatbush from 'flatbush';
import type { Box, Edit } from './cell-edit.ts';
import type { CellStore } from './cell-store.ts';

export type Direction = 'left' | 'right' | 'up' | 'down';

/** Cells changed since the index was built are searched one by one; beyond this many it is built anew. */
const MAX_SIDE_LIST = 500;
/** Neighbours looked at before the best of them in the direction is chosen. */
const NEIGHBOURS = 24;

/**
 * Finds cells by place. Built in the calling thread: 100,000 boxes take some 20 ms, and only after hundreds of
 * boxes changed, so a worker would not be felt.
 */
export class SpatialIndex {
  readonly #store: CellStore;
  readonly #stopObserving: () => void;
  readonly #changed = new Set<number>();
  #tree: Flatbush | null = null;

  constructor(store: CellStore) {
    this.#store = store;
    this.#stopObserving = store.observe((edit) => this.#noteChangedBoxes(edit));
    this.#build();
  }

  /**
   * The cell under a point: of the cells whose box holds it, those whose nucleus outline holds it go first, then
   * the smallest wins. −1 when there is none.
   */
  pick(x: number, y: number, isVisible: (id: number) => boolean): number {
    let best = -1;
    let bestRank = Number.POSITIVE_INFINITY;
    this.#search(x, y, x, y, (id) => {
      if (!isVisible(id)) return;
      const rank = this.#area(id) - (this.#outlineHolds(id, x, y) ? NUCLEUS_FIRST : 0);
      if (rank >= bestRank) return;
      best = id;
      bestRank = rank;
    });
    return best;
  }

  /** Cells whose centre lies in the box. */
  withCentreIn({ x, y, width, height }: Box, isVisible: (id: number) => boolean): number[] {
    const found: number[] = [];
    this.#search(x, y, x + width, y + height, (id) => {
      const centre = this.centreOf(id);
      const inside = centre.x >= x && centre.y >= y && centre.x <= x + width && centre.y <= y + height;
      if (inside && isVisible(id)) found.push(id);
    });
    return found;
  }

  /** The nearest cell from `from` within 45° of the direction, sideways distance counting twice; −1 for none. */
  neighbour(from: number, direction: Direction, isVisible: (id: number) => boolean): number {
    const origin = this.centreOf(from);
    const distanceTo = (id: number): number => {
      const centre = this.centreOf(id);
      const [ahead, aside] = along(direction, centre.x - origin.x, centre.y - origin.y);
      return ahead > 0 && aside <= ahead ? ahead + 2 * aside : Number.POSITIVE_INFINITY;
    };
    const fits = (id: number) => id !== from && isVisible(id) && distanceTo(id) < Number.POSITIVE_INFINITY;
    const candidates =
      this.#tree?.neighbors(
        origin.x,
        origin.y,
        NEIGHBOURS,
        Number.POSITIVE_INFINITY,
        (id) => !this.#changed.has(id) && fits(id),
      ) ?? [];
    for (const id of this.#changed) if (fits(id)) candidates.push(id);
    return candidates.reduce((best, id) => (best < 0 || distanceTo(id) < distanceTo(best) ? id : best), -1);
  }

  centreOf(id: number): { x: number; y: number } {
    const { box } = this.#store.columns;
    return { x: box[id * 4] + box[id * 4 + 2] / 2, y: box[id * 4 + 1] + box[id * 4 + 3] / 2 };
  }

  dispose(): void {
    this.#stopObserving();
  }

  #noteChangedBoxes(edit: Edit): void {
    for (const change of edit.changes) {
      if (change.field === 'box') for (const id of change.ids) this.#changed.add(id);
    }
    if (this.#changed.size > MAX_SIDE_LIST) this.#build();
  }

  /** Cells that are not present are indexed too: undo brings them back, and `isVisible` leaves them out. */
  #build(): void {
    const { count, box } = this.#store.columns;
    this.#changed.clear();
    this.#tree = count > 0 ? new Flatbush(count, 16, Float32Array) : null;
    if (!this.#tree) return;
    for (let i = 0; i < count * 4; i += 4) {
      this.#tree.add(box[i], box[i + 1], box[i] + box[i + 2], box[i + 1] + box[i + 3]);
    }
    this.#tree.finish();
  }

  #search(minX: number, minY: number, maxX: number, maxY: number, visit: (id: number) => void): void {
    this.#tree?.search(minX, minY, maxX, maxY, (id) => {
      if (!this.#changed.has(id)) visit(id);
      return false;
    });
    const { box } = this.#store.columns;
    for (const id of this.#changed) {
      const [x, y, width, height] = box.subarray(id * 4, id * 4 + 4);
      if (x <= maxX && y <= maxY && x + width >= minX && y + height >= minY) visit(id);
    }
  }

  #area(id: number): number {
    const { box } = this.#store.columns;
    return box[id * 4 + 2] * box[id * 4 + 3];
  }

  #outlineHolds(id: number, x: number, y: number): boolean {
    const { run } = this.#store;
    if (!run || !this.#store.hasOutline(id)) return false;
    return polygonHolds(run.outline, run.outlineStart[id], run.outlineStart[id + 1], x, y);
  }
}

/** More than any cell's area, so that a nucleus under the pointer goes before any box. */
const NUCLEUS_FIRST = 1e12;

/** Even-odd rule; points `start` to `end` (exclusive) of x, y pairs, closed. */
function polygonHolds(points: Float32Array, start: number, end: number, x: number, y: number): boolean {
  let inside = false;
  for (let i = start, j = end - 1; i < end; j = i++) {
    const yi = points[i * 2 + 1];
    const yj = points[j * 2 + 1];
    if (yi > y === yj > y) continue;
    const crossing = points[i * 2] + ((y - yi) / (yj - yi)) * (points[j * 2] - points[i * 2]);
    if (x < crossing) inside = !inside;
  }
  return inside;
}

function along(direction: Direction, dx: number, dy: number): [ahead: number, aside: number] {
  switch (direction) {
    case 'left':
      return [-dx, Math.abs(dy)];
    case 'right':
      return [dx, Math.abs(dy)];
    case 'up':
      return [-dy, Math.abs(dx)];
    case 'down':
      return [dy, Math.abs(dx)];
  }
}
