import { insertActivity } from '../activity/queries.ts';
import type { Database, Db } from '../db/client.ts';
import { AppError } from '../errors.ts';
import type { AttemptLimiter } from './attempt-limiter.ts';
import { type Authenticators, drawRecoveryCodes, hashRecoveryCode } from './authenticator.ts';
import type { Caller } from './caller.ts';
import { endOtherSessions, getMe } from './queries.ts';
import {
  confirmSecondFactor,
  findSecondFactor,
  lockSecondFactor,
  removeSecondFactor,
  saveUnconfirmed,
  takeRecoveryCode,
  takeStep,
} from './second-factor-queries.ts';

interface Parts {
  database: Database;
  authenticators: Authenticators;
  /** Guesses at codes, which are short, are limited more than those at passwords. */
  codeAttempts: AttemptLimiter;
}

/**
 * Asks for the code of a user who set up an authenticator. A code is good once, a recovery code too.
 * @returns whether there was one to ask for
 * @throws AppError second_factor_required without a good code; rate_limited
 */
export async function checkSecondFactor(
  { database: { db }, authenticators, codeAttempts }: Parts,
  userId: string,
  code: string | undefined,
): Promise<boolean> {
  const factor = await findSecondFactor(db, userId);
  if (!factor?.confirmedAt) return false;
  if (code === undefined) throw codeMissing();
  await codeAttempts.begin(userId);
  const step = authenticators.stepOf(code, userId, factor.secret);
  const isGood =
    step === undefined
      ? await takeRecoveryCode(db, userId, hashRecoveryCode(code))
      : await takeStep(db, userId, step);
  if (!isGood) {
    throw wrongCode('The code is wrong or was used before. Wait for the next one, or give a recovery code.');
  }
  await codeAttempts.forget(userId);
  return true;
}

/**
 * For who was not asked: an authenticator that was confirmed meanwhile ended all sessions, and one begun now without a
 * code would outlive it. @throws AppError second_factor_required
 */
export async function refuseIfConfirmedMeanwhile(tx: Db, userId: string): Promise<void> {
  if ((await lockSecondFactor(tx, userId))?.confirmedAt) throw codeMissing();
}

function codeMissing(): AppError {
  return new AppError('second_factor_required', 'Give the code that your authenticator shows now.');
}

/** @throws AppError conflict when there is one already */
export async function enrolSecondFactor({ database: { db }, authenticators }: Parts, caller: Caller) {
  const { email } = await getMe(db, caller.id);
  const { secret, uri, sealed } = authenticators.draw({ id: caller.id, email });
  if (!(await saveUnconfirmed(db, caller.id, sealed))) {
    throw new AppError('conflict', 'There is an authenticator already. Remove it to set up another one.');
  }
  return { state: 'enrolling' as const, secret, otpauthUri: uri };
}

/**
 * From now on a code is asked for; sessions elsewhere, begun without one, end.
 * @throws AppError second_factor_required, conflict, rate_limited
 */
export async function confirmEnrolment(
  { database: { db }, authenticators, codeAttempts }: Parts,
  caller: Caller,
  code: string,
) {
  const factor = await findSecondFactor(db, caller.id);
  if (!factor || factor.confirmedAt) {
    throw new AppError('conflict', 'No authenticator waits to be confirmed. Begin again.');
  }
  await codeAttempts.begin(caller.id);
  const { secret } = factor;
  const step = authenticators.stepOf(code, caller.id, secret);
  if (step === undefined) {
    throw wrongCode('The code is wrong. Scan again if need be, and give the one that is shown now.');
  }
  await codeAttempts.forget(caller.id);
  const { codes, hashes: recoveryHashes } = drawRecoveryCodes();
  await db.transaction(async (tx) => {
    if (!(await confirmSecondFactor(tx, caller.id, { secret, step, recoveryHashes }))) {
      throw new AppError('conflict', 'The authenticator was set up anew meanwhile. Begin again.');
    }
    await endOtherSessions(tx, caller.id, caller.sessionId);
    await note(tx, caller, 'user.second_factor_on', 'Set up an authenticator');
  });
  return { state: 'on' as const, recoveryCodes: codes };
}

export async function removeOwnSecondFactor({ database: { db } }: Pick<Parts, 'database'>, caller: Caller) {
  await db.transaction(async (tx) => {
    if (!(await removeSecondFactor(tx, caller.id))) return;
    await note(tx, caller, 'user.second_factor_off', 'Removed their own authenticator');
  });
  return { state: 'off' as const };
}

function note(tx: Db, caller: Caller, activityType: string, description: string) {
  return insertActivity(tx, caller, { activityType, description, entityType: 'user', entityId: caller.id });
}

function wrongCode(message: string): AppError {
  return new AppError('second_factor_required', message, {
    errors: [{ path: 'code', message }],
  });
}
