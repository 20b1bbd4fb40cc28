/** The list with one row moved by one place; the same list where it cannot go further. */
export function moved<T>(rows: readonly T[], at: number, by: 1 | -1): readonly T[] {
  const to = at + by;
  if (to < 0 || to >= rows.length) return rows;
  const next = [...rows];
  [next[at], next[to]] = [next[to], next[at]];
  return next;
}

export const without = <T>(rows: readonly T[], at: number): readonly T[] => rows.toSpliced(at, 1);

export const replaced = <T>(rows: readonly T[], at: number, row: T): readonly T[] => rows.with(at, row);
