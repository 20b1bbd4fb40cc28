import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { OperatorError } from '../operator-error.ts';

const SOURCES = ['web/**/*', 'core/**/*.ts', 'contract/**/*.ts', 'package-lock.json'];

/**
 * Builds the web application unless what lies in `dist/web` was built from these very sources.
 * @returns whether it had to be built
 */
export async function buildWebWhenChanged(root: string, signal?: AbortSignal): Promise<boolean> {
  const record = path.join(root, 'dist', 'web.sources');
  const sources = hashSources(root);
  const isBuilt = existsSync(path.join(root, 'dist', 'web', 'index.html')) && existsSync(record);
  if (isBuilt && readFileSync(record, 'utf8') === sources) return false;
  const vite = path.join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const build = spawn(process.execPath, [vite, 'build', 'web', '--logLevel', 'warn'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  const [output, errors] = await Promise.all([text(build.stdout), text(build.stderr), once(build, 'exit')]);
  if (build.exitCode !== 0) {
    throw new OperatorError(`The web application could not be built:\n${`${output}${errors}`.trim()}`);
  }
  mkdirSync(path.dirname(record), { recursive: true });
  writeFileSync(record, sources);
  return true;
}

function hashSources(root: string): string {
  const hash = createHash('sha256');
  const files = globSync(SOURCES, { cwd: root, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) {
    const content = readFileSync(file);
    hash.update(`${path.relative(root, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}
