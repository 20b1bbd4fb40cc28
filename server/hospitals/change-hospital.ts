import { Hospital } from '../../contract/admin.ts';
import { caseConverter } from '../../contract/casing.ts';
import { insertActivity } from '../activity/queries.ts';
import type { Caller } from '../auth/caller.ts';
import { refuseTakenName } from '../auth/found-hospital.ts';
import type { Db } from '../db/client.ts';
import { AppError } from '../errors.ts';
import { countBelongings, eraseHospital, findHospital, lockHospital, updateHospital } from './queries.ts';

type Change = Parameters<typeof updateHospital>[1];

const toWire = caseConverter(Hospital, 'snake');

/** @throws AppError not_found, stale_version, conflict */
export async function changeHospital(tx: Db, caller: Caller, change: Change) {
  const { id, changes } = change;
  if (changes.name !== undefined) await refuseTakenName(tx, changes.name, id);
  const isChanged = await updateHospital(tx, change);
  const current = await findHospital(tx, id);
  if (!current) throw noSuchHospital();
  if (!isChanged) throw new AppError('stale_version', undefined, { current: toWire(current) });
  await insertActivity(tx, caller, {
    activityType: 'hospital.update',
    description: 'Changed a hospital',
    entityType: 'hospital',
    entityId: id,
    metadata: { changes },
  });
  return current;
}

/** @throws AppError not_found, stale_version, conflict naming what is in it */
export async function deleteHospital(
  tx: Db,
  caller: Caller,
  { id, version }: { id: string; version: number },
): Promise<void> {
  // Waits for those who are moving somebody or something here, and keeps others from it.
  await lockHospital(tx, id);
  const current = await findHospital(tx, id);
  if (!current) throw noSuchHospital();
  if (current.version !== version)
    throw new AppError('stale_version', undefined, { current: toWire(current) });
  const { users, patients, lavages } = await countBelongings(tx, id);
  if (users + patients + lavages > 0) {
    throw new AppError(
      'conflict',
      `${users} users, ${patients} patients and ${lavages} lavages belong to this hospital, removed ones among them. Only an empty one can be erased: rename it, or disable its users.`,
    );
  }
  await eraseHospital(tx, id);
  await insertActivity(tx, caller, {
    activityType: 'hospital.delete',
    description: 'Erased an empty hospital',
    entityType: 'hospital',
    entityId: id,
    metadata: { name: current.name, location: current.location },
  });
}

function noSuchHospital(): AppError {
  return new AppError('not_found', 'There is no such hospital.');
}
