import { caseConverter } from '../../contract/casing.ts';
import { Patient } from '../../contract/patients.ts';
import { insertActivity } from '../activity/queries.ts';
import type { Caller } from '../auth/caller.ts';
import type { Database } from '../db/client.ts';
import { AppError } from '../errors.ts';
import { assignIdentifiers } from './assign-identifiers.ts';
import { findPatient, type Identifier, removeIdentifiers, updatePatient } from './queries.ts';

interface Correction {
  id: string;
  version: number;
  changes: Parameters<typeof updatePatient>[2]['changes'] & { identifiers?: Identifier[] };
}

const toWire = caseConverter(Patient, 'snake');

/**
 * Identifiers, when given, replace all the patient had.
 * @throws AppError not_found, stale_version, conflict
 */
export async function correctPatient(
  { db }: Database,
  caller: Caller,
  { id, version, changes: { identifiers, ...changes } }: Correction,
) {
  return db.transaction(async (tx) => {
    if (!(await updatePatient(tx, caller, { id, version, changes }))) {
      const current = await findPatient(tx, caller, id);
      if (!current) throw noSuchPatient();
      throw new AppError('stale_version', undefined, { current: toWire(current) });
    }
    if (identifiers) {
      await removeIdentifiers(tx, id);
      await assignIdentifiers(tx, id, identifiers);
    }
    await insertActivity(tx, caller, {
      activityType: 'patient.update',
      description: 'Corrected a patient',
      entityType: 'patient',
      entityId: id,
      metadata: { fields: [...Object.keys(changes), ...(identifiers ? ['identifiers'] : [])] },
    });
    const corrected = await findPatient(tx, caller, id);
    if (!corrected) throw noSuchPatient();
    return corrected;
  });
}

export function noSuchPatient(): AppError {
  return new AppError('not_found', 'There is no such patient.');
}
