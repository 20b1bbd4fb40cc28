import type { userAdministrationRoutes } from '../../contract/admin.ts';
import type { ReadLog } from '../activity/read-log.ts';
import type { AppDependencies } from '../dependencies.ts';
import { actOnMany } from '../http/act-on-many.ts';
import { exportable } from '../http/exports.ts';
import { readPage } from '../http/list.ts';
import type { Handlers } from '../http/mount.ts';
import { countUsers, cursorKindOf, listUsers } from './administration-queries.ts';
import { approveUser, changeUser } from './change-user.ts';
import { createUser, resetPassword, resetSecondFactor } from './give-password.ts';
import { deleteUser, disableUser } from './remove-user.ts';

type Dependencies = Pick<AppDependencies, 'config' | 'database' | 'passwords'> & { reads: ReadLog };

export function userAdministrationHandlers(
  deps: Dependencies,
): Handlers<keyof typeof userAdministrationRoutes> {
  const { reads } = deps;
  const { db } = deps.database;
  return {
    listUsers: exportable(
      'listUsers',
      { db, reads },
      async ({ query: { sort, next, page, perPage, ...filter } }) => {
        const answer = await readPage(
          { sort, next, page, perPage },
          {
            kind: cursorKindOf(sort),
            read: (place) => listUsers(db, { filter, sort, ...place }),
            count: () => countUsers(db, filter),
            cursorOf: (last) => last,
          },
        );
        return { ...answer, items: answer.items.map(({ key: _, ...user }) => user) };
      },
    ),
    createUser: ({ caller, body }) => createUser(deps, caller, body),

    approveUser: ({ caller, params, body, ifMatch }) =>
      db.transaction((tx) => approveUser(tx, caller, { id: params.id, version: ifMatch }, body)),

    updateUser: ({ caller, params, body, ifMatch }) =>
      db.transaction((tx) => changeUser(tx, caller, { id: params.id, version: ifMatch }, body)),

    deleteUser: async ({ caller, params, ifMatch }) => {
      await deleteUser(deps.database, caller, { id: params.id, version: ifMatch });
      return { status: 'ok' };
    },
    disableUsers: ({ caller, body }) => actOnMany(db, body.userIds, (tx, id) => disableUser(tx, caller, id)),
    resetPassword: ({ caller, params }) => resetPassword(deps, caller, params.id),

    resetSecondFactor: ({ caller, params }) => resetSecondFactor(deps, caller, params.id),
  };
}
