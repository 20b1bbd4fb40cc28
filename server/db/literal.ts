import { sql } from 'drizzle-orm';

/**
 * A number written into the statement instead of sent beside it. A prepared statement is then planned once for all:
 * for a limit that it does not know, PostgreSQL would plan to read a tenth of all rows.
 */
export const literal = (value: number) => sql.raw(String(Math.trunc(value))) as unknown as number;
