import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { TestProject } from 'vitest/node';
import type { DatabaseUris } from '../db/embedded-postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A migrated database that `createTestDatabase` copies; nobody may connect to it. */
    template: DatabaseUris;
  }
}

/** vitest's global setup: one throw-away PostgreSQL for all test files. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Detached, so that Ctrl-C does not end it before the tests; it stops by itself when our end of its input closes.
  const keeper = spawn(process.execPath, [path.join(import.meta.dirname, 'postgres-keeper.ts')], {
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(keeper, 'exit');
  const [uris] = await Promise.race([
    once(createInterface(keeper.stdout), 'line') as Promise<[string]>,
    ended.then(() => Promise.reject(new Error('PostgreSQL for the tests did not start'))),
  ]);
  project.provide('template', JSON.parse(uris) as DatabaseUris);
  return async () => {
    keeper.stdin.end();
    await ended;
  };
}
