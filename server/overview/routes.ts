import type { overviewRoutes } from '../../contract/overview.ts';
import type { AppDependencies } from '../dependencies.ts';
import type { Handlers } from '../http/mount.ts';
import { readOverview } from './read-overview.ts';

export function overviewHandlers({
  database,
}: Pick<AppDependencies, 'database'>): Handlers<keyof typeof overviewRoutes> {
  return { overview: ({ caller }) => readOverview(database.db, caller) };
}
