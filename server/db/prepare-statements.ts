import type pg from 'pg';

/** A text that comes more often is worth its place in every connection. */
const USES_BEFORE = 5;
/** Of one process; each takes some ten KiB of every connection on the database's side. */
const MOST_PREPARED = 200;
/** A plan made for a small table would otherwise be kept, while the table grows, until the database analyses it. */
const PLANS_KEPT_MS = 5000;
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
    let plannedAt = Date.now();
    const planAnew = async () => {
      plannedAt = Date.now();
      // In a transaction that has failed it is refused, like what comes behind it.
      await client.query('discard plans').catch(() => undefined);
    };
    client.query = ((statement: Statement, values?: unknown[], ...more: unknown[]) => {
      const { text, name, submit } = statement;
      // What drizzle builds once has an empty name.
      const isPlain = text !== undefined && !name && submit === undefined;
      const prepared = isPlain && values?.length ? nameOf(text) : undefined;
      if (prepared && Date.now() - plannedAt > PLANS_KEPT_MS) void planAnew();
      return query(prepared ? { ...statement, name: prepared } : statement, values, ...more);
    }) as typeof client.query;
  };
}
