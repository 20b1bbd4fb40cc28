import type { Role } from '../../contract/route.ts';
import type { Caller } from '../auth/caller.ts';
import { chooseLaboratory, foundHospital } from '../auth/found-hospital.ts';
import { findHospital } from '../auth/workplace-queries.ts';
import type { Db } from '../db/client.ts';
import { AppError } from '../errors.ts';

export interface AskedWorkplace {
  hospital?: { id: string } | { name: string; location: string } | null;
  laboratoryId?: string | null;
}

export interface Workplace {
  hospitalId: string | null;
  laboratoryId: string;
}

/**
 * The hospital that was named or described, with its laboratory; readers and administrators may do with a laboratory.
 * @throws AppError validation_failed; conflict when a new hospital's name is taken
 */
export async function chooseWorkplace(
  tx: Db,
  caller: Caller,
  role: Role,
  { hospital, laboratoryId }: AskedWorkplace,
): Promise<Workplace> {
  if (!hospital) {
    if (role === 'UPLOADER') throw misfit('hospital', 'whoever uploads needs one; choose it first');
    return { hospitalId: null, laboratoryId: await chooseLaboratory(tx, caller, laboratoryId) };
  }
  const chosen =
    'id' in hospital
      ? await findHospital(tx, hospital.id)
      : await foundHospital(tx, caller, { ...hospital, laboratoryId });
  if (!chosen) throw misfit('hospital', 'there is no such hospital');
  if (laboratoryId && laboratoryId !== chosen.laboratoryId) {
    throw misfit('laboratory_id', 'the hospital belongs to another laboratory');
  }
  return { hospitalId: chosen.id, laboratoryId: chosen.laboratoryId };
}

function misfit(path: string, message: string): AppError {
  return new AppError('validation_failed', `${path}: ${message}`, { errors: [{ path, message }] });
}
