import { type JobHandler, PermanentFailure } from './jobs.ts';
import type { Metrics } from './metrics.ts';

const BUCKETS_S = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/** The same handler, with every job's duration and outcome noted: `done`, `failed` for good, or to come `again`. */
export function measureJobs(handle: JobHandler, metrics: Metrics): JobHandler {
  const note = metrics.durations({
    name: 'balscope_job_duration_seconds',
    help: 'Time a worker had a job, by outcome',
    labels: ['outcome'],
    bucketsS: BUCKETS_S,
  });
  return async (job) => {
    const begun = performance.now();
    const end = (outcome: string) => note({ outcome }, (performance.now() - begun) / 1000);
    try {
      await handle(job);
      end('done');
    } catch (error) {
      end(error instanceof PermanentFailure ? 'failed' : 'again');
      throw error;
    }
  };
}
