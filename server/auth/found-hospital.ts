import { insertActivity } from '../activity/queries.ts';
import type { Db } from '../db/client.ts';
import { AppError } from '../errors.ts';
import type { Caller } from './caller.ts';
import {
  insertHospital,
  isHospitalNameTaken,
  laboratoryExists,
  lockHospitalNames,
} from './workplace-queries.ts';

interface NewHospital {
  name: string;
  location: string;
  uploadersShare?: boolean;
  /** By default the administrator's own. */
  laboratoryId?: string | null;
}

/**
 * @returns its id and laboratory
 * @throws AppError conflict when the name is taken, validation_failed
 */
export async function foundHospital(tx: Db, caller: Caller, { laboratoryId, ...hospital }: NewHospital) {
  const laboratory = await chooseLaboratory(tx, caller, laboratoryId);
  await refuseTakenName(tx, hospital.name);
  const id = await insertHospital(tx, { ...hospital, laboratoryId: laboratory });
  await insertActivity(tx, caller, {
    activityType: 'hospital.create',
    description: 'Created a hospital',
    entityType: 'hospital',
    entityId: id,
  });
  return { id, laboratoryId: laboratory };
}

/** @throws AppError conflict; until the transaction ends, nobody else takes the name */
export async function refuseTakenName(tx: Db, name: string, exceptId?: string): Promise<void> {
  await lockHospitalNames(tx);
  if (await isHospitalNameTaken(tx, name, exceptId)) {
    throw new AppError('conflict', 'There is a hospital of this name already.');
  }
}

/** The laboratory that was named, or the administrator's own. @throws AppError validation_failed */
export async function chooseLaboratory(tx: Db, caller: Caller, asked: string | null | undefined) {
  const id = asked ?? caller.laboratoryId;
  if (id && (await laboratoryExists(tx, id))) return id;
  const message = id ? 'there is no such laboratory' : 'name a laboratory';
  throw new AppError('validation_failed', `laboratory_id: ${message}`, {
    errors: [{ path: 'laboratory_id', message }],
  });
}
