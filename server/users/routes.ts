import type { userAdministrationRoutes } from '../../contract/admin.ts';
import type { AppDependencies } from '../dependencies.ts';
import { decodeCursor, encodeCursor } from '../http/cursor.ts';
import { listAnswer } from '../http/list.ts';
import type { Handlers } from '../http/mount.ts';
import { countUsers, cursorKindOf, listUsers } from './administration-queries.ts';
import { approveUser, changeUser } from './change-user.ts';
import { createUser, resetPassword, resetSecondFactor } from './give-password.ts';

type Dependencies = Pick<AppDependencies, 'config' | 'database' | 'passwords'>;

export function userAdministrationHandlers(
  deps: Dependencies,
): Handlers<keyof typeof userAdministrationRoutes> {
  const { db } = deps.database;
  return {
    listUsers: async ({ query: { sort, next, ...request } }) => {
      const after = decodeCursor(next, sort, cursorKindOf(sort));
      const rows = await listUsers(db, {
        filter: request,
        sort,
        after,
        limit: request.perPage + 1,
        offset: after ? 0 : (request.page - 1) * request.perPage,
      });
      const answer = listAnswer(request, rows, await countUsers(db, request), (last) =>
        encodeCursor(sort, last),
      );
      return { ...answer, items: answer.items.map(({ key: _, ...user }) => user) };
    },

    createUser: ({ caller, body }) => createUser(deps, caller, body),

    approveUser: ({ caller, params, body, ifMatch }) =>
      db.transaction((tx) => approveUser(tx, caller, { id: params.id, version: ifMatch }, body)),

    updateUser: ({ caller, params, body, ifMatch }) =>
      db.transaction((tx) => changeUser(tx, caller, { id: params.id, version: ifMatch }, body)),

    resetPassword: ({ caller, params }) => resetPassword(deps, caller, params.id),

    resetSecondFactor: ({ caller, params }) => resetSecondFactor(deps, caller, params.id),
  };
}
