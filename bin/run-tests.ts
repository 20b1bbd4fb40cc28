// `npm test`: types, lint, the application's build, then all tests, and those that store images or queue jobs once
// more on S3 and SQS. With arguments: only the tests whose file names contain one of them.
// `--backend s3-sqs` runs what is asked for, by default the whole suite of the server, on S3 and SQS only.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { findSecurityTests } from '../server/security/security-tests.ts';
import { buildWebWhenChanged } from '../server/start/web-build.ts';

const ROOT = path.dirname(import.meta.dirname);
const INTERRUPTED = 130;

const Assertion = z.object({ status: z.string() });
const Report = z.object({
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(Assertion) })),
});

interface Outcome {
  passed: number;
  failed: number;
  skipped: number;
}

const { values, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: { backend: { type: 'string' } },
});
const stop = new AbortController();
// Not before the child that runs has been told as well.
stop.signal.addEventListener('abort', () => setImmediate(() => process.exit(INTERRUPTED)));
process.once('disconnect', () => stop.abort());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());

const outcome: Outcome = { passed: 0, failed: 0, skipped: 0 };
const runsEverything = filters.length === 0 && values.backend === undefined;
if (runsEverything) {
  await check('types', () => runNode('typescript/bin/tsc', '--noEmit'));
  await check('types of core alone', () => runNode('typescript/bin/tsc', '--noEmit', '-p', 'core'));
  await check('lint', () => runNode('@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'));
  await check('web application', () => buildWebWhenChanged(ROOT, stop.signal).then(() => true));
}
if (filters.length === 0 && values.backend) filters.push('server/');
// Security is tested all over: the word alone means every file that docs/security-tests.md names.
if (filters.join() === 'security') filters.push(...new Set(findSecurityTests().map(({ file }) => file)));
add(await runTests(filters, values.backend));
if (runsEverything) {
  process.stdout.write('\nOnce more, with images in S3 and jobs in SQS\n');
  add(await runTests(testsOfTheApplication(), 's3-sqs'));
}

const skipped = outcome.skipped > 0 ? `, ${outcome.skipped} skipped` : '';
process.stdout.write(`\n${outcome.passed} passed, ${outcome.failed} failed${skipped}\n`);
process.exit(outcome.failed === 0 ? 0 : 1);

function add(tests: Outcome): void {
  outcome.passed += tests.passed;
  outcome.failed += tests.failed;
  outcome.skipped += tests.skipped;
}

/** The others know only one store and queue, or both. */
function testsOfTheApplication(): string[] {
  return globSync('server/**/*.test.ts', { cwd: ROOT }).filter((file) =>
    readFileSync(path.join(ROOT, file), 'utf8').includes('/test-app.ts'),
  );
}

async function check(name: string, succeeds: () => Promise<boolean>): Promise<void> {
  const startedAt = performance.now();
  let succeeded = false;
  try {
    succeeded = await succeeds();
  } catch (error) {
    process.stdout.write(`${error instanceof Error ? error.message : error}\n`);
  }
  outcome[succeeded ? 'passed' : 'failed']++;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`${succeeded ? 'ok    ' : 'FAILED'}  ${name} (${seconds} s)\n`);
}

async function runNode(script: string, ...args: string[]): Promise<boolean> {
  return runNodeWith({}, script, ...args);
}

async function runNodeWith(env: NodeJS.ProcessEnv, script: string, ...args: string[]): Promise<boolean> {
  const child = spawn(process.execPath, [path.join(ROOT, 'node_modules', script), ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
    signal: stop.signal,
  });
  const [code] = await once(child, 'exit');
  return code === 0;
}

async function runTests(files: readonly string[], backend: string | undefined): Promise<Outcome> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'balscope-report-'));
  const reportFile = path.join(folder, 'report.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
    const env = backend === undefined ? {} : { BALSCOPE_TEST_BACKEND: backend };
    const succeeded = await runNodeWith(env, 'vitest/vitest.mjs', 'run', ...reporters, ...files);
    const counted = countResults(reportFile);
    // Whatever vitest fails for beside a test (an error outside of any, no file found) must not pass unseen.
    if (!succeeded && counted.failed === 0) counted.failed = 1;
    return counted;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function countResults(reportFile: string): Outcome {
  const counted: Outcome = { passed: 0, failed: 0, skipped: 0 };
  let report: z.infer<typeof Report>;
  try {
    report = Report.parse(JSON.parse(readFileSync(reportFile, 'utf8')));
  } catch {
    return { ...counted, failed: 1 };
  }
  for (const file of report.testResults) {
    for (const { status } of file.assertionResults) {
      if (status === 'passed') counted.passed++;
      else if (status === 'failed') counted.failed++;
      else counted.skipped++;
    }
    const failedBeforeItsTests =
      file.status === 'failed' && file.assertionResults.every(({ status }) => status !== 'failed');
    if (failedBeforeItsTests) counted.failed++;
  }
  return counted;
}
