import pg from 'pg';
import { OperatorError } from '../operator-error.ts';
import { scramVerifier } from './scram-verifier.ts';

const MAY_NOT = '42501';

/**
 * Makes the role that the application works as where it is missing, as in a database from before there were two roles.
 * @throws OperatorError with the SQL for whoever may, when the owner may not make roles
 */
export async function ensureApplicationRole(owner: pg.Client, uri: string): Promise<void> {
  const { username, password } = new URL(uri);
  const role = decodeURIComponent(username);
  const known = await owner.query('select from pg_roles where rolname = $1', [role]);
  if (known.rowCount) return;
  const name = owner.escapeIdentifier(role);
  const make = `create role ${name} login password`;
  try {
    await owner.query(`
      begin;
      ${make} ${owner.escapeLiteral(scramVerifier(decodeURIComponent(password)))};
      grant ${name} to current_user;
      commit`);
  } catch (error) {
    await owner.query('rollback');
    if ((error as { code?: string }).code !== MAY_NOT) throw error;
    const { rows } = await owner.query('select quote_ident(current_user) as owner');
    throw new OperatorError(
      `The database has no role ${role}, which SQL_URI names, and the role of SQL_OWNER_URI may not make it. ` +
        `Run as one that may: ${make} '(the password in SQL_URI)'; grant ${name} to ${rows[0].owner};`,
      { cause: error },
    );
  }
}

/** @throws what pg throws when the database refuses the application's role, such as a password that is not its own */
export async function checkApplicationRole(uri: string): Promise<void> {
  const client = new pg.Client({ connectionString: uri, connectionTimeoutMillis: 10_000 });
  await client.connect();
  await client.end();
}
