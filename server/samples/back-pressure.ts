import type { AppDependencies } from '../dependencies.ts';
import { AppError } from '../errors.ts';
import type { JobStats } from '../platform/jobs.ts';
import { shareAnswer } from '../platform/share-answer.ts';

type Dependencies = Pick<AppDependencies, 'config' | 'objects'> & { queueStats: () => Promise<JobStats> };

const RETRY_AFTER_S = 60;
/** The disk is asked once for all uploads that begin within this time. */
const SPACE_FRESH_MS = 1000;

export interface BackPressure {
  /** Before bytes of an upload are read that has begun. @throws AppError storage_full */
  refuseWhenFull(): Promise<void>;
  /** Before an upload begins. @throws AppError storage_full, unavailable */
  refuseWhenBehind(): Promise<void>;
}

/** The checks that uploads go through. Neither question goes to the queue or to the disk for every upload. */
export function createBackPressure({ config, objects, queueStats }: Dependencies): BackPressure {
  const { waitingJobs, freeBytes } = config.limits;
  const freeSpace = shareAnswer(
    async () => (await objects.freeBytes?.()) ?? Number.POSITIVE_INFINITY,
    SPACE_FRESH_MS,
  );
  const refuseWhenFull = async () => {
    if ((await freeSpace()) >= freeBytes) return;
    throw new AppError(
      'storage_full',
      'The disk that holds the images is nearly full, so that no more are taken. Tell the administrator.',
    );
  };
  const refuseWhenBehind = async () => {
    await refuseWhenFull();
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
  return { refuseWhenFull, refuseWhenBehind };
}
