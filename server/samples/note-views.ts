import { LRUCache } from 'lru-cache';
import type { ReadLog } from '../activity/read-log.ts';
import type { Caller } from '../auth/caller.ts';
import { shareAnswer } from '../platform/share-answer.ts';

const HOUR_MS = 3600_000;
const MOST_REMEMBERED = 10_000;

/** Notes that somebody looks at an image in tiles, once an hour for however many of them. */
export function createViewNotes(reads: ReadLog): (caller: Caller, jobId: string) => Promise<void> {
  const noted = new LRUCache<string, () => Promise<void>>({ max: MOST_REMEMBERED });
  return (caller, jobId) => {
    const key = `${caller.sessionId} ${jobId} ${Math.floor(Date.now() / HOUR_MS)}`;
    const noteOnce =
      noted.get(key) ??
      shareAnswer(
        () =>
          reads.note(caller, {
            activityType: 'sample.view',
            description: 'Looked at a large image',
            entityType: 'sample',
            entityId: jobId,
          }),
        Number.POSITIVE_INFINITY,
      );
    noted.set(key, noteOnce);
    return noteOnce();
  };
}
