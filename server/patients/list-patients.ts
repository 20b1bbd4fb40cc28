import type { ReadLog } from '../activity/read-log.ts';
import type { Caller } from '../auth/caller.ts';
import type { Db } from '../db/client.ts';
import { decodeCursor, encodeCursor } from '../http/cursor.ts';
import { listAnswer } from '../http/list.ts';
import {
  countPatients,
  cursorKindOf,
  listPatientPage,
  listPatientRows,
  type PatientFilter,
  type PatientSort,
} from './queries.ts';

interface ListRequest extends PatientFilter {
  sort: PatientSort;
  page: number;
  perPage: number;
  next?: string;
}

/** One page, by number or, as fast at any depth, behind the cursor of the page before. */
export async function listPatients(
  { db, reads }: { db: Db; reads: ReadLog },
  caller: Caller,
  { sort, next, ...request }: ListRequest,
) {
  const after = decodeCursor(next, sort, cursorKindOf(sort));
  const keys = await listPatientPage(db, caller, {
    filter: request,
    sort,
    after,
    limit: request.perPage + 1,
    offset: after ? 0 : (request.page - 1) * request.perPage,
  });
  const total = await countPatients(db, caller, request);
  const answer = listAnswer(request, keys, total, (last) => encodeCursor(sort, last));
  const ids = answer.items.map(({ id }) => id);
  const rows = new Map((await listPatientRows(db, caller, ids)).map((row) => [row.id, row]));
  await reads.note(caller, {
    activityType: 'patient.list',
    description: `Listed ${ids.length} patients`,
    entityType: 'patient',
    metadata: { patients: ids },
  });
  return { ...answer, items: ids.flatMap((id) => rows.get(id) ?? []) };
}
