import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createClient } from '../../contract/client.ts';
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
  'with nothing set but a port, the demonstration ends with every field processed, its data apart and nobody signed in',
  async () => {
    demo = launch([MAIN, 'demo'], { PORT: String(await findFreePort()) }, folder);
    await demo.prints(/BALscope is ready at http:\/\/localhost:\d+/);
    expect(demo.output()).toMatch(/cells +24 fields processed/);
    expect(demo.output()).toMatch(/lena@demo\.test/);
    expect(existsSync(path.join(folder, 'data', 'demo', 'objects'))).toBe(true);
    expect(existsSync(path.join(folder, 'data', 'objects'))).toBe(false);
    expect(await sessionsOf('lena@demo.test', demo.output())).toHaveLength(1);
  },
  DEMO_TIMEOUT_MS,
);

/** Those of a user who signs in as what was printed says. */
async function sessionsOf(email: string, printed: string) {
  const base = /ready at (\S+)/.exec(printed)?.[1] ?? '';
  const password = /with the password (\S+)/.exec(printed)?.[1] ?? '';
  const { accessToken } = await createClient({ base })('login', { body: { email, password } });
  const headers = () => ({ authorization: `Bearer ${accessToken}` });
  return (await createClient({ base, headers })('listSessions', {})).items;
}
