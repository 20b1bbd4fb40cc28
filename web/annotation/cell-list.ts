import { CellState, isPresent } from './cell-edit.ts';
import type { CellStore } from './cell-store.ts';

export interface CellFilter {
  /** Index of a type; null: all. */
  type: number | null;
  /** Only what nobody looked at. */
  unreviewedOnly: boolean;
  /** Only what the machine could not tell and nobody looked at. */
  uncertainOnly: boolean;
}

/** Cells of a field that fit a filter, those the machine is least sure of first. */
export function listCells(
  store: CellStore,
  { type, unreviewedOnly, uncertainOnly }: CellFilter,
): Uint32Array {
  const columns = store.columns;
  const fits = (id: number) =>
    isPresent(columns.state[id]) &&
    (type === null || columns.type[id] === type) &&
    (!(unreviewedOnly || uncertainOnly) || columns.state[id] === CellState.unreviewed) &&
    (!uncertainOnly || columns.uncertain[id] === 1);
  const ids = new Uint32Array(columns.count);
  let count = 0;
  for (let id = 0; id < columns.count; id++) if (fits(id)) ids[count++] = id;
  return ids.subarray(0, count).sort((a, b) => columns.confidence[a] - columns.confidence[b] || a - b);
}
