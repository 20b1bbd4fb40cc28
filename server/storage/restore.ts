import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { insertActivity } from '../activity/queries.ts';
import type { Database, Db } from '../db/client.ts';
import type { DatabaseUris } from '../db/embedded-postgres.ts';
import { migrateDatabase, newestMigration } from '../db/migrate.ts';
import { OperatorError } from '../operator-error.ts';
import { ObjectError, type Objects } from '../platform/objects.ts';
import { openFileObjects } from '../platform/objects-files.ts';
import type { System } from './back-up.ts';
import { showCopying } from './copy-progress.ts';
import { forEachOf } from './for-each-of.ts';
import { type ManifestHead, type ManifestTable, readManifest, verifyManifest } from './manifest.ts';
import { countRows, hasRows, insertRows, setSequence, withoutForeignKeys } from './restore-queries.ts';
import { findSchema, listTables, setTextFormats } from './snapshot-queries.ts';

const COPIED_AT_ONCE = 8;
const BATCH_CHARACTERS = 1_000_000;
const NOBODY = { id: null, address: null, requestId: null };

/** @throws OperatorError unless the backup is whole and of this or an older version */
export async function readBackup(folder: string): Promise<ManifestHead> {
  const head = await verifyManifest(folder);
  if (head.schema > newestMigration()) {
    throw new OperatorError(
      `The backup in ${folder} was made by a newer version of BALscope. Restore it with that version.`,
    );
  }
  return head;
}

/**
 * Fills an empty database and an empty object store from a backup; every hash is compared on the way. The rows come
 * last and all at once: what fails before leaves no system that looks whole.
 * @param database connected as the role that owns its tables
 * @param uris of the same database, for the migrations
 * @throws OperatorError when something is there already, or the backup is damaged
 */
export async function restore(
  { database, objects, say, uris }: System & { uris: DatabaseUris },
  folder: string,
  head: ManifestHead,
): Promise<{ damaged: number }> {
  await refuseUnlessEmpty(database, objects, head);
  await migrateDatabase(uris, { upTo: head.schema });
  const damaged = await copyObjects(objects, folder, say);
  await database.db.transaction(async (tx) => {
    await setTextFormats(tx);
    await withoutForeignKeys(tx, () => loadTables(tx, folder, say));
  });
  await migrateDatabase(uris);
  await insertActivity(database.db, NOBODY, {
    activityType: 'system.restore',
    description: 'Restored the database and all images from a backup',
    metadata: { madeAt: head.made_at, damaged },
  });
  return { damaged };
}

async function refuseUnlessEmpty(database: Database, objects: Objects, head: ManifestHead): Promise<void> {
  const full = (what: string) =>
    new OperatorError(
      `${what}. A backup is restored into an empty database and an empty object store only: set DATA_DIR to a new folder, or SQL_URI and the bucket to empty ones.`,
    );
  for await (const key of objects.list('')) throw full(`There are objects already, such as ${key}`);
  if ((await findSchema(database)) > head.schema) {
    throw full('The database has been used by a newer version than the one that made the backup');
  }
  for (const { name } of await listTables(database.db)) {
    if (await hasRows(database.db, name)) throw full(`The database has rows already, in ${name}`);
  }
}

async function copyObjects(objects: Objects, folder: string, say: (line: string) => void): Promise<number> {
  const source = await openFileObjects(path.join(folder, 'objects'));
  const progress = showCopying(say);
  let damaged = 0;
  await forEachOf(readManifest(folder), COPIED_AT_ONCE, async (entry) => {
    if (entry.type === 'damaged') damaged++;
    if (entry.type !== 'object') return;
    const { key, sha256, bytes } = entry;
    try {
      const { stream } = await source.get(key, { sha256 });
      const stored = await objects.put(key, stream, { maxBytes: bytes });
      if (stored.sha256 !== sha256) throw new ObjectError('corrupt', `${key} was not stored as it was read`);
      progress.add(bytes);
    } catch (error) {
      if (!(error instanceof ObjectError)) throw error;
      throw new OperatorError(
        `The backup cannot be restored whole: ${error.message}. Restore another one into an empty place.`,
        { cause: error },
      );
    }
  });
  say(`  ${progress.total()}`);
  return damaged;
}

async function loadTables(tx: Db, folder: string, say: (line: string) => void): Promise<void> {
  for await (const entry of readManifest(folder)) {
    if (entry.type === 'sequence') await setSequence(tx, entry);
    if (entry.type !== 'table') continue;
    await verifyFile(folder, entry);
    await loadTable(tx, folder, entry);
    say(`  ${entry.name}: ${entry.rows} rows`);
  }
}

async function verifyFile(folder: string, { file, sha256 }: ManifestTable): Promise<void> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path.join(folder, file))) hash.update(chunk);
  } catch (error) {
    throw new OperatorError(`${file} of the backup cannot be read: ${(error as Error).message}`);
  }
  if (hash.digest('hex') !== sha256) {
    throw new OperatorError(`${file} of the backup is not as it was written. Restore another one.`);
  }
}

async function loadTable(tx: Db, folder: string, table: ManifestTable): Promise<void> {
  const lines = createInterface(createReadStream(path.join(folder, table.file)).pipe(createGunzip()));
  let batch: string[] = [];
  let characters = 0;
  const flush = async () => {
    if (batch.length > 0) await insertRows(tx, table, batch);
    batch = [];
    characters = 0;
  };
  for await (const line of lines) {
    batch.push(line);
    characters += line.length;
    if (characters >= BATCH_CHARACTERS) await flush();
  }
  await flush();
  const loaded = await countRows(tx, table.name);
  if (loaded !== table.rows) {
    throw new OperatorError(
      `${table.name} has ${loaded} rows after loading, the manifest says ${table.rows}.`,
    );
  }
}
