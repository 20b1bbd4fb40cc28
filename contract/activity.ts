import { z } from 'zod';
import { Id, listOf, listQuery, Named, Timestamp } from './common.ts';
import { ADMINISTRATION, defineRoutes } from './route.ts';

export const ActivityEntry = z.object({
  id: Id,
  at: Timestamp,
  /** Nobody for what the system did itself, and for sign-ins that failed. */
  user: Named.nullable(),
  /** What was done to what, as `patient.create`. */
  activity_type: z.string(),
  description: z.string(),
  entity_type: z.string().nullable(),
  entity_id: Id.nullable(),
  metadata: z.record(z.string(), z.unknown()).nullable(),
  address: z.string().nullable(),
  request_id: z.string().nullable(),
});

/** What is wrong with the log, and where. */
const ActivityFinding = z.object({
  kind: z.enum(['changed', 'removed', 'inserted']),
  /** Place in the chain; none for an entry that was inserted past it. */
  sequence: z.number().int().nullable(),
  /** The entry; unknown where it was removed together with its place. */
  activity_id: Id.nullable(),
  detail: z.string(),
});

export const activityRoutes = defineRoutes({
  listActivities: {
    ...ADMINISTRATION,
    method: 'GET',
    path: '/admin/activity-logs',
    summary: 'Who did what to what, and when',
    query: listQuery({
      user_id: Id.optional(),
      /** A type, as `patient.read`, or all of a kind, as `patient`. */
      activity_type: z
        .string()
        .regex(/^[a-z][a-z0-9_.]{0,63}$/, 'lower case letters, digits, dots and underscores')
        .optional(),
      entity_type: z
        .string()
        .regex(/^[a-z_]{1,40}$/, 'lower case letters and underscores')
        .optional(),
      entity_id: Id.optional(),
      from: Timestamp.optional(),
      to: Timestamp.optional(),
      sort: z.enum(['at', '-at']).default('-at'),
    }),
    response: listOf(ActivityEntry),
  },
  verifyActivities: {
    ...ADMINISTRATION,
    method: 'GET',
    path: '/admin/activity-logs/verify',
    summary: 'Compare every entry of the activity log with the hash chain over them',
    response: z.object({
      /** Entries in the chain; those of the last seconds may still wait. */
      sealed: z.number().int(),
      waiting: z.number().int(),
      /** Last place and hash of the chain: kept elsewhere, they tell later whether its end was cut off. */
      head: z.object({ sequence: z.number().int(), hash: z.string(), at: Timestamp }).nullable(),
      /** The first hundred. */
      findings: z.array(ActivityFinding),
      /** Whether the application's database role can only add to the log. */
      protected: z.boolean(),
    }),
  },
});
