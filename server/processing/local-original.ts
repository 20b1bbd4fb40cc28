import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Objects } from '../platform/objects.ts';

interface StoredOriginal {
  s3Key: string;
  sha256: string;
}

/**
 * An original as a file of this machine, its hash verified: where it lies, or a copy in a folder that goes when it is
 * disposed of. A job process reads it from there, so that no process holds the whole file.
 * @throws ObjectError not_found, corrupt, unavailable
 */
export async function openLocalOriginal(
  objects: Objects,
  { s3Key, sha256 }: StoredOriginal,
  folder: string,
): Promise<{ path: string } & AsyncDisposable> {
  const { stream } = await objects.get(s3Key, { sha256 });
  if (objects.localPath) {
    for await (const _ of stream);
    return { path: objects.localPath(s3Key), [Symbol.asyncDispose]: async () => {} };
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const copy = path.join(folder, randomUUID());
  const remove = () => rm(copy, { force: true });
  try {
    await pipeline(stream, createWriteStream(copy, { flags: 'wx', mode: 0o600 }));
  } catch (error) {
    await remove();
    throw error;
  }
  return { path: copy, [Symbol.asyncDispose]: remove };
}

/** Removes copies that a killed worker left behind. */
export async function removeOldCopies(folder: string, olderThanMs: number): Promise<void> {
  const removeBefore = Date.now() - olderThanMs;
  for (const name of await readdir(folder).catch(() => [])) {
    const copy = path.join(folder, name);
    const found = await stat(copy).catch(() => undefined);
    if (found && found.mtimeMs < removeBefore) await rm(copy, { force: true });
  }
}
