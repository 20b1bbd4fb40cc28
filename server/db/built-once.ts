import type { Db } from './client.ts';

interface Preparable<Prepared> {
  prepare(name: string): Prepared;
}

/** More shapes than anybody asks for are begun anew. */
const MOST_SHAPES = 500;

/**
 * Makes a query that drizzle builds once for each shape of it instead of at each call, which takes longer than to run it.
 * @param build with `sql.placeholder` for values; `shape` is all else that decides how the statement reads
 */
export function builtOnce<Shape, Prepared>(build: (db: Db, shape: Shape) => Preparable<Prepared>) {
  const built = new WeakMap<Db, Map<string, Prepared>>();
  return (db: Db, shape: Shape): Prepared => {
    const ofDb = built.get(db) ?? new Map<string, Prepared>();
    built.set(db, ofDb);
    const key = JSON.stringify(shape);
    const known = ofDb.get(key);
    if (known) return known;
    if (ofDb.size >= MOST_SHAPES) ofDb.clear();
    // Without a name: what comes often gets one of the connection.
    const prepared = build(db, shape).prepare('');
    ofDb.set(key, prepared);
    return prepared;
  };
}
