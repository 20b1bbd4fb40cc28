import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

/**
 * @typedef {{ version?: string, optional?: boolean, dev?: boolean, os?: string[], cpu?: string[], libc?: string[] }} LockedPackage
 * @param {string} file
 * @returns {Record<string, LockedPackage> | undefined}
 */
function readLockedPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** @param {LockedPackage} locked */
function mayBeAbsent(locked) {
  if (!locked.optional) return false;
  const namesPlatform = locked.os !== undefined && locked.cpu !== undefined && locked.libc === undefined;
  if (!namesPlatform) return true;
  return !locked.os?.includes(process.platform) || !locked.cpu?.includes(process.arch);
}

/**
 * Compares the lockfile with the list npm itself keeps of what it installed, so a folder made by plain
 * `npm ci` or `npm install` counts as good.
 * @param {string} root
 * @param {{ withDevelopment: boolean }} options whether packages only tests need must be there
 * @returns {string | undefined} the first package that is not as locked
 */
export function findInstallFault(root, { withDevelopment }) {
  const locked = readLockedPackages(path.join(root, 'package-lock.json'));
  if (!locked) return 'package-lock.json cannot be read';
  const installed = readLockedPackages(path.join(root, 'node_modules', '.package-lock.json'));
  if (!installed) return 'nothing is installed';
  for (const [name, wanted] of Object.entries(locked)) {
    if (name === '' || (wanted.dev && !withDevelopment)) continue;
    const found = installed[name];
    if (!found && !mayBeAbsent(wanted)) return `${name} is missing`;
    if (found && found.version !== wanted.version)
      return `${name} is ${found.version}, not ${wanted.version}`;
  }
  return undefined;
}

/**
 * @param {string} root
 * @returns {string | undefined} what went wrong and what to do about it
 */
export function installPackages(root) {
  process.stdout.write('Installing packages (first start, about a minute)…\n');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const result = spawnSync(
    npm,
    [
      'ci',
      '--no-progress',
      '--loglevel=error',
      '--no-audit',
      '--no-fund',
      '--include=dev',
      '--include=optional',
    ],
    { cwd: root, encoding: 'utf8', shell: process.platform === 'win32', maxBuffer: 1 << 26 },
  );
  if (result.status === 0) return undefined;
  if (result.signal) return `Installing packages was interrupted (${result.signal}).`;
  const said = result.error ? result.error.message : `${result.stdout}${result.stderr}`.trim();
  return `${said}\n\nInstalling packages failed. ${remedyFor(said)}`;
}

/** @param {string} said what npm printed */
function remedyFor(said) {
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network/i.test(said)) {
    return 'The package registry cannot be reached: check the network or the proxy settings of npm (npm config get registry), then try again.';
  }
  if (/ENOSPC/.test(said)) return 'The disk is full: free about 1 GB and try again.';
  if (/EACCES|EPERM/.test(said))
    return 'npm may not write here: check who owns this folder and its node_modules.';
  if (/ENOENT.*npm|spawn npm/.test(said))
    return 'npm was not found: install Node with npm from https://nodejs.org.';
  return 'Remove the folder node_modules and run "npm ci" to see the whole message.';
}
