import type { emergencyRoutes } from '../../contract/emergency.ts';
import { insertActivity } from '../activity/queries.ts';
import { limitAttempts } from '../auth/attempt-limiter.ts';
import type { Db } from '../db/client.ts';
import type { AppDependencies } from '../dependencies.ts';
import { AppError } from '../errors.ts';
import { once } from '../http/idempotency.ts';
import { readPage, wholeList } from '../http/list.ts';
import type { Handlers } from '../http/mount.ts';
import type { SharedCounts } from '../http/shared-counts.ts';
import {
  type AccessRow,
  countAccesses,
  findAccess,
  findPatientByIdentifier,
  insertEmergencyAccess,
  isBarred,
  listAccesses,
  listRunning,
  lockUser,
  updateReopening,
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
        await lockUser(tx, caller.id);
        const patient = await findPatientByIdentifier(tx, caller, body.identifier);
        if (!patient)
          throw new AppError('not_found', 'No patient has this identifier. Check each part of it.');
        if (patient.isVisible) throw new AppError('conflict', 'You may see this patient anyway.');
        if (await isBarred(tx, caller.id, patient.id)) {
          throw new AppError(
            'forbidden',
            'An administrator ended your emergency access to this patient. Ask one to allow it again, or a colleague to open the patient.',
          );
        }
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

    listAllEmergencyAccesses: ({ query: { next, page, perPage, ...filter } }) =>
      readPage(
        { sort: NEWEST_FIRST, next, page, perPage },
        {
          kind: 'time',
          read: async (place) => (await listAccesses(db, { filter, ...place })).map(asReviewed),
          count: () => countAccesses(db, filter),
          cursorOf: ({ createdAt, id }) => ({ key: createdAt, id }),
        },
      ),

    reviewEmergencyAccess: ({ caller, params: { id }, body: { end } }) =>
      db.transaction(async (tx) => {
        const access = await getAccess(tx, id);
        await lockUser(tx, access.user.id);
        await updateReview(tx, access, { reviewedBy: caller.id, end });
        await insertActivity(tx, caller, {
          activityType: end ? 'emergency.end' : 'emergency.review',
          description: end ? 'Ended an emergency access' : 'Reviewed an emergency access',
          entityType: 'emergency_access',
          entityId: id,
        });
        return asReviewed(await getAccess(tx, id));
      }),

    allowReopening: ({ caller, params: { id } }) =>
      db.transaction(async (tx) => {
        const access = await getAccess(tx, id);
        await updateReopening(tx, access);
        await insertActivity(tx, caller, {
          activityType: 'emergency.allow_reopening',
          description: 'Allowed an ended emergency access to be opened again',
          entityType: 'emergency_access',
          entityId: id,
        });
        return asReviewed(await getAccess(tx, id));
      }),
  };
}

async function getAccess(db: Db, id: string): Promise<AccessRow> {
  const access = await findAccess(db, id);
  if (!access) throw new AppError('not_found', 'There is no such emergency access.');
  return access;
}

function asReviewed({ reviewedAt, reviewedBy, ...access }: AccessRow) {
  return {
    ...access,
    reviewed: reviewedAt !== null && reviewedBy !== null ? { at: reviewedAt, by: reviewedBy } : null,
  };
}
