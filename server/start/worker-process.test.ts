import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import os from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createLog } from '../platform/log.ts';
import { eventually } from '../testing/launched.ts';
import { superviseWorker } from './worker-process.ts';

const log = createLog('silent', openSync(os.devNull, 'a'));

function startsOf(script: string) {
  const startedAt: number[] = [];
  const start = () => {
    startedAt.push(performance.now());
    return spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
  };
  return { startedAt, start };
}

test('a worker that keeps ending is started again after growing pauses', async () => {
  const { startedAt, start } = startsOf('process.exit(1)');
  const worker = superviseWorker(start, log, { firstPauseMs: 100 });
  await eventually(() => startedAt.length === 4);
  await worker.stop();
  // On a busy machine a process takes its time to end, but no pause is ever shorter; timers may be early by a ms.
  for (const [index, pause] of [100, 200, 400].entries()) {
    expect(startedAt[index + 1] - startedAt[index]).toBeGreaterThan(pause - 5);
  }
  const starts = startedAt.length;
  await delay(1200);
  expect(startedAt).toHaveLength(starts);
});

test('a program that cannot be started at all is tried again, and stopping ends that', async () => {
  let tries = 0;
  const worker = superviseWorker(
    () => {
      tries++;
      return spawn('/nowhere/node');
    },
    log,
    { firstPauseMs: 20 },
  );
  await eventually(() => tries === 3);
  await worker.stop();
});

test('stopping asks once, however often it is called, and waits for the end', async () => {
  const { start } = startsOf(
    "let asked = 0; process.on('SIGTERM', () => { asked++; setTimeout(() => process.exit(asked), 200); }); setInterval(() => {}, 1000);",
  );
  const worker = superviseWorker(start, log);
  const child = worker.current()!;
  await delay(500);
  await Promise.all([worker.stop(), worker.stop()]);
  expect(child.exitCode).toBe(1);
});
