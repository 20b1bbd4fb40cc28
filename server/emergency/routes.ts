import type { emergencyRoutes } from '../../contract/emergency.ts';
import { insertActivity } from '../activity/queries.ts';
import { limitAttempts } from '../auth/attempt-limiter.ts';
import type { AppDependencies } from '../dependencies.ts';
import { AppError } from '../errors.ts';
import { decodeCursor, encodeCursor } from '../http/cursor.ts';
import { once } from '../http/idempotency.ts';
import { listAnswer, wholeList } from '../http/list.ts';
import type { Handlers } from '../http/mount.ts';
import type { SharedCounts } from '../http/shared-counts.ts';
import {
  type AccessRow,
  countAccesses,
  findAccess,
  findPatientByIdentifier,
  insertEmergencyAccess,
  listAccesses,
  listRunning,
  updateReview,
} from './queries.ts';

const LASTS_S = 3600;
/** More than the emergencies of one person, fewer than somebody wants who goes through numbers. */
const ATTEMPTS = { most: 20, windowMs: 3600_000 };
const NEWEST_FIRST = '-created_at';

export function emergencyHandlers({
  database: { db },
  counts,
}: Pick<AppDependencies, 'database'> & { counts: SharedCounts }): Handlers<keyof typeof emergencyRoutes> {
  const attempts = limitAttempts(counts, { at: 'emergency', ...ATTEMPTS });
  return {
    openEmergencyAccess: async (input) => {
      await attempts.begin(input.caller.id);
      return once(db, 'openEmergencyAccess', input, async (tx) => {
        const { caller, body } = input;
        const patient = await findPatientByIdentifier(tx, caller, body.identifier);
        if (!patient)
          throw new AppError('not_found', 'No patient has this identifier. Check each part of it.');
        if (patient.isVisible) throw new AppError('conflict', 'You may see this patient anyway.');
        const row = { userId: caller.id, patientId: patient.id, reason: body.reason };
        const access = await insertEmergencyAccess(tx, row, LASTS_S);
        await insertActivity(tx, caller, {
          activityType: 'emergency.open',
          description: "Opened another hospital's patient in an emergency",
          entityType: 'patient',
          entityId: patient.id,
          metadata: { accessId: access.id, expiresAt: access.expiresAt },
        });
        return access;
      });
    },

    listEmergencyAccesses: async ({ caller }) => wholeList(await listRunning(db, caller.id)),

    listAllEmergencyAccesses: async ({ query: { reviewed, next, page, perPage } }) => {
      const after = decodeCursor(next, NEWEST_FIRST, 'time');
      const wanted = reviewed === undefined ? undefined : reviewed === 'true';
      const offset = after ? 0 : (page - 1) * perPage;
      const rows = await listAccesses(db, { reviewed: wanted, after, limit: perPage + 1, offset });
      return listAnswer(
        { page, perPage },
        rows.map(asReviewed),
        await countAccesses(db, wanted),
        ({ createdAt, id }) => encodeCursor(NEWEST_FIRST, { key: createdAt, id }),
      );
    },

    reviewEmergencyAccess: ({ caller, params: { id }, body: { end } }) =>
      db.transaction(async (tx) => {
        if (!(await updateReview(tx, id, { reviewedBy: caller.id, end }))) {
          throw new AppError('not_found', 'There is no such emergency access.');
        }
        await insertActivity(tx, caller, {
          activityType: end ? 'emergency.end' : 'emergency.review',
          description: end ? 'Ended an emergency access' : 'Reviewed an emergency access',
          entityType: 'emergency_access',
          entityId: id,
        });
        return asReviewed((await findAccess(tx, id))!);
      }),
  };
}

function asReviewed({ reviewedAt, reviewedBy, ...access }: AccessRow) {
  return {
    ...access,
    reviewed: reviewedAt !== null && reviewedBy !== null ? { at: reviewedAt, by: reviewedBy } : null,
  };
}
