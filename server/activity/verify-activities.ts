import type { Db } from '../db/client.ts';
import {
  countSealed,
  countUnsealed,
  findHashAt,
  findHead,
  isAppendOnly,
  listBreaks,
  sealActivities,
} from './seal-queries.ts';

type Break = Awaited<ReturnType<typeof listBreaks>>[number];

/** A place of the chain as it was noted earlier, outside the database. */
export interface NotedHead {
  sequence: number;
  hash: string;
}

/**
 * Compares every entry of the activity log with the chain over them.
 * @param noted tells whether the end of the chain was cut off since, which the chain itself cannot show
 */
export async function verifyActivities(db: Db, noted?: NotedHead) {
  await sealActivities(db);
  const findings = (await listBreaks(db)).map(findingOf);
  if (noted && (await findHashAt(db, noted.sequence)) !== noted.hash) {
    findings.push({
      kind: 'removed',
      sequence: noted.sequence,
      activityId: null,
      detail: `Place ${noted.sequence} of the chain is not as it was noted: the chain was cut off or written anew.`,
    });
  }
  return {
    sealed: await countSealed(db),
    waiting: await countUnsealed(db),
    head: (await findHead(db)) ?? null,
    findings,
    protected: await isAppendOnly(db),
  };
}

function findingOf({ kind, sequence, until, id }: Break) {
  return {
    kind,
    sequence: sequence === null ? null : Number(sequence),
    activityId: id,
    detail: detailOf(kind, sequence, until, id),
  };
}

function detailOf(
  kind: Break['kind'],
  sequence: string | null,
  until: string | null,
  id: string | null,
): string {
  switch (kind) {
    case 'changed':
      return `Entry ${id}, or its place ${sequence} in the chain, was changed after it was written.`;
    case 'inserted':
      return `Entry ${id} was inserted past the chain.`;
    case 'removed':
      if (id !== null) return `Entry ${id} at place ${sequence} was removed.`;
      return sequence === until
        ? `The entry at place ${sequence} was removed.`
        : `The entries at the places ${sequence} to ${until} were removed.`;
  }
}
