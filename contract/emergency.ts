import { z } from 'zod';
import { Id, IdParams, listOf, listQuery, Named, Text, Timestamp } from './common.ts';
import { defineRoutes } from './route.ts';

const tag = 'Emergency access';

/** One user's right to read one patient that is not theirs to see, for a short time and a stated reason. */
export const EmergencyAccess = z.object({
  id: Id,
  patient_id: Id,
  reason: z.string(),
  created_at: Timestamp,
  expires_at: Timestamp,
});

/** As administrators see it. */
export const ReviewedEmergencyAccess = EmergencyAccess.extend({
  user: Named,
  hospital: Named,
  /** When an administrator ended it; its user then opens this patient no more until reopening is allowed. */
  ended_at: Timestamp.nullable(),
  reopening_allowed_at: Timestamp.nullable(),
  reviewed: z.object({ at: Timestamp, by: z.string() }).nullable(),
});

export const emergencyRoutes = defineRoutes({
  openEmergencyAccess: {
    method: 'POST',
    path: '/emergency-accesses',
    summary: "Read another hospital's patient for an hour, with a reason; administrators are told",
    tag,
    access: ['UPLOADER', 'ANNOTATOR'],
    body: z.strictObject({
      /** One of the patient's identifiers, exactly as it was issued. */
      identifier: z.strictObject({ value: Text(64), type: Text(32), issuer: Text(120) }),
      reason: Text(500).min(10, 'say in a sentence why it cannot wait'),
    }),
    response: EmergencyAccess,
    status: 201,
    idempotent: true,
    errors: ['not_found', 'conflict', 'rate_limited'],
  },
  listEmergencyAccesses: {
    method: 'GET',
    path: '/emergency-accesses',
    summary: "The caller's emergency accesses that have not expired",
    tag,
    access: ['UPLOADER', 'ANNOTATOR'],
    response: listOf(EmergencyAccess),
  },
  listAllEmergencyAccesses: {
    method: 'GET',
    path: '/admin/emergency-accesses',
    summary: 'Emergency accesses of all users, the newest first',
    tag,
    access: ['ADMIN'],
    query: listQuery({
      reviewed: z.enum(['true', 'false']).optional(),
      /** Whether it keeps its user from opening the patient again: ended, and reopening not allowed. */
      barring: z.enum(['true', 'false']).optional(),
    }),
    response: listOf(ReviewedEmergencyAccess),
  },
  reviewEmergencyAccess: {
    method: 'POST',
    path: '/admin/emergency-accesses/:id/review',
    summary:
      'Note that an administrator looked at it; where it was not justified, end it and bar its user from opening the patient again',
    tag,
    access: ['ADMIN'],
    params: IdParams,
    body: z.strictObject({ end: z.boolean() }),
    response: ReviewedEmergencyAccess,
    errors: ['not_found'],
  },
  allowReopening: {
    method: 'POST',
    path: '/admin/emergency-accesses/:id/allow-reopening',
    summary: 'Let the user of an ended emergency access open the patient again; it opens nothing by itself',
    tag,
    access: ['ADMIN'],
    params: IdParams,
    response: ReviewedEmergencyAccess,
    errors: ['not_found'],
  },
});
