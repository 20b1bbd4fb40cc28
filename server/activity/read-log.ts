import type { Db } from '../db/client.ts';
import { type Activity, type Actor, insertActivities } from './queries.ts';

/** Where reads are noted before they are answered. */
export interface ReadLog {
  note(actor: Actor, activity: Activity): Promise<void>;
}

interface Waiting {
  actor: Actor;
  activity: Activity;
  written: PromiseWithResolvers<void>;
}

const MOST_AT_ONCE = 200;

/** What comes while an insert is under way goes into the next one together: reads at once share their commits. */
export function createReadLog(db: Db): ReadLog {
  let waiting: Waiting[] = [];
  let isWriting = false;

  const writeAll = async () => {
    isWriting = true;
    while (waiting.length > 0) {
      const group = waiting.slice(0, MOST_AT_ONCE);
      waiting = waiting.slice(MOST_AT_ONCE);
      try {
        await insertActivities(db, group);
        for (const { written } of group) written.resolve();
      } catch (error) {
        for (const { written } of group) written.reject(error);
      }
    }
    isWriting = false;
  };

  return {
    note: (actor, activity) => {
      const written = Promise.withResolvers<void>();
      waiting.push({ actor, activity, written });
      if (!isWriting) void writeAll();
      return written.promise;
    },
  };
}
