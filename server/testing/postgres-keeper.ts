// Runs a PostgreSQL in a temporary folder for as long as its input stays open, which ends with the process that
// started it, however that dies. Prints where a migrated
// database is, the template of all others.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { startEmbeddedPostgres } from '../db/embedded-postgres.ts';
import { migrateDatabase } from '../db/migrate.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'balscope-test-'));
chmodSync(folder, 0o711);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

process.stdout.on('error', () => {});
const inputClosed = new Promise<void>((resolve) => process.stdin.resume().once('close', resolve));
const postgres = await startEmbeddedPostgres(path.join(folder, 'postgres'), { durable: false });
try {
  await migrateDatabase(postgres);
  process.stdout.write(`${JSON.stringify({ uri: postgres.uri, ownerUri: postgres.ownerUri })}\n`);
  await inputClosed;
} finally {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}
