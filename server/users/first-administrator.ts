import { insertActivity } from '../activity/queries.ts';
import { isCommonPassword } from '../auth/common-passwords.ts';
import type { Passwords } from '../auth/passwords.ts';
import type { Db } from '../db/client.ts';
import { OperatorError } from '../operator-error.ts';
import { drawPassword } from './draw-password.ts';
import {
  administratorExists,
  findOrInsertLaboratory,
  insertAdministrator,
  lockFirstStart,
} from './queries.ts';

const LABORATORY = 'Default laboratory';
const EMAIL = 'admin@balscope.local';

interface Parts {
  db: Db;
  passwords: Passwords;
}

/**
 * Makes sure that somebody can administer the system: at the first start, a laboratory and an administrator.
 * @param given what the operator set; the address falls back to a fixed one, the password to one drawn here
 * @returns the login that was made, to be shown once; undefined when there is an administrator already
 * @throws OperatorError when the address belongs to another user, or the password is a common one
 */
export async function ensureAdministrator(
  { db, passwords }: Parts,
  given: { email: string | undefined; password: string | undefined },
): Promise<{ email: string; password: string } | undefined> {
  if (await administratorExists(db)) return undefined;
  const login = {
    email: (given.email ?? EMAIL).toLowerCase(),
    password: given.password ?? drawPassword(),
  };
  if (isCommonPassword(login.password)) {
    throw new OperatorError(
      'ADMIN_PASSWORD is one that many people use, so it is tried first. Set another one.',
    );
  }
  const passwordHash = await passwords.hash(login.password);
  return db.transaction(async (tx) => {
    await lockFirstStart(tx);
    if (await administratorExists(tx)) return undefined;
    const laboratoryId = await findOrInsertLaboratory(tx, LABORATORY);
    const id = await insertAdministrator(tx, {
      email: login.email,
      passwordHash,
      mustChangePassword: given.password === undefined,
      laboratoryId,
    });
    if (!id) {
      throw new OperatorError(
        `ADMIN_EMAIL=${login.email} belongs to a user who is no administrator. Set another address.`,
      );
    }
    await insertActivity(
      tx,
      { id: null, address: null, requestId: null },
      {
        activityType: 'user.create',
        description: 'Made the first administrator',
        entityType: 'user',
        entityId: id,
      },
    );
    return login;
  });
}
