import type { z } from 'zod';
import { type Camel, caseConverter } from '../../contract/casing.ts';
import { type diagnosisRoutes, PatientAnnotation } from '../../contract/diagnoses.ts';
import { insertActivity } from '../activity/queries.ts';
import type { Caller } from '../auth/caller.ts';
import type { Database, Db } from '../db/client.ts';
import { AppError } from '../errors.ts';
import { once } from '../http/idempotency.ts';
import { findSettings } from '../laboratories/settings-queries.ts';
import { diagnosesFrom } from './diagnosis-codes.ts';
import {
  type DiagnosisRow,
  findDiagnosis,
  findOwnReadingId,
  hideDiagnosis,
  insertDiagnosis,
  isPatientVisible,
  listDiagnoses,
  listLavagesToDiagnose,
  updateDiagnosis,
} from './queries.ts';

type NewDiagnosis = Camel<z.output<typeof diagnosisRoutes.annotatePatient.body>>;
type Change = Camel<z.output<typeof diagnosisRoutes.updatePatientAnnotation.body>>;

const toWire = caseConverter(PatientAnnotation, 'snake');

/** Records adequacy and diagnosis of a patient's lavage. */
export function annotatePatient(
  { db }: Database,
  input: { caller: Caller; body: NewDiagnosis; idempotencyKey: string | undefined },
) {
  const { caller, body } = input;
  return once(db, 'annotatePatient', input, async (tx) => {
    const lavage = await getLavage(tx, caller, body);
    const { version, settings } = await findSettings(tx, lavage.laboratoryId);
    const id = await insertDiagnosis(tx, {
      lavageId: lavage.id,
      readingId: await findOwnReadingId(tx, lavage.id, caller.id),
      userId: caller.id,
      adequacy: body.adequacy,
      adequacyReasons: body.adequacyReasons,
      pattern: body.pattern,
      diagnosis: diagnosesFrom(body.diagnosis, settings.diagnoses),
      laboratoryId: lavage.laboratoryId,
      settingsVersion: version,
      comments: body.comments,
    });
    await insertActivity(tx, caller, {
      activityType: 'diagnosis.create',
      description: 'Recorded adequacy and diagnosis of a lavage',
      entityType: 'patient_annotation',
      entityId: id,
      metadata: { lavage_id: lavage.id },
    });
    return getDiagnosis(tx, caller, id);
  });
}

/** The lavage that is named, else the only one. */
async function getLavage(tx: Db, caller: Caller, { patientId, lavageId }: NewDiagnosis) {
  const found = await listLavagesToDiagnose(tx, caller, patientId, lavageId);
  if (found.length > 1) {
    throw new AppError(
      'ambiguous_lavage',
      `This patient has ${found.length} lavages. Name the one you mean with lavage_id.`,
    );
  }
  if (found.length === 1) return found[0];
  const known = await isPatientVisible(tx, caller, patientId);
  throw new AppError('not_found', known ? 'This patient has no such lavage.' : 'There is no such patient.');
}

export async function listPatientDiagnoses(db: Db, caller: Caller, patientId: string) {
  if (!(await isPatientVisible(db, caller, patientId))) {
    throw new AppError('not_found', 'There is no such patient.');
  }
  return (await listDiagnoses(db, caller, patientId)).map(asPatientAnnotation);
}

interface Target {
  id: string;
  /** The version that the caller knows; absent: whichever it is at. */
  ifMatch?: number;
  /** As an administrator may. */
  ofAnybody?: boolean;
}

/** Corrects a diagnosis, the caller's own unless told. @throws AppError not_found, forbidden, stale_version */
export async function changeDiagnosis(tx: Db, caller: Caller, target: Target, change: Change) {
  const before = await getToChange(tx, caller, target);
  const { diagnosis, ...rest } = change;
  const changed = await updateDiagnosis(tx, target.id, target.ifMatch, {
    ...rest,
    ...(diagnosis && (await recoded(tx, before, diagnosis))),
  });
  if (!changed) throw await staleDiagnosis(tx, caller, target.id);
  await insertActivity(tx, caller, {
    activityType: 'diagnosis.update',
    description: 'Corrected adequacy or diagnosis of a lavage',
    entityType: 'patient_annotation',
    entityId: target.id,
    metadata: { lavage_id: before.lavageId, changed: Object.keys(change) },
  });
  return getDiagnosis(tx, caller, target.id);
}

/** Takes a diagnosis out of view. @throws AppError not_found, stale_version */
export async function removeDiagnosis(tx: Db, caller: Caller, target: Target): Promise<void> {
  const { lavageId } = await getToChange(tx, caller, target);
  if (!(await hideDiagnosis(tx, target.id, target.ifMatch))) {
    throw await staleDiagnosis(tx, caller, target.id);
  }
  await insertActivity(tx, caller, {
    activityType: 'diagnosis.delete',
    description: 'Removed a diagnosis from view',
    entityType: 'patient_annotation',
    entityId: target.id,
    metadata: { lavage_id: lavageId },
  });
}

async function getToChange(tx: Db, caller: Caller, { id, ofAnybody = false }: Target): Promise<DiagnosisRow> {
  const before = await findDiagnosis(tx, caller, id);
  if (!before) throw new AppError('not_found', 'There is no such diagnosis.');
  if (before.user.id !== caller.id && !ofAnybody) {
    throw new AppError('forbidden', 'Only who gave a diagnosis corrects it. Record your own.');
  }
  return before;
}

async function staleDiagnosis(tx: Db, caller: Caller, id: string): Promise<AppError> {
  const current = toWire(await getDiagnosis(tx, caller, id));
  return new AppError('stale_version', 'This diagnosis was changed meanwhile.', { current });
}

/** New codes come from the present catalogue. */
async function recoded(tx: Db, { laboratoryId }: DiagnosisRow, given: NewDiagnosis['diagnosis']) {
  const { version, settings } = await findSettings(tx, laboratoryId);
  return { diagnosis: diagnosesFrom(given, settings.diagnoses), settingsVersion: version };
}

async function getDiagnosis(db: Db, caller: Caller, id: string) {
  const row = await findDiagnosis(db, caller, id);
  if (!row) throw new AppError('not_found', 'There is no such diagnosis.');
  return asPatientAnnotation(row);
}

/** A diagnosis as the contract has it: its codes with their names in the catalogue they come from. */
export function asPatientAnnotation({
  catalogue,
  laboratoryId: _,
  settingsVersion: __,
  ...row
}: DiagnosisRow) {
  return {
    ...row,
    diagnosis: row.diagnosis.map(({ code, certainty }) => {
      const { name, system } = catalogue.find((entry) => entry.code === code)!;
      return { code, name, system, certainty };
    }),
  };
}
