import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Objects } from '../platform/objects.ts';

/** A folder for what one job needs as files; it goes when it is disposed of. */
export async function openJobFolder(workFolder: string): Promise<{ path: string } & AsyncDisposable> {
  await mkdir(workFolder, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(path.join(workFolder, 'job-'));
  return { path: folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/** The disk of the worker is too full for a job. The message names the remedy. */
export class NoRoom extends Error {}

/**
 * Before files of so many bytes are made: a disk that they fill would also stop what else lives on it, such as the
 * database of a system on one machine.
 * @param reserveBytes what has to stay free
 * @throws NoRoom
 */
export async function checkRoom(folder: string, bytes: number, reserveBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize - bytes >= reserveBytes) return;
  const gigabytes = (bytes / 1e9).toFixed(1);
  throw new NoRoom(
    `The disk of the worker has no room for the tiles of so large an image (up to ${gigabytes} GB). Tell the administrator, and start it once more later.`,
  );
}

/** Removes folders that a killed worker left behind. */
export async function removeOldJobFolders(workFolder: string, olderThanMs: number): Promise<void> {
  const removeBefore = Date.now() - olderThanMs;
  for (const name of await readdir(workFolder).catch(() => [])) {
    const folder = path.join(workFolder, name);
    const found = await stat(folder).catch(() => undefined);
    if (found && found.mtimeMs < removeBefore) await rm(folder, { recursive: true, force: true });
  }
}

/**
 * An original as a file of this machine, its hash verified: where it lies, or a copy in the job's folder. A job
 * process reads it from there, so that no process holds the whole file.
 * @throws ObjectError not_found, corrupt, unavailable
 */
export async function localOriginal(
  objects: Objects,
  { s3Key, sha256 }: { s3Key: string; sha256: string },
  jobFolder: string,
): Promise<string> {
  const { stream } = await objects.get(s3Key, { sha256 });
  if (objects.localPath) {
    for await (const _ of stream);
    return objects.localPath(s3Key);
  }
  const copy = path.join(jobFolder, 'original');
  await pipeline(stream, createWriteStream(copy, { flags: 'wx', mode: 0o600 }));
  return copy;
}
