import { existsSync } from 'node:fs';
import path from 'node:path';
import { openObjects } from './adapters.ts';
import type { ObjectStores } from './cli/move-objects.ts';
import { findHashes } from './cli/queries.ts';
import { parseConfig } from './config.ts';
import { connect } from './db/client.ts';
import { startEmbeddedPostgres } from './db/embedded-postgres.ts';
import { OperatorError } from './operator-error.ts';
import { lockDataFolder } from './start/data-folder-lock.ts';
import { checkBucket } from './start/services.ts';

/**
 * Both object stores of the configuration, and its database: the one of SQL_URI, else our own, which is started for
 * as long as it takes.
 * @throws OperatorError when one of them is not configured, in use or not reachable
 */
export async function openStores(env: NodeJS.ProcessEnv): Promise<ObjectStores> {
  const config = parseConfig(env, 'start');
  const { s3, dataFolder } = config;
  if (!s3)
    throw new OperatorError('S3_BUCKET_NAME is not set: name the bucket that objects are moved to or from.');
  await using opening = new AsyncDisposableStack();
  const bucket = await openObjects({ s3, dataFolder });
  await checkBucket(bucket, s3, new AbortController().signal);
  const databaseUri = config.databaseUri ?? (await startOwnDatabase(dataFolder, opening));
  const { db } = opening.adopt(connect(databaseUri), (opened) => opened.close());
  const files = await openObjects({ s3: undefined, dataFolder });
  const open = opening.move();
  return {
    files,
    s3: bucket,
    findHashes: (keys) => findHashes(db, keys),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

async function startOwnDatabase(dataFolder: string, opening: AsyncDisposableStack): Promise<string> {
  const folder = path.join(dataFolder, 'postgres');
  if (!existsSync(folder)) {
    throw new OperatorError(
      `There is no database in ${dataFolder}. Set SQL_URI, or DATA_DIR to where it is.`,
    );
  }
  opening.use(await lockDataFolder(dataFolder));
  const postgres = opening.adopt(await startEmbeddedPostgres(folder), (started) => started.stop());
  return postgres.uri;
}
