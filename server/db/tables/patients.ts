import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  date,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { bytes, bytewiseText, createdAt, id, timestamp, updatedAt, version } from '../columns.ts';
import { hospitals, users } from './people.ts';

export const patients = pgTable(
  'patients',
  {
    id: id(),
    hospitalId: uuid()
      .notNull()
      .references(() => hospitals.id),
    createdBy: uuid()
      .notNull()
      .references(() => users.id),
    name: text().notNull(),
    age: integer().notNull(),
    gender: text({ enum: ['female', 'male', 'other', 'unknown'] }).notNull(),
    contact: text().notNull().default(''),
    dateOfBirth: date({ mode: 'string' }),
    sex: text({ enum: ['female', 'male', 'intersex', 'unknown'] }),
    version: version(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
    deletedAt: timestamp(),
  },
  (t) => [
    index('patients_hospital').on(t.hospitalId, t.createdAt),
    index('patients_created_by').on(t.createdBy, t.createdAt),
    index('patients_created_at').on(t.createdAt, t.id),
    index('patients_name').on(sql`lower(${t.name})`, t.id),
  ],
);

export const patientIdentifiers = pgTable(
  'patient_identifiers',
  {
    id: id(),
    patientId: uuid()
      .notNull()
      .references(() => patients.id),
    value: text().notNull(),
    type: text().notNull(),
    issuer: text().notNull(),
  },
  (t) => [
    unique('patient_identifiers_unique').on(t.issuer, t.type, t.value),
    index('patient_identifiers_patient').on(t.patientId),
  ],
);

/** The order that asked for a lavage. */
export const requests = pgTable(
  'requests',
  {
    id: id(),
    patientId: uuid()
      .notNull()
      .references(() => patients.id),
    accessionNumber: text(),
    requester: text(),
    question: text(),
    researchConsent: boolean(),
    createdAt: createdAt(),
  },
  (t) => [index('requests_patient').on(t.patientId), index('requests_accession').on(t.accessionNumber)],
);

export const lavages = pgTable(
  'lavages',
  {
    id: id(),
    patientId: uuid()
      .notNull()
      .references(() => patients.id),
    hospitalId: uuid()
      .notNull()
      .references(() => hospitals.id),
    requestId: uuid().references(() => requests.id),
    collectedAt: timestamp(),
    receivedAt: timestamp(),
    site: text(),
    instilledMl: doublePrecision(),
    recoveredMl: doublePrecision(),
    cellsPerMl: doublePrecision(),
    viabilityPercent: doublePrecision(),
    cd4Cd8: doublePrecision('cd4_cd8'),
    smokingStatus: text({ enum: ['never', 'former', 'current', 'unknown'] }),
    ageAtCollection: integer(),
    version: version(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [index('lavages_patient').on(t.patientId), index('lavages_hospital').on(t.hospitalId)],
);

export const slides = pgTable(
  'slides',
  {
    id: id(),
    lavageId: uuid()
      .notNull()
      .references(() => lavages.id),
    label: text().notNull(),
    stain: text().notNull().default('May-Grünwald-Giemsa'),
    preparation: text().notNull().default('cytospin'),
    /** An iron stain does not. */
    countsInDifferential: boolean().notNull().default(true),
    version: version(),
    createdAt: createdAt(),
  },
  (t) => [index('slides_lavage').on(t.lavageId)],
);

/** One image: a field of a slide. */
export const samples = pgTable(
  'samples',
  {
    /** Called job_id on the wire. */
    id: id(),
    patientId: uuid()
      .notNull()
      .references(() => patients.id),
    lavageId: uuid()
      .notNull()
      .references(() => lavages.id),
    slideId: uuid()
      .notNull()
      .references(() => slides.id),
    uploaderId: uuid()
      .notNull()
      .references(() => users.id),
    originalFilename: text().notNull(),
    /** The file name so written that text order is the order people expect (server/samples/sort-name.ts). */
    sortName: bytewiseText().notNull(),
    s3Key: text('s3_key').notNull().unique(),
    sha256: text().notNull(),
    sizeBytes: bigint({ mode: 'number' }).notNull(),
    format: text({ enum: ['jpeg', 'png', 'tiff', 'webp'] }).notNull(),
    width: integer().notNull(),
    height: integer().notNull(),
    objective: text(),
    micronsPerPixel: doublePrecision(),
    inferenceStatus: text({ enum: ['pending', 'processing', 'completed', 'failed'] })
      .notNull()
      .default('pending'),
    error: text(),
    attempts: integer().notNull().default(0),
    /** Detection parameters asked for it, by wire name; null: those its laboratory starts from. */
    detectionParameters: jsonb().$type<Record<string, number | string>>(),
    /** The attempt that may write the result (fencing token); changes with every claim. */
    runId: uuid(),
    latestRunId: uuid(),
    displayKey: text(),
    thumbnailKey: text(),
    /** Of large images (platform/tile-pyramid.ts). */
    tilesKey: text(),
    /** When its stored bytes were last read again and compared. */
    verifiedAt: timestamp(),
    /** What was found wrong with them then, such as `original corrupt`. */
    damage: text(),
    createdAt: createdAt(),
    startedAt: timestamp(),
    completedAt: timestamp(),
    deletedAt: timestamp(),
  },
  (t) => [
    uniqueIndex('samples_patient_sha256').on(t.patientId, t.sha256).where(sql`${t.deletedAt} is null`),
    index('samples_lavage').on(t.lavageId, t.createdAt),
    index('samples_lavage_name').on(t.lavageId, t.sortName, t.id),
    index('samples_uploader').on(t.uploaderId, t.createdAt),
    index('samples_status').on(t.inferenceStatus, t.createdAt),
    index('samples_created_at').on(t.createdAt, t.id),
    index('samples_completed_at').on(t.completedAt),
    index('samples_live').on(t.inferenceStatus, t.completedAt).where(sql`${t.deletedAt} is null`),
    index('samples_verified_at').on(t.verifiedAt),
    index('samples_damaged').on(t.id).where(sql`${t.damage} is not null`),
    check(
      'samples_status_known',
      sql.raw(`"inference_status" in ('pending', 'processing', 'completed', 'failed')`),
    ),
    check('samples_failed_says_why', sql`${t.inferenceStatus} <> 'failed' or ${t.error} is not null`),
  ],
);

/** Immutable result of one detection. */
export const detectionRuns = pgTable(
  'detection_runs',
  {
    /** The fencing token under which it was stored. */
    id: uuid().primaryKey(),
    sampleId: uuid()
      .notNull()
      .references(() => samples.id),
    engine: text().notNull(),
    version: text().notNull(),
    /** Why `tree` served although `model` should have. */
    fallbackReason: text(),
    parameters: jsonb().$type<Record<string, number | string>>().notNull(),
    decoder: text().notNull(),
    /** Image pixels per working pixel, and where that came from; null for runs from before it was stored. */
    downscale: doublePrecision(),
    scaleSource: text({ enum: ['microns_per_pixel', 'estimated', 'given', 'default'] }),
    /** Packed cells (core/detection/packed-cells.ts). */
    cells: bytes().notNull(),
    cellCount: integer().notNull(),
    durationMs: integer().notNull(),
    createdAt: createdAt(),
  },
  (t) => [index('detection_runs_sample').on(t.sampleId, t.createdAt)],
);
