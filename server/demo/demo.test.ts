import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findFreePort } from '../db/postgres-process.ts';
import { type Launched, launch } from '../testing/launched.ts';

const MAIN = path.resolve(import.meta.dirname, '../main.ts');
const DEMO_TIMEOUT_MS = 200_000;

let folder: string;
let demo: Launched | undefined;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'balscope-demo-'));
});
afterEach(async () => {
  demo?.child.kill('SIGTERM');
  await demo?.ended;
  rmSync(folder, { recursive: true, force: true });
});

test(
  'with nothing set but a port, the demonstration ends with every field processed and its data apart',
  async () => {
    demo = launch([MAIN, 'demo'], { PORT: String(await findFreePort()) }, folder);
    await demo.prints(/BALscope is ready at http:\/\/localhost:\d+/);
    expect(demo.output()).toMatch(/cells +24 fields processed/);
    expect(demo.output()).toMatch(/lena@demo\.test/);
    expect(existsSync(path.join(folder, 'data', 'demo', 'objects'))).toBe(true);
    expect(existsSync(path.join(folder, 'data', 'objects'))).toBe(false);
  },
  DEMO_TIMEOUT_MS,
);
