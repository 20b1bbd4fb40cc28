import { spawnSync } from 'node:child_process';
import type { Fault } from './fault.ts';
import { checkAlive, settleAndCheck } from './invariants.ts';
import { openLedger, uploadOnce } from './ledger.ts';

const IMAGES = 6;

export const clockSkew: Fault = {
  name: 'clock-skew',
  row: 'clock ±1 h (libfaketime)',
  rounds: 20,
  obstacle: () =>
    spawnSync('faketime', ['--version']).error
      ? 'faketime is not installed (apt-get install faketime)'
      : undefined,
  run: async (trial) => {
    const system = await trial.start({ JOB_LEASE_S: '10' });
    const ledger = openLedger();
    const workers = ['+1h', '-1h'].map((shift) => system.startWorker({ settings: shiftedClock(shift) }));
    await trial.each(async () => {
      await Promise.all(Array.from({ length: IMAGES }, () => uploadOnce(system, ledger)));
      await settleAndCheck(trial, system, ledger);
      const { rowCount } = await system.database.pool.query('select from samples where attempts > 1');
      trial.expect(rowCount === 0, `C: ${rowCount} samples were processed more than once`);
      checkAlive(trial, ...workers);
    });
  },
};

/** What faketime would set: its own process stays between, and hands no signal on. */
function shiftedClock(shift: string): Record<string, string> {
  const { stdout } = spawnSync('faketime', ['-f', shift, 'printenv', 'LD_PRELOAD'], { encoding: 'utf8' });
  return { LD_PRELOAD: stdout.trim(), FAKETIME: shift };
}
