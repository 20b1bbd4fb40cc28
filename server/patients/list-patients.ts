import type { ReadLog } from '../activity/read-log.ts';
import type { Caller } from '../auth/caller.ts';
import type { Db } from '../db/client.ts';
import { decodeCursor, encodeCursor } from '../http/cursor.ts';
import { listAnswer, type Totals } from '../http/list.ts';
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
  { db, reads, totalOf }: { db: Db; reads: ReadLog; totalOf: Totals },
  caller: Caller,
  { sort, next, page, perPage, ...filter }: ListRequest,
) {
  const after = decodeCursor(next, sort, cursorKindOf(sort));
  const keys = await listPatientPage(db, caller, {
    filter,
    sort,
    after,
    limit: perPage + 1,
    offset: after ? 0 : (page - 1) * perPage,
  });
  const total = await totalOf({ caller, filter }, () => countPatients(db, caller, filter));
  const answer = listAnswer({ page, perPage }, keys, total, (last) => encodeCursor(sort, last));
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
