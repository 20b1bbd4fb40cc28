import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Passwords } from '../auth/passwords.ts';
import type { Db } from '../db/client.ts';
import type { Progress } from '../start/progress.ts';
import { DEMO_USERS } from './laboratory.ts';
import { seedDemo } from './seed.ts';

interface DemoDependencies {
  db: Db;
  passwords: Passwords;
  dataFolder: string;
  address: string;
  progress: Progress;
  signal: AbortSignal;
}

const Demo = z.object({ password: z.string(), seeded: z.boolean() });

/** Seeds the demonstration when that was not finished before. @returns the logins, a line each */
export async function prepareDemo({
  db,
  passwords,
  dataFolder,
  address,
  progress,
  signal,
}: DemoDependencies): Promise<string[]> {
  const file = path.join(dataFolder, 'demo.json');
  // Drawn for each data folder, so that no copy of BALscope answers to a password that others know.
  const demo = existsSync(file)
    ? Demo.parse(JSON.parse(readFileSync(file, 'utf8')))
    : { password: `demo-${randomBytes(4).toString('hex')}`, seeded: false };
  const keep = (seeded: boolean) => writeFileSync(file, JSON.stringify({ ...demo, seeded }), { mode: 0o600 });
  if (!demo.seeded) {
    keep(false);
    await seedDemo({ db, address, password: demo.password, hashPassword: passwords.hash, progress, signal });
    keep(true);
  }
  return [
    'Sign in as',
    ...Object.values(DEMO_USERS).map(
      ({ email, role, name }) => `  ${email.padEnd(18)} ${name}, ${TASKS[role]}`,
    ),
    `with the password ${demo.password}`,
  ];
}

const TASKS = {
  ADMIN: 'administers',
  UPLOADER: 'uploads images and sees results',
  ANNOTATOR: 'reads the slides',
} as const;
