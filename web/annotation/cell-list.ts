import { CellState, isPresent } from './cell-edit.ts';
import type { CellStore } from './cell-store.ts';

export interface CellFilter {
  /** Index of a type; null: all. */
  type: number | null;
  /** Only what nobody looked at. */
  unreviewedOnly: boolean;
}

/** Cells of a field that fit a filter, those the machine is least sure of first. */
export function listCells(store: CellStore, { type, unreviewedOnly }: CellFilter): Uint32Array {
  const columns = store.columns;
  const fits = (id: number) =>
    isPresent(columns.state[id]) &&
    (type === null || columns.type[id] === type) &&
    (!unreviewedOnly || columns.state[id] === CellState.unreviewed);
  const ids = new Uint32Array(columns.count);
  let count = 0;
  for (let id = 0; id < columns.count; id++) if (fits(id)) ids[count++] = id;
  return ids.subarray(0, count).sort((a, b) => columns.confidence[a] - columns.confidence[b] || a - b);
}
