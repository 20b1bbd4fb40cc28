import { setTimeout as delay } from 'node:timers/promises';
import type { Trial } from './fault.ts';
import { openLedger, uploadOnce } from './ledger.ts';

/** So long a part stays away. */
export const GONE_MS = 60_000;

/** What was answered just before may still be on its way. */
export const LAST_ANSWERS_MS = 1000;

const ASK_EVERY_MS = 500;

/** A system whose worker is at work, with one upload acknowledged. */
export async function startAtWork(trial: Trial) {
  const system = await trial.start({ JOB_LEASE_S: '10' });
  const worker = system.startWorker();
  await system.workerReady(worker);
  const ledger = openLedger();
  await uploadOnce(system, ledger);
  return { system, worker, ledger };
}

/**
 * Asks again and again until a time; each answer has to be a 503 that says when to try again.
 * @param without completes `… was answered 200 without …`
 * @returns how often it asked
 */
export async function expectUnavailable(
  trial: Trial,
  { until, withinMs, without }: { until: number; withinMs: number; without: string },
  ask: () => Promise<Response>,
): Promise<number> {
  let asked = 0;
  while (Date.now() < until) {
    const startedAt = performance.now();
    const response = await ask();
    await response.body?.cancel();
    const tookMs = performance.now() - startedAt;
    asked++;
    trial.expect(response.status === 503, `a request was answered ${response.status} without ${without}`);
    trial.expect(response.headers.has('retry-after'), 'a 503 does not say when to try again');
    trial.expect(tookMs < withinMs, `a 503 took ${Math.round(tookMs)} ms`);
    await delay(ASK_EVERY_MS);
  }
  return asked;
}
