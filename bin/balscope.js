#!/usr/bin/env node
// Runs on whatever Node the machine has: plain JavaScript that hands over to the pinned Node.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE_TO_RUN = 24;

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** The pinned Node from node_modules, else this one when it is new enough. */
function findNode() {
  const os = process.platform === 'win32' ? 'win' : process.platform;
  const binary = process.platform === 'win32' ? 'node.exe' : 'node';
  const packageFolder = `node-${os}-${process.arch}`;
  const beside = [path.join(root, 'node_modules'), path.dirname(root)];
  const pinned = beside
    .map((folder) => path.join(folder, packageFolder, 'bin', binary))
    .find((file) => existsSync(file));
  if (pinned) return pinned;
  if (Number(process.version.slice(1).split('.')[0]) >= OLDEST_NODE_TO_RUN) return process.execPath;
  process.stderr.write(
    `balscope needs its packages: run "npm ci" in ${root} (or use Node ${OLDEST_NODE_TO_RUN} or later).\n`,
  );
  return process.exit(1);
}

const child = spawn(findNode(), [path.join(root, 'server', 'balscope.ts'), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => child.kill(signal));
}
child.on('error', (error) => {
  process.stderr.write(`balscope could not start Node: ${error.message}\n`);
  process.exit(1);
});
child.on('exit', (code, signal) => {
  if (!signal) process.exit(code ?? 1);
  // Ending by the same signal tells the shell what happened.
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});
