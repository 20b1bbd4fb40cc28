import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { LaboratorySettings } from '../../../core/laboratory-settings.ts';
import { bytes, createdAt, id, ipAddress, timestamp, updatedAt, version } from '../columns.ts';

export const laboratories = pgTable('laboratories', {
  id: id(),
  name: text().notNull().unique(),
  createdAt: createdAt(),
});

/** Immutable versions; readings and reports keep the one they used. */
export const laboratorySettings = pgTable(
  'laboratory_settings',
  {
    laboratoryId: uuid()
      .notNull()
      .references(() => laboratories.id),
    version: integer().notNull(),
    settings: jsonb().$type<LaboratorySettings>().notNull(),
    createdBy: uuid(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.laboratoryId, t.version] })],
);

export const hospitals = pgTable('hospitals', {
  id: id(),
  name: text().notNull().unique(),
  location: text().notNull().default(''),
  laboratoryId: uuid()
    .notNull()
    .references(() => laboratories.id),
  /** Whether its uploaders see each other's patients. */
  uploadersShare: boolean().notNull().default(true),
  version: version(),
  createdAt: createdAt(),
});

export const users = pgTable(
  'users',
  {
    id: id(),
    name: text().notNull(),
    email: text().notNull(),
    passwordHash: text().notNull(),
    role: text({ enum: ['ADMIN', 'UPLOADER', 'ANNOTATOR'] }).notNull(),
    status: text({ enum: ['pending', 'active', 'disabled'] }).notNull(),
    hospitalId: uuid().references(() => hospitals.id),
    laboratoryId: uuid().references(() => laboratories.id),
    /** Role, hospital and location asked for at registration, until an administrator grants them. */
    requested: jsonb().$type<{ hospital: string; location: string }>(),
    canSign: boolean().notNull().default(false),
    /** Raised by a change of role, password or status; sessions of an older one end. */
    securityVersion: integer().notNull().default(1),
    /** Somebody else knows the password: the user chooses another one before anything else. */
    mustChangePassword: boolean().notNull().default(false),
    version: version(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    uniqueIndex('users_email').on(sql`lower(${t.email})`),
    index('users_hospital').on(t.hospitalId),
    check('users_role', sql.raw(`"role" in ('ADMIN', 'UPLOADER', 'ANNOTATOR')`)),
    check('users_status', sql.raw(`"status" in ('pending', 'active', 'disabled')`)),
    check(
      'users_belong',
      sql`${t.role} <> 'UPLOADER' or ${t.status} <> 'active' or ${t.hospitalId} is not null`,
    ),
  ],
);

export const sessions = pgTable(
  'sessions',
  {
    id: id(),
    userId: uuid()
      .notNull()
      .references(() => users.id),
    /** SHA-256 of the cookie's secret; the secret itself is not kept. */
    secretHash: text().notNull().unique(),
    securityVersion: integer().notNull(),
    /** Of the refresh token that is good now; an older one that comes again was stolen, then or now. */
    refreshGeneration: integer().notNull().default(0),
    userAgent: text(),
    address: ipAddress(),
    createdAt: createdAt(),
    lastSeenAt: timestamp().notNull().default(sql`now()`),
    expiresAt: timestamp().notNull(),
    endedAt: timestamp(),
  },
  (t) => [index('sessions_user').on(t.userId)],
);

export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    userId: uuid()
      .notNull()
      .references(() => users.id),
    key: text().notNull(),
    route: text().notNull(),
    requestHash: text().notNull(),
    status: smallint(),
    reply: jsonb(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.key] })],
);

/** One user's right to read one patient that is not theirs to see: for a short time, a stated reason, and reviewed. */
export const emergencyAccesses = pgTable(
  'emergency_accesses',
  {
    id: id(),
    userId: uuid()
      .notNull()
      .references(() => users.id),
    patientId: uuid().notNull(),
    reason: text().notNull(),
    createdAt: createdAt(),
    expiresAt: timestamp().notNull(),
    /** By an administrator: until one allows it again, this user opens this patient no more. */
    endedAt: timestamp(),
    reopeningAllowedAt: timestamp(),
    reviewedAt: timestamp(),
    reviewedBy: uuid().references(() => users.id),
  },
  (t) => [
    index('emergency_accesses_user').on(t.userId, t.expiresAt),
    index('emergency_accesses_created_at').on(t.createdAt),
  ],
);

export const secondFactors = pgTable('second_factors', {
  userId: uuid()
    .primaryKey()
    .references(() => users.id),
  secret: bytes().notNull(),
  confirmedAt: timestamp(),
  /** The last time step accepted, so that a code works once. */
  lastStep: bigint({ mode: 'number' }),
  /** Hashes of unused recovery codes. */
  recoveryHashes: text().array().notNull(),
  createdAt: createdAt(),
});

export const oneTimeLinks = pgTable('one_time_links', {
  id: id(),
  userId: uuid()
    .notNull()
    .references(() => users.id),
  purpose: text({ enum: ['password_reset'] }).notNull(),
  secretHash: text().notNull().unique(),
  createdBy: uuid()
    .notNull()
    .references(() => users.id),
  expiresAt: timestamp().notNull(),
  usedAt: timestamp(),
  createdAt: createdAt(),
});
