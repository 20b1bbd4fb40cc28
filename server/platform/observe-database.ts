import type { Database } from '../db/client.ts';
import type { Metrics } from './metrics.ts';

/** Tells the metrics how much of the pool of connections is in use, and how many wait for one. */
export function observeDatabase({ pool }: Database, metrics: Metrics): void {
  metrics.gauge(
    {
      name: 'balscope_database_connections',
      help: 'Connections of this process by state',
      labels: ['state'],
    },
    () => [
      { labels: { state: 'in_use' }, value: pool.totalCount - pool.idleCount },
      { labels: { state: 'idle' }, value: pool.idleCount },
    ],
  );
  metrics.gauge(
    { name: 'balscope_database_waiting', help: 'Requests of this process that wait for a connection' },
    () => [{ value: pool.waitingCount }],
  );
}
