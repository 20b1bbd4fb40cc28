import type { Box } from '../differential/edges.ts';

export interface NamedCell {
  cellType: string;
  box: Box;
}

/** Two readers' views of one place; null where one of them has no cell. */
export interface CellPair {
  first: NamedCell | null;
  second: NamedCell | null;
}

/** Own choice: half of what two boxes cover together; lower pairs neighbours in dense fields. */
export const LEAST_OVERLAP = 0.5;

/**
 * Pairs the cells of two readers in one image, the boxes that overlap most first.
 * @param first cells of one reader, boxes in image pixels
 * @param second cells of the other
 * @returns every cell once: in a pair where the intersection of the boxes is at least LEAST_OVERLAP of their union
 *   (Jaccard index), else alone
 */
export function matchCells(first: readonly NamedCell[], second: readonly NamedCell[]): CellPair[] {
  const bySide = [...second.keys()].sort((one, other) => second[one].box.x - second[other].box.x);
  const widest = second.reduce((most, { box }) => Math.max(most, box.width), 0);
  const candidates: { of: number; with: number; overlap: number }[] = [];
  for (const [of, { box }] of first.entries()) {
    for (let k = firstFrom(second, bySide, box.x - widest); k < bySide.length; k++) {
      const other = second[bySide[k]].box;
      if (other.x > box.x + box.width) break;
      const overlap = overlapOf(box, other);
      if (overlap >= LEAST_OVERLAP) candidates.push({ of, with: bySide[k], overlap });
    }
  }
  candidates.sort((one, other) => other.overlap - one.overlap || one.of - other.of || one.with - other.with);
  const partner = new Map<number, number>();
  const taken = new Set<number>();
  for (const candidate of candidates) {
    if (partner.has(candidate.of) || taken.has(candidate.with)) continue;
    partner.set(candidate.of, candidate.with);
    taken.add(candidate.with);
  }
  const pairs = first.map((cell, of): CellPair => {
    const other = partner.get(of);
    return { first: cell, second: other === undefined ? null : second[other] };
  });
  const alone = second
    .filter((_, at) => !taken.has(at))
    .map((cell): CellPair => ({ first: null, second: cell }));
  return [...pairs, ...alone];
}

/** The first place in the order whose box begins at x or right of it. */
function firstFrom(cells: readonly NamedCell[], order: readonly number[], x: number): number {
  let [from, to] = [0, order.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (cells[order[middle]].box.x < x) from = middle + 1;
    else to = middle;
  }
  return from;
}

function overlapOf(one: Box, other: Box): number {
  const width = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const height = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (one.width * one.height + other.width * other.height - shared);
}
