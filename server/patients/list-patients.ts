import type { ReadLog } from '../activity/read-log.ts';
import type { Caller } from '../auth/caller.ts';
import type { Db } from '../db/client.ts';
import { readPage, type Totals } from '../http/list.ts';
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

export async function listPatients(
  { db, reads, totalOf }: { db: Db; reads: ReadLog; totalOf: Totals },
  caller: Caller,
  { sort, next, page, perPage, ...filter }: ListRequest,
) {
  const answer = await readPage(
    { sort, next, page, perPage },
    {
      kind: cursorKindOf(sort),
      read: (place) => listPatientPage(db, caller, { filter, sort, ...place }),
      count: () => totalOf({ caller, filter }, () => countPatients(db, caller, filter)),
      cursorOf: (last) => last,
    },
  );
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
