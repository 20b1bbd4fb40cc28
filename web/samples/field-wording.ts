import type { CellCounts } from '../annotation/cell-counts.ts';
import type { FieldState } from './sample-queries.ts';

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const cells = (count: number) => (count === 1 ? '1 cell' : `${count} cells`);

/** What of a field counts now, and what completing it would mean. */
export function completionText(
  state: FieldState,
  counts: CellCounts,
  excludedBecause: string | null,
): string {
  const present = sum(counts.present);
  const unseen = present - sum(counts.reviewed);
  if (state === 'excluded') return `Excluded from the count: ${excludedBecause ?? 'no reason given'}`;
  if (present === 0) return state === 'complete' ? 'Complete: no cells here.' : 'No cells found here.';
  if (state === 'complete') return `Complete: ${allCount(present, unseen)}`;
  if (unseen === 0) return `You looked at all ${cells(present)} of this field.`;
  return `${present - unseen} of ${cells(present)} looked at and counted. If complete: ${allCount(present, unseen)}`;
}

function allCount(present: number, unseen: number): string {
  const all =
    present === 1 ? 'the one cell of this field counts' : `all ${present} cells of this field count`;
  return unseen > 0 ? `${all}, ${unseen} not looked at one by one.` : `${all}.`;
}
