import path from 'node:path';
import type { Config, GivenConfig } from './config.ts';
import type { Database } from './db/client.ts';
import type { Jobs } from './platform/jobs.ts';
import { openPostgresJobs } from './platform/jobs-postgres.ts';
import type { Logger } from './platform/log.ts';
import type { Objects } from './platform/objects.ts';
import { openFileObjects } from './platform/objects-files.ts';
import type { Patience } from './start/patience.ts';
import { checkBucket } from './start/services.ts';

// The clients of AWS are loaded only where they are used: they take 50 MB in every process.

/** Where the configuration wants the images to be. */
export async function openObjects({
  s3,
  dataFolder,
}: Pick<GivenConfig, 's3' | 'dataFolder'>): Promise<Objects> {
  if (!s3) return openFileObjects(path.join(dataFolder, 'objects'));
  const { openS3Objects } = await import('./platform/objects-s3.ts');
  return openS3Objects(s3);
}

/** As `openObjects`, once they answer. @throws OperatorError when the bucket does not */
export async function openCheckedObjects(
  config: Pick<GivenConfig, 's3' | 'dataFolder'>,
  patience: Patience,
): Promise<Objects> {
  const objects = await openObjects(config);
  if (config.s3) await checkBucket(objects, config.s3, patience);
  return objects;
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
  if (!sqs) return openPostgresJobs({ databaseUri, log, runsJobs, ...worker });
  const { openSqsJobs } = await import('./platform/jobs-sqs.ts');
  return openSqsJobs({ sqs, database, log, runsJobs, ...worker });
}
