import type { hospitalAdministrationRoutes } from '../../contract/admin.ts';
import type { ReadLog } from '../activity/read-log.ts';
import { foundHospital } from '../auth/found-hospital.ts';
import type { AppDependencies } from '../dependencies.ts';
import { exportable } from '../http/exports.ts';
import { once } from '../http/idempotency.ts';
import { readPage } from '../http/list.ts';
import type { Handlers } from '../http/mount.ts';
import { changeHospital, deleteHospital } from './change-hospital.ts';
import { countHospitals, findHospital, listHospitals } from './queries.ts';

export function hospitalAdministrationHandlers({
  database: { db },
  reads,
}: Pick<AppDependencies, 'database'> & { reads: ReadLog }): Handlers<
  keyof typeof hospitalAdministrationRoutes
> {
  return {
    listHospitals: exportable(
      'listHospitals',
      { db, reads },
      async ({ query: { q, sort, next, page, perPage } }) => {
        const answer = await readPage(
          { sort, next, page, perPage },
          {
            kind: 'text',
            read: (place) => listHospitals(db, { q, descending: sort === '-name', ...place }),
            count: () => countHospitals(db, q),
            cursorOf: (last) => last,
          },
        );
        return { ...answer, items: answer.items.map(({ key: _, ...hospital }) => hospital) };
      },
    ),
    createHospital: (input) =>
      once(db, 'createHospital', input, async (tx) => {
        const { id } = await foundHospital(tx, input.caller, input.body);
        return (await findHospital(tx, id))!;
      }),

    updateHospital: ({ caller, params, body, ifMatch }) =>
      db.transaction((tx) => changeHospital(tx, caller, { id: params.id, version: ifMatch, changes: body })),
    deleteHospital: async ({ caller, params, ifMatch }) => {
      await db.transaction((tx) => deleteHospital(tx, caller, { id: params.id, version: ifMatch }));
      return { status: 'ok' };
    },
  };
}
