import type { activityRoutes } from '../../contract/activity.ts';
import type { AppDependencies } from '../dependencies.ts';
import type { Place } from '../http/cursor.ts';
import { readPage } from '../http/list.ts';
import type { Handlers } from '../http/mount.ts';
import { countActivities, listActivities } from './list-queries.ts';
import { insertActivity } from './queries.ts';
import { verifyActivities } from './verify-activities.ts';

export function activityHandlers({
  database: { db },
}: Pick<AppDependencies, 'database'>): Handlers<keyof typeof activityRoutes> {
  return {
    listActivities: async ({ caller, query: { sort, next, page, perPage, ...filter } }) => {
      const readAndNote = async (place: Place) => {
        const rows = await listActivities(db, { filter, descending: sort === '-at', ...place });
        await insertActivity(db, caller, {
          activityType: 'activity.list',
          description: 'Read the activity log',
          metadata: { ...filter },
        });
        return rows;
      };
      return readPage(
        { sort, next, page, perPage },
        {
          kind: 'time',
          read: readAndNote,
          count: () => countActivities(db, filter),
          cursorOf: ({ at, id }) => ({ key: at, id }),
        },
      );
    },

    verifyActivities: async ({ caller }) => {
      const verified = await verifyActivities(db);
      await insertActivity(db, caller, {
        activityType: 'activity.verify',
        description: `Verified the activity log: ${verified.findings.length} findings`,
        metadata: { sealed: verified.sealed, findings: verified.findings.length },
      });
      return verified;
    },
  };
}
