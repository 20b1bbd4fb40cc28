import { setTimeout as delay } from 'node:timers/promises';
import type { RunningSystem } from '../running-system.ts';

const PATIENCE_MS = 60_000;

/** Waits for a claim that a worker takes from now on. @returns the samples in progress, with their fencing tokens */
export async function someoneWorks({ database }: RunningSystem): Promise<{ id: string; runId: string }[]> {
  const { rows } = await database.pool.query('select now() as since');
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await database.pool.query(
      `select id, run_id as "runId" from samples where inference_status = 'processing' and started_at > $1`,
      [rows[0].since],
    );
    if (found.rowCount) return found.rows;
    if (Date.now() > deadline) throw new Error('B: no worker takes anything up');
    await delay(10);
  }
}
