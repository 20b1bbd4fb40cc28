import { Hospital } from '../../contract/admin.ts';
import { caseConverter } from '../../contract/casing.ts';
import { insertActivity } from '../activity/queries.ts';
import type { Caller } from '../auth/caller.ts';
import { refuseTakenName } from '../auth/found-hospital.ts';
import type { Db } from '../db/client.ts';
import { AppError } from '../errors.ts';
import { findHospital, updateHospital } from './queries.ts';

type Change = Parameters<typeof updateHospital>[1];

const toWire = caseConverter(Hospital, 'snake');

/** @throws AppError not_found, stale_version, conflict */
export async function changeHospital(tx: Db, caller: Caller, change: Change) {
  const { id, changes } = change;
  if (changes.name !== undefined) await refuseTakenName(tx, changes.name, id);
  const isChanged = await updateHospital(tx, change);
  const current = await findHospital(tx, id);
  if (!current) throw new AppError('not_found', 'There is no such hospital.');
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
