import { caseConverter } from '../../contract/casing.ts';
import { Lavage } from '../../contract/lavages.ts';
import { insertActivity } from '../activity/queries.ts';
import type { Caller } from '../auth/caller.ts';
import type { Database, Db } from '../db/client.ts';
import { AppError } from '../errors.ts';
import { ageAt } from './age-at.ts';
import {
  findLavage,
  findPatientOfLavages,
  insertLavage,
  insertRequest,
  setDerivedColumns,
  updateLavage,
  updateRequest,
} from './queries.ts';

interface LavageFields {
  collectedAt?: string | null;
  receivedAt?: string | null;
  site?: string | null;
  instilledMl?: number | null;
  recoveredMl?: number | null;
  cellsPerMl?: number | null;
  viabilityPercent?: number | null;
  cd4Cd8?: number | null;
  smokingStatus?: 'never' | 'former' | 'current' | 'unknown' | null;
  request?: { accessionNumber?: string | null; requester?: string | null; question?: string | null };
}

const toWire = caseConverter(Lavage, 'snake');

/** @throws AppError not_found */
export async function createLavage(
  tx: Db,
  caller: Caller,
  patientId: string,
  { request, ...measurements }: LavageFields,
) {
  const patient = await getPatient(tx, caller, patientId);
  const id = await insertLavage(tx, {
    ...measurements,
    patientId,
    hospitalId: patient.hospitalId,
    requestId: request && (await insertRequest(tx, patientId, request)),
    ageAtCollection: ageAtCollection(patient, measurements.collectedAt),
  });
  await insertActivity(tx, caller, {
    activityType: 'lavage.create',
    description: 'Added a lavage',
    entityType: 'lavage',
    entityId: id,
    metadata: { patient_id: patientId },
  });
  return getLavage(tx, caller, id);
}

/** @throws AppError not_found, stale_version */
export async function correctLavage(
  { db }: Database,
  caller: Caller,
  { id, version, changes }: { id: string; version: number; changes: LavageFields },
) {
  const { request, ...measurements } = changes;
  return db.transaction(async (tx) => {
    const updated = await updateLavage(tx, caller, { id, version, changes: measurements });
    if (!updated) {
      throw new AppError('stale_version', undefined, { current: toWire(await getLavage(tx, caller, id)) });
    }
    const patient = await getPatient(tx, caller, updated.patientId);
    if (request && updated.requestId) await updateRequest(tx, updated.requestId, request);
    await setDerivedColumns(tx, id, {
      ageAtCollection: ageAtCollection(patient, updated.collectedAt),
      requestId:
        request && !updated.requestId ? await insertRequest(tx, updated.patientId, request) : undefined,
    });
    await insertActivity(tx, caller, {
      activityType: 'lavage.update',
      description: 'Corrected a lavage',
      entityType: 'lavage',
      entityId: id,
      metadata: { fields: Object.keys(changes) },
    });
    return getLavage(tx, caller, id);
  });
}

/** The age given with the patient is the best there is without both dates. */
function ageAtCollection(
  patient: { age: number; dateOfBirth: string | null },
  collectedAt: string | null | undefined,
): number {
  if (!patient.dateOfBirth || !collectedAt) return patient.age;
  return ageAt(patient.dateOfBirth, collectedAt) ?? patient.age;
}

/** @throws AppError not_found */
export async function getPatient(db: Db, caller: Caller, id: string) {
  const patient = await findPatientOfLavages(db, caller, id);
  if (!patient) throw new AppError('not_found', 'There is no such patient.');
  return patient;
}

/** @throws AppError not_found */
export async function getLavage(db: Db, caller: Caller, id: string) {
  const lavage = await findLavage(db, caller, id);
  if (!lavage) throw new AppError('not_found', 'There is no such lavage.');
  return lavage;
}
