import { insertActivity } from '../activity/queries.ts';
import type { Caller } from '../auth/caller.ts';
import type { Db } from '../db/client.ts';
import { AppError, validationFailed } from '../errors.ts';
import { assignIdentifiers } from './assign-identifiers.ts';
import { findPatient, hospitalExists, type Identifier, insertPatient } from './queries.ts';

interface NewPatient {
  name: string;
  age: number;
  gender: 'female' | 'male' | 'other' | 'unknown';
  contact: string;
  dateOfBirth?: string | null;
  sex?: 'female' | 'male' | 'intersex' | 'unknown' | null;
  identifiers?: Identifier[];
  hospitalId?: string;
}

/**
 * Uploaders create in their own hospital; administrators name one.
 * @throws AppError forbidden, validation_failed, conflict
 */
export async function createPatient(tx: Db, caller: Caller, patient: NewPatient) {
  const { identifiers = [], hospitalId: _, ...columns } = patient;
  const hospitalId = await hospitalFor(tx, caller, patient.hospitalId);
  const id = await insertPatient(tx, { ...columns, hospitalId, createdBy: caller.id });
  await assignIdentifiers(tx, id, identifiers);
  await insertActivity(tx, caller, {
    activityType: 'patient.create',
    description: 'Created a patient',
    entityType: 'patient',
    entityId: id,
  });
  const created = await findPatient(tx, caller, id);
  if (!created) throw new Error('a patient just created is not visible to its creator');
  return created;
}

async function hospitalFor(tx: Db, caller: Caller, asked: string | undefined): Promise<string> {
  if (caller.role === 'ADMIN') {
    if (asked && (await hospitalExists(tx, asked))) return asked;
    const message = asked ? 'there is no such hospital' : "name the patient's hospital";
    throw validationFailed([{ path: 'hospital_id', message }]);
  }
  if (!caller.hospitalId || (asked && asked !== caller.hospitalId)) {
    throw new AppError('forbidden', 'You create patients in your own hospital.');
  }
  return caller.hospitalId;
}
