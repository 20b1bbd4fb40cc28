import { openCheckedObjects, openObjects } from './adapters.ts';
import type { ObjectStores } from './cli/move-objects.ts';
import { findHashes } from './cli/queries.ts';
import { givenDatabase, parseConfig } from './config.ts';
import { connect } from './db/client.ts';
import { OperatorError } from './operator-error.ts';
import { lockAndStartDatabase } from './start/own-database.ts';
import { halfAMinute } from './start/patience.ts';

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
  const bucket = await openCheckedObjects({ s3, dataFolder }, halfAMinute());
  const { uri } = givenDatabase(config) ?? (await lockAndStartDatabase(dataFolder, opening));
  const { db } = opening.adopt(connect(uri), (opened) => opened.close());
  const files = await openObjects({ s3: undefined, dataFolder });
  const open = opening.move();
  return {
    files,
    s3: bucket,
    findHashes: (keys) => findHashes(db, keys),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
