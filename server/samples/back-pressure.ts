import type { AppDependencies } from '../dependencies.ts';
import { AppError } from '../errors.ts';
import type { JobStats } from '../platform/jobs.ts';
import { shareAnswer } from '../platform/share-answer.ts';

type Dependencies = Pick<AppDependencies, 'config' | 'objects'> & { queueStats: () => Promise<JobStats> };

const RETRY_AFTER_S = 60;
/** The disk is asked once for all uploads that begin within this time. */
const SPACE_FRESH_MS = 1000;

/**
 * Makes the check that an upload goes through before its bytes are read. Neither question goes to the queue or to the
 * disk for every upload.
 */
export function createBackPressure({ config, objects, queueStats }: Dependencies): () => Promise<void> {
  const { waitingJobs, freeBytes } = config.limits;
  const freeSpace = shareAnswer(
    async () => (await objects.freeBytes?.()) ?? Number.POSITIVE_INFINITY,
    SPACE_FRESH_MS,
  );
  return async () => {
    if ((await freeSpace()) < freeBytes) {
      throw new AppError(
        'storage_full',
        'The disk that holds the images is nearly full, so that no more are taken. Tell the administrator.',
      );
    }
    // Without an answer the upload is taken: its job is kept with its row.
    const waiting = await queueStats().then(
      (stats) => stats.waiting,
      () => 0,
    );
    if (waiting > waitingJobs) {
      throw new AppError(
        'unavailable',
        `More than ${waitingJobs} images wait to be processed already. Try again in a few minutes; what was uploaded is safe.`,
        { retryAfterS: RETRY_AFTER_S },
      );
    }
  };
}
