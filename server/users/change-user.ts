import { AdministeredUser } from '../../contract/admin.ts';
import { caseConverter } from '../../contract/casing.ts';
import type { Role } from '../../contract/route.ts';
import { insertActivity } from '../activity/queries.ts';
import type { Caller } from '../auth/caller.ts';
import type { Db } from '../db/client.ts';
import { AppError } from '../errors.ts';
import {
  findUser,
  type LockedUser,
  lockActiveAdministrators,
  lockUser,
  updateUser,
} from './administration-queries.ts';
import { type AskedWorkplace, chooseWorkplace } from './choose-workplace.ts';

export interface Target {
  id: string;
  /** That the caller knows; absent: whichever it is at. */
  version?: number;
}

interface Change extends AskedWorkplace {
  name?: string;
  role?: Role;
  status?: 'active' | 'disabled';
}

const toWire = caseConverter(AdministeredUser, 'snake');

/**
 * Grants a registration: from then on they may sign in with the password they chose.
 * @throws AppError not_found, stale_version, conflict, validation_failed
 */
export async function approveUser(
  tx: Db,
  caller: Caller,
  target: Target,
  { role, ...asked }: AskedWorkplace & { role: 'UPLOADER' | 'ANNOTATOR' },
) {
  const { status } = await lockVersion(tx, target);
  if (status !== 'pending') throw new AppError('conflict', 'This account does not wait for approval.');
  const workplace = await chooseWorkplace(tx, caller, role, asked);
  const changes = { ...workplace, role, status: 'active' as const, requested: null };
  await updateUser(tx, target.id, { changes, signsOut: true });
  await insertActivity(tx, caller, {
    activityType: 'user.approve',
    description: `Approved an account as ${role}`,
    entityType: 'user',
    entityId: target.id,
    metadata: { role, ...workplace },
  });
  return getUser(tx, target.id);
}

/**
 * A change of role, workplace or status takes hold with the user's next request.
 * @throws AppError not_found, stale_version, validation_failed; conflict for what would leave no administrator
 */
export async function changeUser(tx: Db, caller: Caller, target: Target, change: Change) {
  const { name, role, status } = change;
  const mayEndAdministration = status === 'disabled' || (role !== undefined && role !== 'ADMIN');
  // Before the user's own row, so that two such changes never wait for each other.
  const administrators = mayEndAdministration ? await lockActiveAdministrators(tx) : [];
  const user = await lockVersion(tx, target);
  if (administrators.length === 1 && administrators[0] === target.id) {
    throw new AppError('conflict', 'The last active administrator stays. Make another one first.');
  }
  if (user.status === 'pending' && status !== 'disabled') {
    throw new AppError('conflict', 'This account waits for approval: approve or reject it first.');
  }
  const workplace = await changedWorkplace(tx, caller, user, change);
  const changes = { name, role, status, ...workplace };
  const signsOut = role !== undefined || status !== undefined || workplace !== undefined;
  await updateUser(tx, target.id, { changes, signsOut });
  await insertActivity(tx, caller, {
    ...actOf(user, change),
    entityType: 'user',
    entityId: target.id,
    metadata: { fields: Object.keys(change), role, status, ...workplace },
  });
  return getUser(tx, target.id);
}

/** Whoever works needs a place that fits their role; a rejected or disabled account need not have one. */
async function changedWorkplace(tx: Db, caller: Caller, user: LockedUser, change: Change) {
  const { role = user.role, hospital, laboratoryId, status } = change;
  const isAsked = hospital !== undefined || laboratoryId !== undefined;
  if (!isAsked && change.role === undefined && status !== 'active') return undefined;
  const present = user.hospitalId ? { id: user.hospitalId } : null;
  return chooseWorkplace(tx, caller, role, {
    hospital: hospital === undefined ? present : hospital,
    laboratoryId: laboratoryId === undefined && hospital === undefined ? user.laboratoryId : laboratoryId,
  });
}

function actOf({ status: before }: LockedUser, { status }: Change) {
  if (status === 'active' && before === 'disabled') {
    return { activityType: 'user.enable', description: 'Enabled an account' };
  }
  if (status === 'disabled' && before === 'pending') {
    return { activityType: 'user.reject', description: 'Rejected a registration' };
  }
  if (status === 'disabled' && before === 'active') {
    return { activityType: 'user.disable', description: 'Disabled an account' };
  }
  return { activityType: 'user.update', description: 'Changed an account' };
}

export async function lockVersion(tx: Db, { id, version }: Target): Promise<LockedUser> {
  const user = await lockUser(tx, id);
  if (!user) throw noSuchUser();
  if (version !== undefined && user.version !== version) {
    throw new AppError('stale_version', undefined, { current: toWire(await getUser(tx, id)) });
  }
  return user;
}

async function getUser(tx: Db, id: string) {
  const user = await findUser(tx, id);
  if (!user) throw noSuchUser();
  return user;
}

export function noSuchUser(): AppError {
  return new AppError('not_found', 'There is no such user.');
}
