import type { Pair } from './agreement-queries.ts';

export interface ConfusionMatrix {
  /** Codes of the types that either reader used, in the laboratory's order. */
  types: string[];
  /** How many cells the first reader called types[row] and the second types[column]. */
  counts: number[][];
  /** Of all cells that the first reader called so. */
  rowTotals: number[];
}

/** The matched cells of two readers as a square table. */
export function confusionMatrix(
  confusion: Pair['confusion'],
  cellTypes: readonly { code: string }[],
): ConfusionMatrix {
  const used = new Set(confusion.flatMap(({ first, second }) => [first, second]));
  const listed = cellTypes.map(({ code }) => code).filter((code) => used.has(code));
  const types = [...listed, ...[...used].filter((code) => !listed.includes(code))];
  const counts = types.map((row) =>
    types.map(
      (column) => confusion.find(({ first, second }) => first === row && second === column)?.count ?? 0,
    ),
  );
  return { types, counts, rowTotals: counts.map((row) => row.reduce((sum, count) => sum + count, 0)) };
}

/** "Lymphocyte / Macrophage" exchanges by how often they happened, either way round, most first. */
export function commonestExchanges(
  confusion: Pair['confusion'],
): { types: [string, string]; count: number }[] {
  const exchanges = new Map<string, { types: [string, string]; count: number }>();
  for (const { first, second, count } of confusion) {
    if (first === second) continue;
    const types = [first, second].sort() as [string, string];
    const known = exchanges.get(types.join('\n'));
    if (known) known.count += count;
    else exchanges.set(types.join('\n'), { types, count });
  }
  return [...exchanges.values()].sort((one, other) => other.count - one.count);
}
