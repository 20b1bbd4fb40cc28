// Holds random requests over all routes, roles and owners against the contract, and prints what came of them:
// npx node bench/fuzz-api.ts [requests] [seed]
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '../server/db/embedded-postgres.ts';
import { migrateDatabase } from '../server/db/migrate.ts';
import { fuzzApi } from '../server/testing/fuzz-api.ts';
import { createTestApp } from '../server/testing/test-app.ts';

const requests = Number(process.argv[2] ?? 20_000);
const seed = Number(process.argv[3] ?? Math.floor(Math.random() * 2 ** 31));
if (!Number.isInteger(requests) || !Number.isInteger(seed)) throw new RangeError('give whole numbers');

const folder = mkdtempSync(path.join(os.tmpdir(), 'balscope-fuzz-'));
chmodSync(folder, 0o711);
const postgres = await startEmbeddedPostgres(path.join(folder, 'postgres'), { durable: false });
try {
  await migrateDatabase(postgres);
  const t = await createTestApp({ template: postgres, backend: 'local' });
  const startedAt = performance.now();
  const progress = (sent: number) => process.stderr.write(`\r${sent} of ${requests}`);
  const { sent, byStatus, taken, slowest, faults } = await fuzzApi(t, { requests, seed, progress });
  const seconds = (performance.now() - startedAt) / 1000;
  await t.close();
  console.log(`\n${sent} requests in ${seconds.toFixed(0)} s, seed ${seed}`);
  for (const [status, count] of Object.entries(byStatus)) console.log(`${status}  ${count}`);
  console.log(`routes taken at least once: ${Object.keys(taken).length}`);
  console.log(`slowest but for images: ${slowest.name}, ${slowest.ms.toFixed(0)} ms`);
  console.log(`broken promises: ${faults.length}`);
  for (const fault of faults) console.log(`  ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
} finally {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
