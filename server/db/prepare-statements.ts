import type pg from 'pg';

/** A text that comes more often is worth its place in every connection. */
const USES_BEFORE = 5;
/** Of one process; each takes some ten KiB of every connection on the database's side. */
const MOST_PREPARED = 200;
/** Texts with parameters that are counted; beyond it, counting begins anew. */
const MOST_COUNTED = 1000;

interface Statement {
  text?: string;
  name?: string;
  submit?: unknown;
}

/**
 * Makes what prepares statements on the connections of a pool: a text that comes again and again is parsed, and as a
 * rule planned, once a connection instead of once a query, which takes longer than to run it.
 */
export function prepareStatements(): (client: pg.ClientBase) => void {
  const names = new Map<string, string>();
  const uses = new Map<string, number>();

  const nameOf = (text: string): string | undefined => {
    const known = names.get(text);
    if (known !== undefined || names.size >= MOST_PREPARED) return known;
    const used = (uses.get(text) ?? 0) + 1;
    if (used <= USES_BEFORE) {
      if (uses.size >= MOST_COUNTED) uses.clear();
      uses.set(text, used);
      return undefined;
    }
    uses.delete(text);
    const name = `s${names.size}`;
    names.set(text, name);
    return name;
  };

  return (client) => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    client.query = ((statement: Statement, values?: unknown[], ...more: unknown[]) => {
      const { text, name, submit } = statement;
      const isPlain = text !== undefined && name === undefined && submit === undefined;
      const prepared = isPlain && values?.length ? nameOf(text) : undefined;
      return query(prepared ? { ...statement, name: prepared } : statement, values, ...more);
    }) as typeof client.query;
  };
}
