import { createHash, randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { Role } from '../../contract/route.ts';
import type { DetectedCell } from '../../core/detection/detected-cell.ts';
import { packCells } from '../../core/detection/pack-detected-cells.ts';
import { encodePackedCells } from '../../core/detection/packed-cells.ts';
import { DEFAULT_LABORATORY_SETTINGS, type LaboratorySettings } from '../../core/laboratory-settings.ts';
import type { Db } from '../db/client.ts';
import {
  detectionRuns,
  lavages,
  patientIdentifiers,
  patients,
  samples,
  slides,
} from '../db/tables/patients.ts';
import { hospitals, laboratories, laboratorySettings, users } from '../db/tables/people.ts';
import { sortNameOf } from '../samples/sort-name.ts';

/** Rows that tests begin with. Every name is drawn, so that one file can make many of them. */

export const TEST_PASSWORD = 'correct horse battery';
/** bcrypt of TEST_PASSWORD at the lowest cost. */
const TEST_PASSWORD_HASH = '$2b$04$7elhzYZX/8l2g64ZXufpSeBR5Nb0vzv7FraAKbprl0wF9b6jh5rb6';

const drawn = (word: string) => `${word} ${randomUUID().slice(0, 8)}`;

export async function insertLaboratory(db: Db, settings: LaboratorySettings = DEFAULT_LABORATORY_SETTINGS) {
  const [laboratory] = await db
    .insert(laboratories)
    .values({ name: drawn('Laboratory') })
    .returning();
  await db.insert(laboratorySettings).values({ laboratoryId: laboratory.id, version: 1, settings });
  return laboratory;
}

/** A hospital whose uploaders share; in a laboratory of its own unless told. */
export async function insertHospital(db: Db, given: Partial<typeof hospitals.$inferInsert> = {}) {
  const laboratoryId = given.laboratoryId ?? (await insertLaboratory(db)).id;
  const [hospital] = await db
    .insert(hospitals)
    .values({ name: drawn('Hospital'), location: 'Testville', ...given, laboratoryId })
    .returning();
  return hospital;
}

/** An active user with TEST_PASSWORD, in the given hospital or one of their own. */
export async function insertUser(db: Db, role: Role, given: Partial<typeof users.$inferInsert> = {}) {
  const belongs = given.hospitalId ?? given.laboratoryId;
  const hospital = role !== 'ADMIN' && belongs === undefined ? await insertHospital(db) : undefined;
  const [user] = await db
    .insert(users)
    .values({
      name: drawn(role),
      email: `${randomUUID()}@example.org`,
      passwordHash: TEST_PASSWORD_HASH,
      status: 'active',
      hospitalId: hospital?.id,
      laboratoryId: role === 'ANNOTATOR' ? hospital?.laboratoryId : undefined,
      ...given,
      role,
    })
    .returning();
  return user;
}

/** A laboratory with one hospital and a user of each role in it. */
export async function insertStaff(db: Db) {
  const hospital = await insertHospital(db);
  const { id: hospitalId, laboratoryId } = hospital;
  return {
    hospital,
    laboratoryId,
    admin: await insertUser(db, 'ADMIN', { laboratoryId }),
    uploader: await insertUser(db, 'UPLOADER', { hospitalId }),
    annotator: await insertUser(db, 'ANNOTATOR', { hospitalId, laboratoryId }),
  };
}

interface Owner {
  id: string;
  hospitalId: string | null;
}

export async function insertPatient(
  db: Db,
  createdBy: Owner,
  given: Partial<typeof patients.$inferInsert> & {
    identifiers?: { value: string; type: string; issuer: string }[];
  } = {},
) {
  const { identifiers = [], ...columns } = given;
  const hospitalId = columns.hospitalId ?? createdBy.hospitalId;
  if (!hospitalId) throw new Error('a patient needs a hospital: give hospitalId');
  const [patient] = await db
    .insert(patients)
    .values({
      name: drawn('Patient'),
      age: 54,
      gender: 'female',
      ...columns,
      hospitalId,
      createdBy: createdBy.id,
    })
    .returning();
  if (identifiers.length > 0) {
    await db.insert(patientIdentifiers).values(identifiers.map((one) => ({ ...one, patientId: patient.id })));
  }
  return patient;
}

export async function insertLavage(
  db: Db,
  patient: { id: string; hospitalId: string },
  given: Partial<typeof lavages.$inferInsert> = {},
) {
  const [lavage] = await db
    .insert(lavages)
    .values({ ...given, patientId: patient.id, hospitalId: patient.hospitalId })
    .returning();
  return lavage;
}

export async function insertSlide(
  db: Db,
  lavage: { id: string },
  given: Partial<typeof slides.$inferInsert> = {},
) {
  const [slide] = await db
    .insert(slides)
    .values({ label: drawn('Slide'), ...given, lavageId: lavage.id })
    .returning();
  return slide;
}

/** A sample's row without bytes behind it, on a slide of its own unless told; it waits to be processed. */
export async function insertSample(
  db: Db,
  lavage: { id: string; patientId: string },
  uploader: { id: string },
  given: Partial<typeof samples.$inferInsert> = {},
) {
  const slideId = given.slideId ?? (await insertSlide(db, lavage)).id;
  const key = randomUUID();
  const originalFilename = given.originalFilename ?? `${key}.png`;
  const [sample] = await db
    .insert(samples)
    .values({
      originalFilename,
      sortName: sortNameOf(originalFilename),
      s3Key: `samples/${key}/original`,
      sha256: createHash('sha256').update(key).digest('hex'),
      sizeBytes: 1000,
      format: 'png',
      width: 1000,
      height: 800,
      ...given,
      slideId,
      patientId: lavage.patientId,
      lavageId: lavage.id,
      uploaderId: uploader.id,
    })
    .returning();
  return sample;
}

/** Patient, lavage, slide and one waiting sample, as after a first upload. */
export async function insertPatientWithSample(db: Db, uploader: Owner) {
  const patient = await insertPatient(db, uploader);
  const lavage = await insertLavage(db, patient);
  const slide = await insertSlide(db, lavage);
  const sample = await insertSample(db, lavage, uploader, { slideId: slide.id });
  return { patient, lavage, slide, sample };
}

/** A cell of 40 px with a square nucleus of 20 px, its centre at x, y. */
export function testCell(x: number, y: number, cellType = 'WBC-Lymphocyte', confidence = 0.9): DetectedCell {
  return {
    x: x - 20,
    y: y - 20,
    width: 40,
    height: 40,
    cellType,
    confidence,
    nucleus: {
      x,
      y,
      areaPx: 400,
      outline: Float32Array.of(x - 10, y - 10, x + 10, y - 10, x + 10, y + 10, x - 10, y + 10),
    },
  } as DetectedCell;
}

/** Stores a detection and sets the sample `completed` with it. */
export async function insertDetectionRun(
  db: Db,
  sample: { id: string },
  cells: readonly DetectedCell[] = [testCell(100, 100), testCell(300, 200, 'WBC-Macrophage')],
) {
  const [run] = await db
    .insert(detectionRuns)
    .values({
      id: randomUUID(),
      sampleId: sample.id,
      engine: 'tree',
      version: '1',
      parameters: {},
      decoder: 'test',
      cells: encodePackedCells(packCells(cells)),
      cellCount: cells.length,
      durationMs: 10,
    })
    .returning();
  await db
    .update(samples)
    .set({ inferenceStatus: 'completed', latestRunId: run.id, attempts: 1, completedAt: run.createdAt })
    .where(eq(samples.id, sample.id));
  return run;
}
