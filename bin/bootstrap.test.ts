import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { launch } from '../server/testing/launched.ts';

const HERE = { os: [process.platform], cpu: [process.arch] };
const ELSEWHERE = { os: ['aix'], cpu: ['ppc64'] };

const locked = {
  '': { version: '0.1.0' },
  'node_modules/a': { version: '1.0.0' },
  'node_modules/only-tests': { version: '2.0.0', dev: true },
  'node_modules/for-this-machine': { version: '3.0.0', optional: true, ...HERE },
  'node_modules/for-another-machine': { version: '3.0.0', optional: true, ...ELSEWHERE },
};

let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'balscope-bootstrap-'));
  cpSync(import.meta.dirname, path.join(root, 'bin'), { recursive: true });
  mkdirSync(path.join(root, 'server'));
  mkdirSync(path.join(root, 'node_modules'));
  writeFileSync(path.join(root, 'package.json'), '{"type":"module"}');
  writeFileSync(
    path.join(root, 'server', 'main.ts'),
    "process.stdout.write('main ' + process.argv[2]); process.exit(7);",
  );
  writeFileSync(path.join(root, 'bin', 'run-tests.ts'), "process.stdout.write('tests');");
  writeFileSync(path.join(root, 'package-lock.json'), JSON.stringify({ packages: locked }));
  fakeNpm('exit 0');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Stands in for npm on the PATH and writes down how it was called. */
function fakeNpm(script: string): void {
  const npm = path.join(root, 'npm');
  writeFileSync(npm, `#!/bin/sh\necho "$@" >> "${root}/npm-calls"\n${script}\n`);
  chmodSync(npm, 0o755);
}

function install(packages: Record<string, object>): void {
  const { '': _root, ...installed } = packages;
  writeFileSync(
    path.join(root, 'node_modules', '.package-lock.json'),
    JSON.stringify({ packages: installed }),
  );
}

async function bootstrap(...args: string[]) {
  const run = launch([path.join(root, 'bin', 'bootstrap.js'), ...args], {
    PATH: `${root}:${process.env.PATH}`,
  });
  const code = await run.ended;
  const calls = path.join(root, 'npm-calls');
  return {
    code,
    output: run.output(),
    npmCalls: existsSync(calls) ? readFileSync(calls, 'utf8').trim() : '',
  };
}

const without = (name: string) => Object.fromEntries(Object.entries(locked).filter(([key]) => key !== name));

describe.skipIf(process.platform === 'win32')('packages', () => {
  test.each([
    ['all that npm installs here', without('node_modules/for-another-machine'), 'start'],
    ['everything but what only tests need, for a start', without('node_modules/only-tests'), 'start'],
  ])('are left alone: %s', async (_name, installed, verb) => {
    install(installed);
    expect(await bootstrap(verb)).toEqual({ code: 7, output: 'main start', npmCalls: '' });
  });

  test.each([
    ['a package is missing', without('node_modules/a'), 'start'],
    ['a package has another version', { ...locked, 'node_modules/a': { version: '0.9.0' } }, 'start'],
    ['they were installed on another machine', without('node_modules/for-this-machine'), 'start'],
    ['the tests need what is missing', without('node_modules/only-tests'), 'test'],
  ])('are installed: %s', async (_name, installed, verb) => {
    install(installed);
    const { output, npmCalls } = await bootstrap(verb);
    expect(output).toMatch(/^Installing packages \(first start, about a minute\)…\n(main start|tests)$/);
    expect(npmCalls).toMatch(/^ci /);
  });

  test('nothing there at all, and no network', async () => {
    fakeNpm('echo "npm error code ENOTFOUND" >&2; exit 1');
    const { code, output } = await bootstrap('start');
    expect(code).toBe(1);
    expect(output).toContain('npm error code ENOTFOUND');
    expect(output).toMatch(
      /Installing packages failed\. The package registry cannot be reached: check the network/,
    );
    expect(output).not.toContain('main');
  });
});
