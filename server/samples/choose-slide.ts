import { insertActivity } from '../activity/queries.ts';
import type { Caller } from '../auth/caller.ts';
import type { Db } from '../db/client.ts';
import { AppError } from '../errors.ts';
import type { UploadFields } from './upload-fields.ts';
import {
  insertLavage,
  insertPatient,
  insertSlide,
  listLavages,
  listSlides,
  lockVisiblePatient,
} from './upload-queries.ts';

export interface SlideOfPatient {
  patientId: string;
  lavageId: string;
  slideId: string;
}

/**
 * The slide that an upload is of: the one named; else the only one there is, or a first one with defaults.
 * @throws AppError not_found, ambiguous_lavage, validation_failed, forbidden
 */
export async function chooseSlide(tx: Db, caller: Caller, fields: UploadFields): Promise<SlideOfPatient> {
  // Locked, so that two first uploads at once do not both make the first lavage.
  const patient = fields.patientId
    ? await lockVisiblePatient(tx, caller, fields.patientId)
    : await createPatient(tx, caller, fields);
  if (!patient) throw new AppError('not_found', 'There is no such patient.');
  if (fields.patientId) refusePatientFields(fields);

  const lavages = await listLavages(tx, patient.id);
  const slides = await listSlides(tx, lavages);
  const slide = slides.find(({ id }) => id === fields.slideId);
  if (fields.slideId && !slide) throw new AppError('not_found', 'The patient has no such slide.');
  const lavageId = slide?.lavageId ?? (await chooseLavage(tx, caller, patient, fields.lavageId, lavages));
  if (fields.lavageId && fields.lavageId !== lavageId) {
    throw new AppError('not_found', 'The lavage has no such slide.');
  }
  const ofLavage = slides.filter((one) => one.lavageId === lavageId).map(({ id }) => id);
  const slideId = slide?.id ?? (await onlyOf(ofLavage, 'slide', () => createSlide(tx, caller, lavageId)));
  return { patientId: patient.id, lavageId, slideId };
}

async function chooseLavage(
  tx: Db,
  caller: Caller,
  patient: { id: string; hospitalId: string },
  named: string | undefined,
  lavages: readonly string[],
): Promise<string> {
  if (!named) return onlyOf(lavages, 'lavage', () => createLavage(tx, caller, patient));
  if (!lavages.includes(named)) throw new AppError('not_found', 'The patient has no such lavage.');
  return named;
}

async function onlyOf(
  ids: readonly string[],
  what: 'lavage' | 'slide',
  create: () => Promise<string>,
): Promise<string> {
  if (ids.length > 1) {
    throw new AppError(
      'ambiguous_lavage',
      `There are ${ids.length} ${what}s. Say which one with ${what}_id.`,
    );
  }
  return ids[0] ?? create();
}

function refusePatientFields({ name, age, gender, contact }: UploadFields): void {
  const given = Object.entries({ name, age, gender, contact }).filter(([, value]) => value !== undefined);
  if (given.length === 0) return;
  const message = 'goes with a new patient only; leave it out, or leave patient_id out';
  throw new AppError('validation_failed', `${given[0][0]}: ${message}`, {
    errors: given.map(([path]) => ({ path, message })),
  });
}

async function createPatient(tx: Db, caller: Caller, { name, age, gender, contact = '' }: UploadFields) {
  if (name === undefined || age === undefined || gender === undefined) {
    const message = 'Give patient_id, or name, age and gender of a new patient.';
    throw new AppError('validation_failed', message, { errors: [{ path: 'patient_id', message }] });
  }
  if (!caller.hospitalId) {
    const message = 'You belong to no hospital: create the patient in one first, then give patient_id.';
    throw new AppError('validation_failed', message, { errors: [{ path: 'patient_id', message }] });
  }
  const patient = { name, age, gender, contact, hospitalId: caller.hospitalId, createdBy: caller.id };
  const id = await insertPatient(tx, patient);
  await note(tx, caller, 'patient', id);
  return { id, hospitalId: caller.hospitalId };
}

async function createLavage(tx: Db, caller: Caller, patient: { id: string; hospitalId: string }) {
  const id = await insertLavage(tx, { patientId: patient.id, hospitalId: patient.hospitalId });
  await note(tx, caller, 'lavage', id);
  return id;
}

async function createSlide(tx: Db, caller: Caller, lavageId: string) {
  const id = await insertSlide(tx, { lavageId, label: 'Slide 1' });
  await note(tx, caller, 'slide', id);
  return id;
}

async function note(tx: Db, caller: Caller, entityType: 'patient' | 'lavage' | 'slide', entityId: string) {
  await insertActivity(tx, caller, {
    activityType: `${entityType}.create`,
    description: `Created a ${entityType} by uploading an image`,
    entityType,
    entityId,
  });
}
