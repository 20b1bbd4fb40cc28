import path from 'node:path';
import type { Config, GivenConfig } from './config.ts';
import type { Database } from './db/client.ts';
import type { Jobs } from './platform/jobs.ts';
import { openPostgresJobs } from './platform/jobs-postgres.ts';
import { openSqsJobs } from './platform/jobs-sqs.ts';
import type { Logger } from './platform/log.ts';
import type { Objects } from './platform/objects.ts';
import { openFileObjects } from './platform/objects-files.ts';
import { openS3Objects } from './platform/objects-s3.ts';

/** Where the configuration wants the images to be. */
export async function openObjects({
  s3,
  dataFolder,
}: Pick<GivenConfig, 's3' | 'dataFolder'>): Promise<Objects> {
  return s3 ? openS3Objects(s3) : openFileObjects(path.join(dataFolder, 'objects'));
}

/** Where the configuration wants jobs to wait. */
export async function openJobs(
  {
    config: { sqs, databaseUri, worker },
    database,
    log,
  }: { config: Config; database: Database; log: Logger },
  { runsJobs }: { runsJobs: boolean },
): Promise<Jobs> {
  return sqs
    ? openSqsJobs({ sqs, database, log, runsJobs, ...worker })
    : openPostgresJobs({ databaseUri, log, runsJobs, ...worker });
}
