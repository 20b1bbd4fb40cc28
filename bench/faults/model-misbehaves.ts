import { readFileSync } from 'node:fs';
import {
  answering,
  detection,
  dripping,
  flooding,
  hanging,
  type ModelBehaviour,
  startModelStub,
} from '../../server/testing/model-stub.ts';
import type { Fault } from './fault.ts';
import { settleAndCheck } from './invariants.ts';
import { openLedger, uploadOnce } from './ledger.ts';

const MIB = 1024 * 1024;
const MODEL_TIMEOUT_S = 3;
const FLOOD_BYTES = 100 * MIB;
const MOST_GROWTH_MIB = 150;

const behaviours: readonly [string, ModelBehaviour][] = [
  ['hangs', hanging],
  ['answers 500', answering({ error: 'internal' }, 500)],
  ['answers garbage', answering('<html>not json')],
  ['answers 100 MB', flooding(FLOOD_BYTES)],
  ['drips', dripping],
  [
    'finds boxes of no size',
    answering([detection('lymphocyte', [Number.NaN, 0, 10, Number.POSITIVE_INFINITY])]),
  ],
];

/** The table says failed with the reason; since then our own detection serves instead, and the run has the reason. */
export const modelMisbehaves: Fault = {
  name: 'model-misbehaves',
  row: 'model endpoint hangs, 500, garbage, 100 MB, drips, NaN boxes',
  rounds: 20,
  run: async (trial) => {
    const stub = await startModelStub();
    trial.afterwards(() => stub.close());
    const system = await trial.start({ MODEL_API_URL: stub.url, MODEL_TIMEOUT_S: String(MODEL_TIMEOUT_S) });
    const { pool } = system.database;
    await pool.query(
      `update laboratory_settings set settings = settings || '{"detection": {"engine": "model"}}'`,
    );
    const ledger = openLedger();
    let asked = 0;
    await trial.each(async (at) => {
      const [name, behaviour] = behaviours[at % behaviours.length];
      // A fresh worker, whose circuit breaker is closed.
      const worker = system.startWorker();
      await system.workerReady(worker);
      const before = residentMib(worker.pid);
      stub.behave(behaviour);
      await uploadOnce(system, ledger);
      await settleAndCheck(trial, system, ledger);
      asked += stub.requests.length;
      trial.expect(stub.requests.length > 0, `the model that ${name} was not asked`);
      const { rows } = await pool.query(
        `select inference_status as status, engine, fallback_reason as reason from samples
           left join detection_runs on detection_runs.id = latest_run_id order by samples.created_at desc limit 1`,
      );
      const [{ status, engine, reason }] = rows;
      trial.expect(
        status === 'completed' && engine === 'tree',
        `after a model that ${name}: ${status}, ${engine}`,
      );
      trial.expect(Boolean(reason), `a run does not say that the model ${name}`);
      const grown = residentMib(worker.pid) - before;
      trial.expect(grown < MOST_GROWTH_MIB, `the worker grew by ${grown} MiB while the model ${name}`);
      worker.kill('SIGTERM');
      trial.expect((await worker.ended) === 0, `the worker did not end in order after a model that ${name}`);
    });
    trial.note(`the model was asked ${asked} times`);
  },
};

export function residentMib(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}
