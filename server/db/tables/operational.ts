import { bigint, index, inet, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { createdAt, id, timestamp } from '../columns.ts';

/** Append-only; rows are inserted in the act's own transaction. */
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
    address: inet(),
    requestId: text(),
  },
  (t) => [
    index('user_activity_log_user').on(t.userId, t.at),
    index('user_activity_log_entity').on(t.entityType, t.entityId, t.at),
    index('user_activity_log_at').on(t.at),
  ],
);

/** The hash chain over the activity log, written by its single sealer. */
export const activitySeals = pgTable('activity_seals', {
  sequence: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  activityId: uuid()
    .notNull()
    .unique()
    .references(() => userActivityLog.id),
  hash: text().notNull(),
  at: createdAt(),
});

/** Resumable uploads under way (tus). */
export const uploads = pgTable('uploads', {
  id: id(),
  userId: uuid().notNull(),
  objectKey: text().notNull(),
  lengthBytes: bigint({ mode: 'number' }).notNull(),
  offsetBytes: bigint({ mode: 'number' }).notNull().default(0),
  fields: jsonb().$type<Record<string, string>>().notNull(),
  sampleId: uuid(),
  createdAt: createdAt(),
  expiresAt: timestamp().notNull(),
});

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
