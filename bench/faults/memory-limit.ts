import { emptyPng } from '../../server/testing/image-files.ts';
import type { Fault } from './fault.ts';
import { checkAlive, settleAndCheck } from './invariants.ts';
import { openLedger, uploadOnce } from './ledger.ts';

const MIB = 1024 * 1024;
/** Decoded it needs several times its pixels in bytes: more than the least memory that a job may be given. */
const SIDE_PX = 24_000;

export const memoryLimit: Fault = {
  name: 'memory-limit',
  row: 'memory limit (prlimit)',
  rounds: 5,
  obstacle: () => (process.platform === 'linux' ? undefined : 'prlimit is of Linux'),
  run: async (trial) => {
    const system = await trial.start({
      JOB_MEMORY_BYTES: String(1024 * MIB),
      MAX_DECODED_PIXELS: String(SIDE_PX ** 2),
      JOB_LEASE_S: '10',
    });
    const worker = system.startWorker({ settings: { WORKER_CONCURRENCY: '1' } });
    const ledger = openLedger();
    await trial.each(async (at) => {
      const bytes = emptyPng(SIDE_PX, SIDE_PX + at);
      const response = await system.upload([{ name: 'vast.png', bytes }]);
      trial.expect([201, 422].includes(response.status), `a vast image was answered ${response.status}`);
      await uploadOnce(system, ledger);
      await settleAndCheck(trial, system, ledger);
      const { rows } = await system.database.pool.query(
        `select inference_status as status, error from samples where original_filename = 'vast.png'
          order by created_at desc limit 1`,
      );
      const [{ status, error } = { status: 'refused', error: await response.text() }] = rows;
      trial.expect(
        ['failed', 'refused'].includes(status) && /memory/.test(error),
        `a vast image: ${status}, ${error}`,
      );
      checkAlive(trial, system.api, worker);
    });
  },
};
