import { CellState, isPresent } from '../annotation/cell-edit.ts';
import type { CellDescription, CellStore } from '../annotation/cell-store.ts';

/** Where a cell comes from and whether somebody looked at it, in words. */
export function originOf({
  state,
  confidence,
  changedFrom,
  uncertain,
}: Pick<CellDescription, 'state' | 'confidence' | 'changedFrom' | 'uncertain'>): string {
  if (uncertain) return 'Found by the machine, uncertain';
  if (state === CellState.unreviewed) return 'Found by the machine, not looked at';
  if (isPresent(state) && changedFrom)
    return `Found by the machine as ${changedFrom.name}, ${confidenceText(confidence)}`;
  if (state === CellState.accepted) return 'Found by the machine, looked at';
  if (state === CellState.rejected || state === CellState.erased) return 'Removed';
  return confidence === null ? 'Added by a reader' : 'Looked at';
}

/** 0–1 as whole percent; nothing where no machine was involved. */
export function confidenceText(confidence: number | null): string {
  return confidence === null ? '' : `${Math.round(confidence * 100)}\u202f%`;
}

/** How sure the machine is of the type that the cell has; nothing where that is the reader's. */
export function certaintyOf({ confidence, changedFrom }: CellDescription): string {
  return changedFrom ? '' : confidenceText(confidence);
}

/** A cell in one line, as a screen reader says it. */
export function cellSentence(cell: CellDescription): string {
  const origin = originOf(cell).replace(/^./, (letter) => letter.toLowerCase());
  const parts = [cell.cellType.name, certaintyOf(cell), origin, cell.comment];
  return parts.filter(Boolean).join(', ');
}

/** How many of the selected cells are of each type, most first. */
export function typesOf(store: CellStore, ids: Iterable<number>): { type: number; count: number }[] {
  const counts = new Map<number, number>();
  const { type } = store.columns;
  for (const id of ids) counts.set(type[id], (counts.get(type[id]) ?? 0) + 1);
  return [...counts].map(([index, count]) => ({ type: index, count })).sort((a, b) => b.count - a.count);
}
