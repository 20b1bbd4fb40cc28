import { createHash, randomBytes } from 'node:crypto';
import { insertActivity } from '../activity/queries.ts';
import type { Database, Db } from '../db/client.ts';
import { AppError } from '../errors.ts';
import { refuseCommonPassword } from './common-passwords.ts';
import { findLinkedAccount, replacePasswordLink, takePasswordLink } from './password-link-queries.ts';
import type { Passwords } from './passwords.ts';
import { endAllSessions, updatePassword } from './queries.ts';

const LASTS_S = 24 * 3600;

/**
 * Makes the one link with which the user may choose a password. The secret stands behind the #, which browsers keep to
 * themselves; the database has its hash.
 */
export async function makePasswordLink(
  tx: Db,
  publicUrl: string,
  { userId, createdBy }: { userId: string; createdBy: string },
): Promise<{ link: string; expiresAt: string }> {
  const secret = randomBytes(32).toString('base64url');
  const expiresAt = new Date(Date.now() + LASTS_S * 1000).toISOString();
  await replacePasswordLink(tx, { userId, createdBy, expiresAt, secretHash: hashOf(secret) });
  return { link: `${publicUrl}/reset-password#${secret}`, expiresAt };
}

interface Parts {
  database: Database;
  passwords: Passwords;
}

/** @throws AppError link_ended, validation_failed */
export async function redeemPasswordLink(
  { database: { db }, passwords }: Parts,
  { token, newPassword }: { token: string; newPassword: string },
  client: { address: string; requestId: string },
): Promise<void> {
  const secretHash = hashOf(token);
  const account = await findLinkedAccount(db, secretHash);
  if (!account) throw linkEnded();
  refuseCommonPassword(newPassword, 'new_password');
  const passwordHash = await passwords.hash(newPassword);
  await db.transaction(async (tx) => {
    if (!(await takePasswordLink(tx, secretHash))) throw linkEnded();
    const { id, securityVersion: knownVersion } = account;
    if ((await updatePassword(tx, id, { passwordHash, knownVersion })) === undefined) throw linkEnded();
    await endAllSessions(tx, id);
    await insertActivity(
      tx,
      { id, ...client },
      {
        activityType: 'user.redeem_password_link',
        description: 'Chose a password with a one-time link',
        entityType: 'user',
        entityId: id,
      },
    );
  });
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

function linkEnded(): AppError {
  return new AppError(
    'link_ended',
    'This link was used, replaced or has expired. Ask an administrator for a new one.',
  );
}
