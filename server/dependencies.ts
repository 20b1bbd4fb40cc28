import type { Passwords } from './auth/passwords.ts';
import type { Config } from './config.ts';
import type { Database } from './db/client.ts';
import type { Jobs } from './platform/jobs.ts';
import type { Logger } from './platform/log.ts';
import type { Metrics } from './platform/metrics.ts';
import type { Notifications } from './platform/notifications.ts';
import type { Objects } from './platform/objects.ts';
import type { ImageJobs } from './processing/image-jobs.ts';

/** What the API is made with. A feature names those it needs: `Pick<AppDependencies, 'database' | 'jobs'>`. */
export interface AppDependencies {
  config: Config;
  log: Logger;
  database: Database;
  objects: Objects;
  passwords: Passwords;
  jobs: Jobs;
  notifications: Notifications;
  metrics: Metrics;
  imageJobs: ImageJobs;
}
