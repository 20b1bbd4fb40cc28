/** Totals are counted up to here; beyond it the answer says "at least". */
export const COUNT_LIMIT = 10_000;

interface Page {
  page: number;
  perPage: number;
}

/** The envelope of a list from its rows, fetched with one row more than the page holds. */
export function listAnswer<T>(
  { page, perPage }: Page,
  rows: T[],
  counted: number,
  cursorOf: (row: T) => string,
): {
  items: T[];
  total: number;
  totalIsLowerBound: boolean;
  page: number;
  perPage: number;
  next: string | null;
} {
  const items = rows.slice(0, perPage);
  const last = items.at(-1);
  return {
    items,
    total: Math.min(counted, COUNT_LIMIT),
    totalIsLowerBound: counted > COUNT_LIMIT,
    page,
    perPage,
    next: rows.length > perPage && last !== undefined ? cursorOf(last) : null,
  };
}

/** A short list that is always answered whole. */
export function wholeList<T>(items: T[]) {
  return {
    items,
    total: items.length,
    totalIsLowerBound: false,
    page: 1,
    perPage: Math.max(items.length, 1),
    next: null,
  };
}
