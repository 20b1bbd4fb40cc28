import process from 'node:process';
import { runCommand } from './cli/run-command.ts';
import { decodeImage } from './processing/decode-image.ts';

// A reader that stops early (`| head`) is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exitCode = await runCommand(process.argv.slice(2), {
  decodeImage,
  stdout: process.stdout,
  stderr: process.stderr,
});
