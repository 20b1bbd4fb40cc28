import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { insertActivity } from '../activity/queries.ts';
import type { Database, Db } from '../db/client.ts';
import { OperatorError } from '../operator-error.ts';
import { ObjectError, type Objects } from '../platform/objects.ts';
import { openFileObjects } from '../platform/objects-files.ts';
import { showCopying } from './copy-progress.ts';
import { forEachOf } from './for-each-of.ts';
import {
  FORMAT,
  type ManifestHead,
  type ManifestTable,
  type ManifestWriter,
  writeManifest,
} from './manifest.ts';
import { type KnownObject, listKnownObjects } from './object-queries.ts';
import {
  findSchema,
  inSnapshot,
  listSequences,
  listTables,
  readRows,
  type TableShape,
} from './snapshot-queries.ts';

export interface System {
  database: Database;
  objects: Objects;
  say(line: string): void;
}

const KEYS = 'objects.wanted';
const COPIED_AT_ONCE = 8;
const NOBODY = { id: null, address: null, requestId: null };

/**
 * Writes the database and all objects it names into an empty folder, while the system runs on. The rows belong to one
 * moment; objects never change under their key, so copying them afterwards is as good as at that moment.
 * @returns how many objects could not be had whole; the manifest names them
 * @throws OperatorError unless the folder is empty or new
 */
export async function backUp(
  { database, objects, say }: System,
  folder: string,
  kind: ManifestHead['kind'],
): Promise<{ damaged: number }> {
  prepareFolder(folder);
  using manifest = writeManifest(folder);
  const schema = await findSchema(database);
  manifest.add({ type: 'backup', format: FORMAT, made_at: new Date().toISOString(), schema, kind });
  await inSnapshot(database, async (tx) => {
    for (const table of await listTables(tx)) {
      const written = await writeTable(tx, folder, table);
      manifest.add(written);
      say(`  ${written.name}: ${written.rows} rows`);
    }
    for (const sequence of await listSequences(tx)) manifest.add({ type: 'sequence', ...sequence });
    await writeKeys(tx, path.join(folder, KEYS));
  });
  const damaged = await copyObjects(objects, folder, manifest, say);
  rmSync(path.join(folder, KEYS));
  manifest.finish();
  await insertActivity(database.db, NOBODY, {
    activityType: 'system.backup',
    description: 'Copied the database and all images into a backup',
    metadata: { damaged },
  });
  return { damaged };
}

function prepareFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (readdirSync(folder).length > 0) {
    throw new OperatorError(`${folder} is not empty. Give each backup a folder of its own.`);
  }
  mkdirSync(path.join(folder, 'tables'), { mode: 0o700 });
}

async function writeTable(tx: Db, folder: string, { name, columns }: TableShape): Promise<ManifestTable> {
  const file = `tables/${name}.jsonl.gz`;
  const target = path.join(folder, file);
  const hash = createHash('sha256');
  let rows = 0;
  await pipeline(
    async function* () {
      for await (const some of readRows(tx, name)) {
        rows += some.length;
        yield `${some.join('\n')}\n`;
      }
    },
    createGzip({ level: 5 }),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    },
    createWriteStream(target, { flags: 'wx', mode: 0o600, flush: true }),
  );
  const { size } = await stat(target);
  return { type: 'table', name, columns, rows, file, bytes: size, sha256: hash.digest('hex') };
}

/** Beside the backup for a while, so that the snapshot need not last as long as the copying. */
async function writeKeys(tx: Db, file: string): Promise<void> {
  await pipeline(
    async function* () {
      for await (const some of listKnownObjects(tx)) {
        yield some.map((object) => `${JSON.stringify(object)}\n`).join('');
      }
    },
    createWriteStream(file, { mode: 0o600 }),
  );
}

async function copyObjects(
  objects: Objects,
  folder: string,
  manifest: ManifestWriter,
  say: (line: string) => void,
): Promise<number> {
  const target = await openFileObjects(path.join(folder, 'objects'));
  const progress = showCopying(say);
  let damaged = 0;
  const lines = createInterface(createReadStream(path.join(folder, KEYS)));
  await forEachOf(lines, COPIED_AT_ONCE, async (line) => {
    const { key, sha256 } = JSON.parse(line) as KnownObject;
    try {
      const { stream, bytes } = await objects.get(key, sha256 === null ? undefined : { sha256 });
      const stored = await target.put(key, stream, { maxBytes: bytes });
      manifest.add({ type: 'object', key, ...stored });
      progress.add(stored.bytes);
    } catch (error) {
      if (!(error instanceof ObjectError) || !['not_found', 'corrupt'].includes(error.code)) throw error;
      damaged++;
      manifest.add({ type: 'damaged', key, reason: error.code });
      say(`  ${key}: ${error.message}`);
    }
  });
  say(`  ${progress.total()}`);
  return damaged;
}
