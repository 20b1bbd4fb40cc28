import type { Caller } from '../auth/caller.ts';
import { type Cursor, type CursorKind, decodeCursor, encodeCursor, type Place } from './cursor.ts';

/** Totals are counted up to here; beyond it the answer says "at least". */
export const COUNT_LIMIT = 10_000;
/** Totals beyond this take longer to count than a page takes to read. */
const ALWAYS_COUNTED = 1000;
const FRESH_MS = 10_000;
const MOST_REMEMBERED = 1000;

export type Totals = (
  of: { caller: Caller; filter: unknown },
  count: () => Promise<number>,
) => Promise<number>;

/** Makes the counter of a list: small totals are exact, large ones of a few seconds ago will do for the same question. */
export function rememberTotals(now: () => number = Date.now): Totals {
  const remembered = new Map<string, { total: number; until: number }>();
  return async ({ caller, filter }, count) => {
    const { id, role, hospitalId, laboratoryId, emergencies } = caller;
    const key = JSON.stringify([id, role, hospitalId, laboratoryId, emergencies, filter]);
    const known = remembered.get(key);
    if (known && known.until > now()) return known.total;
    const total = await count();
    remembered.delete(key);
    if (total > ALWAYS_COUNTED) {
      remembered.set(key, { total, until: now() + FRESH_MS });
      if (remembered.size > MOST_REMEMBERED) remembered.delete(remembered.keys().next().value ?? key);
    }
    return total;
  };
}

interface Page {
  page: number;
  perPage: number;
}

interface List<T> {
  /** Of the cursor, in the order asked for. */
  kind: CursorKind;
  read: (place: Place) => Promise<T[]>;
  count: () => Promise<number>;
  cursorOf: (row: T) => Cursor;
}

/** One page, by number or, as fast at any depth, behind the cursor of the page before. */
export async function readPage<T>(
  { sort, next, page, perPage }: Page & { sort: string; next?: string },
  { kind, read, count, cursorOf }: List<T>,
) {
  const after = decodeCursor(next, sort, kind);
  const rows = await read({ after, limit: perPage + 1, offset: after ? 0 : (page - 1) * perPage });
  return listAnswer({ page, perPage }, rows, await count(), (last) => encodeCursor(sort, cursorOf(last)));
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
