import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, rmdir, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { HashingMeter, verified } from './hashed-stream.ts';
import { assertKey, ObjectError, type Objects } from './objects.ts';

/** Segments of keys never begin with a dot, so nothing stored can be mistaken for an upload in progress. */
const TEMPORARY_FOLDER = '.incoming';
const RENAME_ATTEMPTS = 5;

/** Objects as files below one folder: hashed on the way in, complete or absent, on disk before they are reported. */
export async function openFileObjects(folder: string): Promise<Objects> {
  const temporaryFolder = path.join(folder, TEMPORARY_FOLDER);
  await mkdir(temporaryFolder, { recursive: true, mode: 0o700 });

  const pathOf = (key: string): string => {
    assertKey(key);
    return path.join(folder, ...key.split('/'));
  };

  const put: Objects['put'] = async (key, source, { maxBytes }) => {
    const target = pathOf(key);
    const temporary = path.join(temporaryFolder, randomUUID());
    try {
      const stored = await writeHashed(temporary, source, key, maxBytes);
      await moveInto(temporary, target);
      return stored;
    } catch (error) {
      await rm(temporary, { force: true });
      throw asWriteError(error);
    }
  };

  const openObject = async (key: string, start: number, end: number) => {
    const file = await open(pathOf(key), 'r').catch((error) => {
      throw asReadError(error, key);
    });
    const found = await file.stat();
    if (!found.isFile()) {
      await file.close();
      throw new ObjectError('not_found', `There is no object ${key}`);
    }
    const last = Math.min(end, found.size - 1);
    if (last < start) {
      await file.close();
      return { stream: Readable.from([]), bytes: 0 };
    }
    return { stream: file.createReadStream({ start, end: last }), bytes: last - start + 1 };
  };

  const get: Objects['get'] = async (key, expected) => {
    const { stream, bytes } = await openObject(key, 0, Number.POSITIVE_INFINITY);
    return {
      stream: expected
        ? Readable.from(verified(stream, key, expected.sha256), { objectMode: false })
        : stream,
      bytes,
    };
  };

  return {
    put,
    get,
    getRange: openObject,
    read: async (key, expected) => Buffer.concat(await (await get(key, expected)).stream.toArray()),
    localPath: pathOf,
    head: async (key) => {
      const found = await stat(pathOf(key)).catch(ignoreMissing);
      return found?.isFile() ? { bytes: found.size, storedAt: found.mtime } : undefined;
    },
    remove: async (key) => {
      const file = pathOf(key);
      await rm(file, { force: true });
      await removeEmptyFolders(path.dirname(file), folder);
    },
    list: (prefix) => listKeys(folder, prefix),
    sweepTemporary: (olderThanMs) => sweep(temporaryFolder, Date.now() - olderThanMs),
    freeBytes: async () => {
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize;
    },
    check: async () => {
      const probe = path.join(temporaryFolder, `check-${randomUUID()}`);
      try {
        await writeHashed(probe, Readable.from([Buffer.from('ready')]), 'check', 5);
      } finally {
        await rm(probe, { force: true });
      }
    },
  };
}

async function writeHashed(file: string, source: Readable, key: string, maxBytes: number) {
  const meter = new HashingMeter();
  const handle = await open(file, 'wx', 0o600);
  const destination = handle.createWriteStream({ flush: true });
  await pipeline(
    source,
    (chunks: AsyncIterable<Buffer>) => meter.measure(chunks, key, maxBytes),
    destination,
  );
  return meter.stored();
}

/** Tries again when a removal next door took the folder away between making it and moving into it. */
async function moveInto(temporary: string, target: string): Promise<void> {
  const folder = path.dirname(target);
  for (let attempt = 1; ; attempt++) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    try {
      await rename(temporary, target);
      break;
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || attempt === RENAME_ATTEMPTS) throw error;
    }
  }
  await syncFolder(folder);
}

/** Without this a power cut can forget the new name. Windows cannot open folders and does not need it. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function removeEmptyFolders(from: string, root: string): Promise<void> {
  for (let folder = from; folder !== root; folder = path.dirname(folder)) {
    try {
      await rmdir(folder);
    } catch {
      return;
    }
  }
}

async function* listKeys(root: string, prefix: string): AsyncGenerator<string> {
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries =
      (await readdir(path.join(root, folder), { withFileTypes: true }).catch(ignoreMissing)) ?? [];
    for (const entry of entries) {
      const key = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (key === TEMPORARY_FOLDER) continue;
      if (entry.isDirectory() && (prefix.startsWith(`${key}/`) || key.startsWith(prefix))) folders.push(key);
      if (entry.isFile() && key.startsWith(prefix)) yield key;
    }
  }
}

async function sweep(temporaryFolder: string, olderThan: number): Promise<number> {
  let swept = 0;
  for (const name of await readdir(temporaryFolder)) {
    const file = path.join(temporaryFolder, name);
    const found = await stat(file).catch(ignoreMissing);
    if (!found || found.mtimeMs > olderThan) continue;
    await rm(file, { force: true });
    swept++;
  }
  return swept;
}

function asReadError(error: unknown, key: string): unknown {
  const missing = ['ENOENT', 'ENOTDIR'].includes(String(codeOf(error)));
  return missing ? new ObjectError('not_found', `There is no object ${key}`, { cause: error }) : error;
}

function asWriteError(error: unknown): unknown {
  const full = ['ENOSPC', 'EDQUOT'].includes(String(codeOf(error)));
  return full ? new ObjectError('full', 'The disk that holds the objects is full', { cause: error }) : error;
}

function ignoreMissing(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR') throw error;
  return undefined;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
