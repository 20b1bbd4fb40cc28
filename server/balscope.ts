import path from 'node:path';
import process from 'node:process';
import { runCommand } from './cli/run-command.ts';
import { decodeImage } from './processing/decode-image.ts';
import { withEnvFile } from './start/environment.ts';

const ENV_FILE = path.join(import.meta.dirname, '..', '.env');

const environment = () => withEnvFile(ENV_FILE, process.env);
/** Loaded on first use: finding cells needs no database. */
const system = () => import('./open-system.ts');

// A reader that stops early (`| head`) is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exitCode = await runCommand(process.argv.slice(2), {
  decodeImage,
  // Loaded on first use: finding cells needs neither database nor bucket.
  openStores: async () => (await import('./open-stores.ts')).openStores(environment()),
  backUp: async (folder, say) => (await system()).backUpSystem(environment(), folder, say),
  restore: async (folder, say) => (await system()).restoreSystem(environment(), folder, say),
  verifyObjects: async (say, report) => (await system()).verifyObjectsOfSystem(environment(), say, report),
  verifyActivity: async (noted) => (await system()).verifyActivityOfSystem(environment(), noted),
  stdout: process.stdout,
  stderr: process.stderr,
});
