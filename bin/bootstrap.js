// Runs on whatever Node the machine has, before any package is installed: plain JavaScript, no dependencies.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { findInstallFault, installPackages } from './packages.js';

const OLDEST_NODE_TO_BOOTSTRAP = 20;
const OLDEST_NODE_TO_RUN = 24;
const SAME_KEYPRESS_MS = 1000;
const LAST_PATIENCE_MS = 5000;

const entryPoints = {
  demo: ['server/main.ts', 'demo'],
  start: ['server/main.ts', 'start'],
  api: ['server/main.ts', 'api'],
  worker: ['server/main.ts', 'worker'],
  test: ['bin/run-tests.ts'],
  faults: ['bench/faults/main.ts'],
};

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** @param {string} sentence @returns {never} */
function stop(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

/** @param {string} version for example v20.11.0 */
function majorOf(version) {
  return Number(version.replace(/^v/, '').split('.')[0]);
}

/** The pinned Node from node_modules where it runs here, else this one when it is new enough. */
function findNode() {
  const os = process.platform === 'win32' ? 'win' : process.platform;
  const binary = process.platform === 'win32' ? 'node.exe' : 'node';
  const pinned = path.join(root, 'node_modules', `node-${os}-${process.arch}`, 'bin', binary);
  if (existsSync(pinned) && spawnSync(pinned, ['--version']).status === 0) return pinned;
  if (majorOf(process.version) >= OLDEST_NODE_TO_RUN) return process.execPath;
  return stop(
    `BALscope runs on Node ${OLDEST_NODE_TO_RUN}. There is no ready-made Node ${OLDEST_NODE_TO_RUN} for ${process.platform}-${process.arch} among its packages, ` +
      `and this is Node ${process.version.slice(1)}: install Node ${OLDEST_NODE_TO_RUN} or later from https://nodejs.org and try again.`,
  );
}

/**
 * Hands signals on, and the child's end back. A key press reaches this process up to three times (terminal,
 * npm, shell), so signals within a second count as one. The second one forces the child's end.
 * @param {import('node:child_process').ChildProcess} child
 */
function standInFor(child) {
  let firstSignalAt = 0;
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => {
    child.kill(signal);
    const now = Date.now();
    if (firstSignalAt === 0) firstSignalAt = now;
    else if (now - firstSignalAt > SAME_KEYPRESS_MS)
      setTimeout(() => child.kill('SIGKILL'), LAST_PATIENCE_MS).unref();
  };
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => forward(signal));
  }
  child.on('error', (error) => stop(`Could not start Node: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal) process.stderr.write(`BALscope was ended by ${signal}.\n`);
    process.exit(code ?? 1);
  });
}

/** npm killed with SIGKILL cannot say so: its orphan notices that it has another parent. */
function stopWhenNpmDies() {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
  }, 500).unref();
}

const [verb = '', ...args] = process.argv.slice(2);
const entryPoint = entryPoints[/** @type {keyof typeof entryPoints} */ (verb)];
if (!entryPoint) stop(`Usage: node bin/bootstrap.js ${Object.keys(entryPoints).join(' | ')}`);
if (majorOf(process.version) < OLDEST_NODE_TO_BOOTSTRAP) {
  stop(
    `BALscope needs Node ${OLDEST_NODE_TO_BOOTSTRAP} or later, and this is Node ${process.version.slice(1)}. ` +
      'Install a current Node from https://nodejs.org and try again.',
  );
}

const fault = findInstallFault(root, { withDevelopment: verb === 'test' || verb === 'faults' });
if (fault) {
  const failure = installPackages(root);
  if (failure) stop(failure);
}
const child = spawn(findNode(), [...entryPoint, ...args], {
  cwd: root,
  // The extra channel tells the child when this process dies, however it dies.
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
});
standInFor(child);
stopWhenNpmDies();
