import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Objects } from '../platform/objects.ts';

/** A folder for what one job needs as files; it goes when it is disposed of. */
export async function openJobFolder(workFolder: string): Promise<{ path: string } & AsyncDisposable> {
  await mkdir(workFolder, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(path.join(workFolder, 'job-'));
  return { path: folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
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
