import type { AppDependencies } from '../dependencies.ts';
import { COUNT_LIMIT } from '../http/list.ts';
import type { JobStats } from '../platform/jobs.ts';
import { ALIVE_WITHIN_S, patienceOf } from './status.ts';
import { countByStatus, countStuck, listWorkers } from './status-queries.ts';

type Dependencies = Pick<AppDependencies, 'config' | 'database' | 'jobs' | 'metrics'> & {
  queueStats: () => Promise<JobStats>;
};

/** Tells the metrics of the queue, the samples and the workers, as the database knows them. */
export function observeProcessing({
  config,
  database: { db },
  jobs,
  metrics,
  queueStats,
}: Dependencies): void {
  metrics.gauge(
    { name: 'balscope_queue_jobs', help: 'Jobs of the queue by state', labels: ['state'] },
    async () => {
      const [{ waiting, active }, dead] = await Promise.all([
        queueStats(),
        jobs.countDeadLetters().catch(() => undefined),
      ]);
      return [
        { labels: { state: 'waiting' }, value: waiting },
        { labels: { state: 'active' }, value: active },
        ...(dead === undefined ? [] : [{ labels: { state: 'dead' }, value: dead }]),
      ];
    },
  );
  metrics.gauge(
    {
      name: 'balscope_queue_oldest_waiting_seconds',
      help: 'Age of the job that waits longest; 0 without one',
    },
    async () => [{ value: (await queueStats()).oldestWaitingS ?? 0 }],
  );
  metrics.gauge(
    {
      name: 'balscope_samples',
      help: `Samples by status, each counted up to ${COUNT_LIMIT}`,
      labels: ['status'],
    },
    async () => {
      const counts = await countByStatus(db, COUNT_LIMIT);
      return Object.entries(counts).map(([status, value]) => ({ labels: { status }, value }));
    },
  );
  metrics.gauge(
    { name: 'balscope_samples_stuck', help: 'Samples in progress for longer than any job may take' },
    async () => [{ value: await countStuck(db, patienceOf(config)) }],
  );
  metrics.gauge(
    { name: 'balscope_workers_alive', help: 'Workers heard of within three heartbeats' },
    async () => [{ value: (await listWorkers(db, ALIVE_WITHIN_S)).filter(({ alive }) => alive).length }],
  );
}
