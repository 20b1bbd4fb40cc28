import type { Role } from '../../contract/route.ts';
import { startSession } from '../auth/sessions.ts';
import type { Db } from '../db/client.ts';
import { uploads } from '../db/tables/operational.ts';
import { patientIdentifiers } from '../db/tables/patients.ts';
import { emergencyAccesses } from '../db/tables/people.ts';
import { patientAnnotations, readings, sampleAnnotations } from '../db/tables/readings.ts';
import type { RowKind } from './api-operations.ts';
import {
  insertDetectionRun,
  insertHospital,
  insertLaboratory,
  insertPatientWithSample,
  insertUser,
} from './factories.ts';

type User = Awaited<ReturnType<typeof insertUser>>;

/** One hospital with all that can belong to one. */
export interface Place {
  name: string;
  hospital: Awaited<ReturnType<typeof insertHospital>>;
  uploader: User;
  colleague: User;
  annotator: User;
  /** The id of a row of each kind, of the uploader's and the annotator's. */
  rows: Record<RowKind, string>;
}

export interface Caller {
  name: string;
  user: User;
  /** The sharing of their hospital. */
  shares: boolean;
}

/** Two laboratories, three hospitals, one of which does not share. */
export interface World {
  admin: User;
  places: Place[];
  callers: Caller[];
}

export async function insertWorld(db: Db): Promise<World> {
  const here = await insertLaboratory(db);
  const elsewhere = await insertLaboratory(db);
  const places = [
    await insertPlace(db, 'home', here.id, true),
    await insertPlace(db, 'neighbour', here.id, false),
    await insertPlace(db, 'abroad', elsewhere.id, true),
  ];
  const admin = await insertUser(db, 'ADMIN', { laboratoryId: here.id });
  const staff = places.flatMap(({ name, hospital: { uploadersShare: shares }, ...place }) =>
    (['uploader', 'colleague', 'annotator'] as const).map((role) => ({
      name: `${role} ${name}`,
      user: place[role],
      shares,
    })),
  );
  return { admin, places, callers: [{ name: 'admin', user: admin, shares: false }, ...staff] };
}

async function insertPlace(
  db: Db,
  name: string,
  laboratoryId: string,
  uploadersShare: boolean,
): Promise<Place> {
  const hospital = await insertHospital(db, { laboratoryId, uploadersShare });
  const belongs = { hospitalId: hospital.id, laboratoryId };
  const uploader = await insertUser(db, 'UPLOADER', belongs);
  const colleague = await insertUser(db, 'UPLOADER', belongs);
  const annotator = await insertUser(db, 'ANNOTATOR', belongs);
  const bystander = await insertUser(db, 'UPLOADER', belongs);
  const { patient, lavage, slide, sample } = await insertPatientWithSample(db, uploader);
  await db
    .insert(patientIdentifiers)
    .values({ patientId: patient.id, value: patient.id, type: 'MRN', issuer: 'World' });
  const run = await insertDetectionRun(db, sample);
  const reads = { userId: annotator.id, lavageId: lavage.id };
  const [reading] = await db
    .insert(readings)
    .values({ ...reads, purpose: 'primary', laboratoryId, settingsVersion: 1 })
    .returning();
  const [annotation] = await db
    .insert(sampleAnnotations)
    .values({
      readingId: reading.id,
      sampleId: sample.id,
      userId: annotator.id,
      x: 10,
      y: 10,
      width: 30,
      height: 30,
      cellType: 'WBC-Lymphocyte',
      source: 'manual',
    })
    .returning();
  const [diagnosis] = await db
    .insert(patientAnnotations)
    .values({ ...reads, adequacy: 'adequate', diagnosis: [], laboratoryId, settingsVersion: 1 })
    .returning();
  const session = await startSession(db, uploader, { accessTokenExpiryS: 3600 }, NO_CLIENT);
  const [upload] = await db
    .insert(uploads)
    .values({
      userId: uploader.id,
      lengthBytes: 10,
      fields: { patient_id: patient.id, filename: 'a.png' },
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    })
    .returning();
  const [emergency] = await db
    .insert(emergencyAccesses)
    .values({ userId: bystander.id, patientId: patient.id, reason: 'It cannot wait', expiresAt: LONG_AGO })
    .returning();
  const rows = {
    patient: patient.id,
    lavage: lavage.id,
    slide: slide.id,
    sample: sample.id,
    run: run.id,
    reading: reading.id,
    annotation: annotation.id,
    diagnosis: diagnosis.id,
    session: session.sessionId,
    upload: upload.id,
    user: bystander.id,
    hospital: hospital.id,
    laboratory: laboratoryId,
    emergency: emergency.id,
  };
  return { name, hospital, uploader, colleague, annotator, rows };
}

const LONG_AGO = '2026-01-01T00:00:00.000Z';
const NO_CLIENT = { userAgent: undefined, address: undefined };

const READ_BY_ONE: readonly RowKind[] = ['reading', 'annotation', 'diagnosis'];

/** Whether the caller may look at rows of this kind in this place; written apart from what the server goes by. */
export function reaches({ user, shares }: Caller, { hospital, uploader, annotator }: Place, row: RowKind) {
  const role: Role = user.role;
  if (row === 'session' || row === 'upload') return user.id === uploader.id;
  if (READ_BY_ONE.includes(row)) return user.id === annotator.id;
  if (role === 'ADMIN') return true;
  if (row === 'user' || row === 'emergency') return false;
  if (row === 'hospital') return user.hospitalId === hospital.id;
  if (row === 'laboratory') return user.laboratoryId === hospital.laboratoryId;
  if (role === 'ANNOTATOR') return user.laboratoryId === hospital.laboratoryId;
  return user.id === uploader.id || (shares && user.hospitalId === hospital.id);
}
