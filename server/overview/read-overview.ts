import type { ReadLog } from '../activity/read-log.ts';
import type { Caller } from '../auth/caller.ts';
import type { Db } from '../db/client.ts';
import {
  countPatients,
  countSamples,
  listDiagnoses,
  listReadingProgress,
  listWorklist,
  readSystem,
} from './queries.ts';

const LONGEST_WORKLIST = 200;
const RECENT_FAILURES = 10;

interface Fields {
  complete: number;
  partly: number;
  excluded: number;
  unread: number;
}

/** Of a lavage whose slides do not count. */
const NO_PROGRESS: { fields: Fields; firstUnreadJobId: string | null } = {
  fields: { complete: 0, partly: 0, excluded: 0, unread: 0 },
  firstUnreadJobId: null,
};

/** What a person sees first: totals, and the lavages that wait for a reading or have their result. */
export async function readOverview({ db, reads }: { db: Db; reads: ReadLog }, caller: Caller) {
  const [patients, samples, worklist] = await Promise.all([
    countPatients(db, caller),
    countSamples(db, caller),
    readWorklist(db, caller),
  ]);
  await reads.note(caller, {
    activityType: 'overview.read',
    description: `Read the overview with ${worklist.length} lavages`,
    entityType: 'patient',
    metadata: { patients: [...new Set(worklist.map(({ patient }) => patient.id))] },
  });
  const system = caller.role === 'ADMIN' ? await readSystem(db, RECENT_FAILURES) : null;
  return { patients, samples, worklist, system };
}

async function readWorklist(db: Db, caller: Caller) {
  const rows = await listWorklist(db, caller, LONGEST_WORKLIST);
  if (rows.length === 0) return [];
  const ids = rows.map(({ lavageId }) => lavageId);
  const progress = new Map((await listReadingProgress(db, caller, ids)).map((row) => [row.lavageId, row]));
  const diagnoses = Map.groupBy(await listDiagnoses(db, caller, ids), ({ lavageId }) => lavageId);
  return rows
    .map((row) => {
      const { fields, firstUnreadJobId } = progress.get(row.lavageId) ?? NO_PROGRESS;
      const names = (diagnoses.get(row.lavageId) ?? []).flatMap(namesOf);
      return {
        ...row,
        fields,
        firstUnreadJobId,
        diagnoses: [...new Set(names)],
        readingStatus: readingStatusOf(fields, diagnoses.has(row.lavageId)),
      };
    })
    .sort((one, other) => other.lastSampleAt.localeCompare(one.lastSampleAt));
}

/** The names that the catalogue of that time has for the codes. */
function namesOf({ diagnosis, catalogue }: Awaited<ReturnType<typeof listDiagnoses>>[number]): string[] {
  return diagnosis.map(({ code }) => catalogue.find((known) => known.code === code)?.name ?? code);
}

function readingStatusOf(
  { complete, partly, excluded, unread }: Fields,
  isDiagnosed: boolean,
): 'new' | 'half_read' | 'read' | 'diagnosed' {
  if (isDiagnosed) return 'diagnosed';
  if (complete + partly + excluded === 0) return 'new';
  return partly + unread === 0 ? 'read' : 'half_read';
}
