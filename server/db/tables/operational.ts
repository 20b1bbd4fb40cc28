import { sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { createdAt, id, ipAddress, timestamp } from '../columns.ts';

/** Append-only, also for the database role of the application; rows are inserted in the act's own transaction. */
export const userActivityLog = pgTable(
  'user_activity_log',
  {
    id: id(),
    at: createdAt(),
    userId: uuid(),
    activityType: text().notNull(),
    description: text().notNull(),
    entityType: text(),
    entityId: uuid(),
    metadata: jsonb().$type<Record<string, unknown>>(),
    address: ipAddress(),
    requestId: text(),
  },
  (t) => [
    index('user_activity_log_user').on(t.userId, t.at),
    index('user_activity_log_entity').on(t.entityType, t.entityId, t.at),
    index('user_activity_log_at').on(t.at),
    index('user_activity_log_type').on(t.activityType, t.at),
  ],
);

/** Entries of the activity log that are not in the chain yet; a trigger puts them here in the entry's transaction. */
export const unsealedActivities = pgTable('unsealed_activities', { activityId: uuid().primaryKey() });

/** The hash chain over the activity log, written by the database's own function `seal_activities`. */
export const activitySeals = pgTable('activity_seals', {
  sequence: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  activityId: uuid()
    .notNull()
    .unique()
    .references(() => userActivityLog.id),
  hash: text().notNull(),
  at: createdAt(),
});

/** Resumable uploads (tus), forgotten once they expired. */
export const uploads = pgTable(
  'uploads',
  {
    id: id(),
    userId: uuid().notNull(),
    /** Where all bytes lie, and their hash, once the parts were joined. */
    objectKey: text(),
    sha256: text(),
    lengthBytes: bigint({ mode: 'number' }).notNull(),
    offsetBytes: bigint({ mode: 'number' }).notNull().default(0),
    /** As sent: the fields of the form that it stands for, `filename` and `sha256`. */
    fields: jsonb().$type<Record<string, string>>().notNull(),
    /** What it became. */
    sampleId: uuid(),
    createdAt: createdAt(),
    expiresAt: timestamp().notNull(),
  },
  (t) => [index('uploads_user').on(t.userId, t.createdAt), index('uploads_expiry').on(t.expiresAt)],
);

/** What came of an upload so far: one object for each request that brought bytes. */
export const uploadParts = pgTable(
  'upload_parts',
  {
    uploadId: uuid()
      .notNull()
      .references(() => uploads.id, { onDelete: 'cascade' }),
    offsetBytes: bigint({ mode: 'number' }).notNull(),
    lengthBytes: bigint({ mode: 'number' }).notNull(),
    objectKey: text().notNull(),
    sha256: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.uploadId, t.offsetBytes] })],
);

/**
 * Jobs of a queue outside the database, one a sample: written with the sample, forwarded from here, leased while a
 * worker has them. They are kept after their end for as long as the queue may bring their message once more.
 */
export const outbox = pgTable(
  'outbox',
  {
    sampleId: uuid().primaryKey(),
    enqueuedAt: createdAt(),
    sentAt: timestamp(),
    leaseId: uuid(),
    leasedUntil: timestamp(),
    /** How often it was leased. */
    attempts: integer().notNull().default(0),
    endedAt: timestamp(),
    /** Given up before and handed out once more because somebody wished so. */
    redriven: boolean().notNull().default(false),
    /** Of the request that added it, where requests are traced. */
    traceparent: text(),
  },
  (t) => [
    index('outbox_unsent').on(t.enqueuedAt).where(sql`${t.sentAt} is null and ${t.endedAt} is null`),
    index('outbox_open').on(t.enqueuedAt).where(sql`${t.endedAt} is null`),
    index('outbox_ended').on(t.endedAt).where(sql`${t.endedAt} is not null`),
  ],
);

export const workerHeartbeats = pgTable('worker_heartbeats', {
  id: text().primaryKey(),
  startedAt: createdAt(),
  lastSeenAt: createdAt(),
  activeJobs: integer().notNull().default(0),
});

/** Totals that lists show without counting a whole table. */
export const listCounters = pgTable('list_counters', {
  name: text().primaryKey(),
  count: bigint({ mode: 'number' }).notNull().default(0),
});

/** Requests and attempts by address and by account, which all API processes count together. */
export const rateCounts = pgTable(
  'rate_counts',
  {
    key: text().primaryKey(),
    count: integer().notNull(),
    endsAt: timestamp().notNull(),
  },
  (t) => [index('rate_counts_end').on(t.endsAt)],
);
