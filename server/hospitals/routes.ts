import type { hospitalAdministrationRoutes } from '../../contract/admin.ts';
import { foundHospital } from '../auth/found-hospital.ts';
import type { AppDependencies } from '../dependencies.ts';
import { decodeCursor, encodeCursor } from '../http/cursor.ts';
import { once } from '../http/idempotency.ts';
import { listAnswer } from '../http/list.ts';
import type { Handlers } from '../http/mount.ts';
import { changeHospital } from './change-hospital.ts';
import { countHospitals, findHospital, listHospitals } from './queries.ts';

export function hospitalAdministrationHandlers({
  database: { db },
}: Pick<AppDependencies, 'database'>): Handlers<keyof typeof hospitalAdministrationRoutes> {
  return {
    listHospitals: async ({ query: { q, sort, next, ...request } }) => {
      const after = decodeCursor(next, sort, 'text');
      const rows = await listHospitals(db, {
        q,
        descending: sort === '-name',
        after,
        limit: request.perPage + 1,
        offset: after ? 0 : (request.page - 1) * request.perPage,
      });
      const answer = listAnswer(request, rows, await countHospitals(db, q), (last) =>
        encodeCursor(sort, last),
      );
      return { ...answer, items: answer.items.map(({ key: _, ...hospital }) => hospital) };
    },

    createHospital: (input) =>
      once(db, 'createHospital', input, async (tx) => {
        const { id } = await foundHospital(tx, input.caller, input.body);
        return (await findHospital(tx, id))!;
      }),

    updateHospital: ({ caller, params, body, ifMatch }) =>
      db.transaction((tx) => changeHospital(tx, caller, { id: params.id, version: ifMatch, changes: body })),
  };
}
