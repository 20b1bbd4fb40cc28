import { readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { mountSmallDisk, smallDiskObstacle } from '../../server/testing/small-disk.ts';
import { connected } from './database-restarts.ts';
import type { Fault } from './fault.ts';
import { checkAlive, checkOrphansSwept, settleAndCheck } from './invariants.ts';
import { annotateOnce, markCell, openLedger, uploadOnce } from './ledger.ts';

const IMAGES_DISK_MIB = 64;
const DATABASE_DISK_MIB = 400;
const MOST_UPLOADS = 400;
const FULL_FOR_MS = 5000;
/** Taken, not taken for want of space, not taken for want of a database. */
const IN_ORDER = [200, 201, 503, 507];

const obstacle: Fault['obstacle'] = (backend) =>
  backend === 's3-sqs' ? 'a bucket is never full' : smallDiskObstacle();

export const imagesDiskFull: Fault = {
  name: 'images-disk-full',
  row: 'disk full (small tmpfs for the images)',
  rounds: 5,
  obstacle,
  run: async (trial) => {
    const disk = mountSmallDisk(IMAGES_DISK_MIB);
    trial.afterwards(() => disk.unmount());
    const dataFolder = path.join(disk.folder, 'data');
    const system = await trial.start({ MIN_FREE_BYTES: '0', JOB_LEASE_S: '10' }, { dataFolder });
    const ledger = openLedger();
    await trial.each(async () => {
      disk.fill();
      disk.free();
      await uploadOnce(system, ledger);
      disk.fill();
      let status = 201;
      for (let sent = 0; status === 201 && sent < MOST_UPLOADS; sent++)
        status = await uploadOnce(system, ledger);
      trial.expect(status === 507, `an upload to a full disk was answered ${status}`);
      const unfinished = readdirSync(path.join(dataFolder, 'objects', '.incoming'));
      trial.expect(unfinished.length === 0, `${unfinished.length} truncated files were left`);
      const worker = system.startWorker();
      await system.workerReady(worker);
      await delay(FULL_FOR_MS);
      checkAlive(trial, system.api, worker);
      disk.free();
      await settleAndCheck(trial, system, ledger);
      worker.kill('SIGTERM');
      await worker.ended;
      const swept = await checkOrphansSwept(trial, system);
      trial.expect(swept === 0, `A: ${swept} objects belonged to no sample`);
    });
  },
};

export const databaseDiskFull: Fault = {
  name: 'database-disk-full',
  row: 'disk full (small tmpfs for the database)',
  rounds: 5,
  obstacle,
  run: async (trial) => {
    const disk = mountSmallDisk(DATABASE_DISK_MIB);
    trial.afterwards(() => disk.unmount());
    const postgresFolder = path.join(disk.folder, 'postgres');
    const system = await trial.start({ JOB_LEASE_S: '10' }, { postgresFolder });
    const worker = system.startWorker();
    await system.workerReady(worker);
    const ledger = openLedger();
    await uploadOnce(system, ledger);
    const [sampleId] = ledger.uploads.keys();
    const seen = new Map<number, number>();
    await trial.each(async () => {
      disk.fill();
      const until = Date.now() + FULL_FOR_MS;
      while (Date.now() < until) {
        for (const status of await Promise.all([
          uploadOnce(system, ledger),
          annotateOnce(system, ledger, markCell(sampleId)),
        ])) {
          seen.set(status, (seen.get(status) ?? 0) + 1);
          trial.expect(IN_ORDER.includes(status), `answered ${status} while the database's disk was full`);
        }
      }
      disk.free();
      await system.postgres.revive();
      await connected(system);
      checkAlive(trial, system.api, worker);
      await settleAndCheck(trial, system, ledger);
    });
    trial.note(`answered ${[...seen].map(([status, times]) => `${times} × ${status}`).join(', ')}`);
  },
};
