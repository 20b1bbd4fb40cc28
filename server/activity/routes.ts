import type { activityRoutes } from '../../contract/activity.ts';
import type { AppDependencies } from '../dependencies.ts';
import { decodeCursor, encodeCursor } from '../http/cursor.ts';
import { listAnswer } from '../http/list.ts';
import type { Handlers } from '../http/mount.ts';
import { countActivities, listActivities } from './list-queries.ts';
import { insertActivity } from './queries.ts';
import { verifyActivities } from './verify-activities.ts';

export function activityHandlers({
  database: { db },
}: Pick<AppDependencies, 'database'>): Handlers<keyof typeof activityRoutes> {
  return {
    listActivities: async ({ caller, query: { sort, next, page, perPage, ...filter } }) => {
      const after = decodeCursor(next, sort, 'time');
      const rows = await listActivities(db, {
        filter,
        descending: sort === '-at',
        after,
        limit: perPage + 1,
        offset: after ? 0 : (page - 1) * perPage,
      });
      await insertActivity(db, caller, {
        activityType: 'activity.list',
        description: 'Read the activity log',
        metadata: { ...filter },
      });
      return listAnswer({ page, perPage }, rows, await countActivities(db, filter), ({ at, id }) =>
        encodeCursor(sort, { key: at, id }),
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
