import type { overviewRoutes } from '../../contract/overview.ts';
import type { ReadLog } from '../activity/read-log.ts';
import type { AppDependencies } from '../dependencies.ts';
import type { Handlers } from '../http/mount.ts';
import { readOverview } from './read-overview.ts';

export function overviewHandlers({
  database: { db },
  reads,
}: Pick<AppDependencies, 'database'> & { reads: ReadLog }): Handlers<keyof typeof overviewRoutes> {
  return { overview: ({ caller }) => readOverview({ db, reads }, caller) };
}
