import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const MIB = 1024 * 1024;

export interface SmallDisk {
  folder: string;
  fill(): void;
  free(): void;
  unmount(): void;
}

/** A disk of its own in memory, which only root may mount. */
export function mountSmallDisk(sizeMib: number): SmallDisk {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'balscope-disk-'));
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMib}m`, 'tmpfs', folder]);
  if (status !== 0) throw new Error(`mount: ${stderr}`);
  chmodSync(folder, 0o711);
  const filler = path.join(folder, 'filler');
  return {
    folder,
    fill: () => {
      const chunk = Buffer.alloc(MIB / 4);
      try {
        for (;;) writeFileSync(filler, chunk, { flag: 'a' });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    },
    free: () => rmSync(filler, { force: true }),
    unmount: () => {
      spawnSync('umount', ['--lazy', folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Why there can be none, if so. */
export function smallDiskObstacle(): string | undefined {
  try {
    mountSmallDisk(1).unmount();
    return undefined;
  } catch (error) {
    return `no tmpfs can be mounted (${(error as Error).message.trim()})`;
  }
}
