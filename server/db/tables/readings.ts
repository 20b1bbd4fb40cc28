import { sql } from 'drizzle-orm';
import {
  boolean,
  check,
  doublePrecision,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { createdAt, id, timestamp, updatedAt, version } from '../columns.ts';
import { detectionRuns, lavages, samples } from './patients.ts';
import { laboratorySettings, users } from './people.ts';

/** One reader's count of one lavage. */
export const readings = pgTable(
  'readings',
  {
    id: id(),
    lavageId: uuid()
      .notNull()
      .references(() => lavages.id),
    userId: uuid()
      .notNull()
      .references(() => users.id),
    purpose: text({ enum: ['primary', 'second', 'adjudication'] }).notNull(),
    blinded: boolean().notNull().default(false),
    status: text({ enum: ['open', 'closed'] })
      .notNull()
      .default('open'),
    laboratoryId: uuid().notNull(),
    settingsVersion: integer().notNull(),
    version: version(),
    createdAt: createdAt(),
    closedAt: timestamp(),
  },
  (t) => [
    uniqueIndex('readings_open').on(t.lavageId, t.userId).where(sql`${t.status} = 'open'`),
    index('readings_lavage').on(t.lavageId),
    index('readings_user').on(t.userId),
    foreignKey({
      name: 'readings_settings',
      columns: [t.laboratoryId, t.settingsVersion],
      foreignColumns: [laboratorySettings.laboratoryId, laboratorySettings.version],
    }),
  ],
);

/** What a reading says of one field; a field without a row is unread. */
export const readingFields = pgTable(
  'reading_fields',
  {
    readingId: uuid()
      .notNull()
      .references(() => readings.id),
    sampleId: uuid()
      .notNull()
      .references(() => samples.id),
    state: text({ enum: ['unread', 'complete', 'excluded'] }).notNull(),
    excludedBecause: text(),
    /** The run whose unmarked cells count when the field is complete. */
    runId: uuid().references(() => detectionRuns.id),
    updatedAt: updatedAt(),
  },
  (t) => [
    primaryKey({ columns: [t.readingId, t.sampleId] }),
    index('reading_fields_sample').on(t.sampleId),
    check('reading_fields_says_why', sql`${t.state} <> 'excluded' or ${t.excludedBecause} is not null`),
  ],
);

/** Cells as a reader marked them. What they refer to is kept, and checked, in `annotation_references`. */
export const sampleAnnotations = pgTable(
  'sample_annotations',
  {
    id: id(),
    readingId: uuid().notNull(),
    sampleId: uuid().notNull(),
    userId: uuid().notNull(),
    x: doublePrecision().notNull(),
    y: doublePrecision().notNull(),
    width: doublePrecision().notNull(),
    height: doublePrecision().notNull(),
    /** Outline points x, y, …, px, where the reader drew one. */
    geometry: jsonb().$type<number[]>(),
    cellType: text().notNull(),
    comments: text(),
    source: text({ enum: ['manual', 'detection', 'rejection'] }).notNull(),
    runId: uuid(),
    detectionIndex: integer(),
    confidence: doublePrecision(),
    /** Image edges touched, as bits: 1 left, 2 top, 4 right, 8 bottom. */
    edges: smallint().notNull().default(0),
    version: version(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
    deletedAt: timestamp(),
  },
  (t) => [
    index('sample_annotations_reading').on(t.readingId, t.sampleId),
    // Of days for administrators. An index that is a tree would make saving cells a quarter slower.
    index('sample_annotations_created_at').using('brin', t.createdAt),
    uniqueIndex('sample_annotations_detection')
      .on(t.readingId, t.sampleId, t.runId, t.detectionIndex)
      .where(sql`${t.deletedAt} is null and ${t.detectionIndex} is not null`),
    check('sample_annotations_index', sql`(${t.source} = 'manual') = (${t.detectionIndex} is null)`),
  ],
);

/**
 * What annotations refer to, one row for all that share it, written by a trigger: foreign keys are so checked once a
 * save, not once a cell, which took longer than to store the cells.
 */
export const annotationReferences = pgTable(
  'annotation_references',
  {
    readingId: uuid()
      .notNull()
      .references(() => readings.id),
    sampleId: uuid()
      .notNull()
      .references(() => samples.id),
    userId: uuid()
      .notNull()
      .references(() => users.id),
    runId: uuid().references(() => detectionRuns.id),
  },
  (t) => [
    unique('annotation_references_once').on(t.readingId, t.sampleId, t.userId, t.runId).nullsNotDistinct(),
  ],
);

export const patientAnnotations = pgTable(
  'patient_annotations',
  {
    id: id(),
    lavageId: uuid()
      .notNull()
      .references(() => lavages.id),
    readingId: uuid().references(() => readings.id),
    userId: uuid()
      .notNull()
      .references(() => users.id),
    adequacy: text({ enum: ['adequate', 'inadequate'] }).notNull(),
    adequacyReasons: text(),
    pattern: text(),
    diagnosis: jsonb()
      .$type<{ code: string; certainty: 'suggests' | 'consistent_with' | 'established' }[]>()
      .notNull(),
    laboratoryId: uuid().notNull(),
    /** The catalogue version its codes come from. */
    settingsVersion: integer().notNull(),
    comments: text(),
    version: version(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
    deletedAt: timestamp(),
  },
  (t) => [
    index('patient_annotations_lavage').on(t.lavageId),
    index('patient_annotations_created_at').on(t.createdAt, t.id),
    foreignKey({
      name: 'patient_annotations_settings',
      columns: [t.laboratoryId, t.settingsVersion],
      foreignColumns: [laboratorySettings.laboratoryId, laboratorySettings.version],
    }),
  ],
);

export const findings = pgTable(
  'findings',
  {
    id: id(),
    readingId: uuid()
      .notNull()
      .references(() => readings.id),
    code: text().notNull(),
    note: text(),
    createdAt: createdAt(),
  },
  (t) => [index('findings_reading').on(t.readingId)],
);

export const reports = pgTable(
  'reports',
  {
    id: id(),
    readingId: uuid()
      .notNull()
      .references(() => readings.id),
    version: integer().notNull(),
    content: jsonb().notNull(),
    hash: text().notNull(),
    countedBy: uuid()
      .notNull()
      .references(() => users.id),
    signedBy: uuid().references(() => users.id),
    signedAt: timestamp(),
    amendedBecause: text(),
    createdAt: createdAt(),
  },
  (t) => [unique('reports_version').on(t.readingId, t.version)],
);
