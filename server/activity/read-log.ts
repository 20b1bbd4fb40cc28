import type { Db } from '../db/client.ts';
import { inGroups } from '../platform/in-groups.ts';
import { type Activity, type Actor, insertActivities } from './queries.ts';

/** Where reads are noted before they are answered. */
export interface ReadLog {
  note(actor: Actor, activity: Activity): Promise<void>;
}

const MOST_AT_ONCE = 200;

/** Reads at once share their commits. */
export function createReadLog(db: Db): ReadLog {
  const write = inGroups((group: { actor: Actor; activity: Activity }[]) => insertActivities(db, group), {
    most: MOST_AT_ONCE,
  });
  return { note: (actor, activity) => write({ actor, activity }) };
}
