import { existsSync } from 'node:fs';
import path from 'node:path';
import { type DatabaseUris, findEmbeddedPostgres, startEmbeddedPostgres } from '../db/embedded-postgres.ts';
import { OperatorError } from '../operator-error.ts';
import { lockDataFolder } from './data-folder-lock.ts';

/**
 * The database of a running BALscope, else our own, started for as long as `opening` stays open.
 * @throws OperatorError when there is none
 */
export async function openOwnDatabase(
  dataFolder: string,
  opening: AsyncDisposableStack,
): Promise<DatabaseUris> {
  const running = await findEmbeddedPostgres(existingFolder(dataFolder));
  return running ?? lockAndStartDatabase(dataFolder, opening);
}

/**
 * Our own database for this process alone.
 * @throws OperatorError when there is none, or BALscope is running
 */
export async function lockAndStartDatabase(
  dataFolder: string,
  opening: AsyncDisposableStack,
): Promise<DatabaseUris> {
  existingFolder(dataFolder);
  opening.use(await lockDataFolder(dataFolder));
  return startOwnDatabase(dataFolder, opening);
}

/** The caller holds the lock of the data folder. */
export async function startOwnDatabase(
  dataFolder: string,
  opening: AsyncDisposableStack,
): Promise<DatabaseUris> {
  return opening.adopt(await startEmbeddedPostgres(folderOf(dataFolder)), (started) => started.stop());
}

const folderOf = (dataFolder: string) => path.join(dataFolder, 'postgres');

function existingFolder(dataFolder: string): string {
  const folder = folderOf(dataFolder);
  if (existsSync(folder)) return folder;
  throw new OperatorError(`There is no database in ${dataFolder}. Set SQL_URI, or DATA_DIR to where it is.`);
}
