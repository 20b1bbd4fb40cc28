import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningSystem } from '../running-system.ts';
import type { Fault } from './fault.ts';
import { checkAlive, checkAnswers, settleAndCheck } from './invariants.ts';
import { openLedger, uploadOnce } from './ledger.ts';
import { startLoad } from './load.ts';

const ROOT = path.join(import.meta.dirname, '..', '..');
const MIGRATIONS = 'server/db/migrations';
const BOTH_FOR_MS = 10_000;

export const versionsSideBySide: Fault = {
  name: 'versions-side-by-side',
  row: 'the version before the last migration beside this one, on one database',
  rounds: 3,
  obstacle: () => {
    try {
      commitBeforeLastMigration();
      return undefined;
    } catch {
      return 'needs the history of git, back to before the last migration';
    }
  },
  run: async (trial) => {
    const commit = commitBeforeLastMigration();
    const olderRoot = mkdtempSync(path.join(os.tmpdir(), 'balscope-older-'));
    trial.afterwards(() => rmSync(olderRoot, { recursive: true, force: true }));
    checkOut(commit, olderRoot);
    const system = await trial.start({ JOB_LEASE_S: '10' }, { olderRoot });
    const older = system.older!;
    const viaOlder: RunningSystem = {
      ...system,
      origin: older.origin,
      upload: (files, options) => system.upload(files, { ...options, at: older.origin }),
    };
    const ledger = openLedger();
    // What the newer API adds, the older worker ends.
    await uploadOnce(system, ledger);
    await settleAndCheck(trial, system, ledger);
    const newer = system.startWorker();
    await system.workerReady(newer);
    await trial.each(async () => {
      await uploadOnce(viaOlder, ledger);
      const loads = [viaOlder, system].map((way) => startLoad(trial, way, ledger, { pauseMs: 100 }));
      await delay(BOTH_FOR_MS);
      for (const load of loads) {
        await load.stop();
        checkAnswers(trial, load);
      }
      checkAlive(trial, older.api, older.worker, system.api, newer);
      await settleAndCheck(trial, system, ledger);
    });
    older.worker.kill('SIGTERM');
    await older.worker.ended;
    // What the older API adds, the newer worker ends.
    await uploadOnce(viaOlder, ledger);
    await settleAndCheck(trial, system, ledger);
    older.api.kill('SIGTERM');
    await older.api.ended;
    const again = system.startWorker({ root: olderRoot });
    const code = await again.ended;
    trial.expect(code === 1, `the older version started on the newer database and ended with ${code}`);
    trial.expect(/newer version of BALscope/.test(again.output()), 'the older version does not say why');
    trial.note(`${commit.slice(0, 7)} beside this one: ${ledger.uploads.size} uploads acknowledged`);
  },
};

function git(...args: string[]): Buffer {
  return execFileSync('git', args, { cwd: ROOT, maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'ignore'] });
}

function commitBeforeLastMigration(): string {
  const journal = JSON.parse(readFileSync(path.join(ROOT, MIGRATIONS, 'meta', '_journal.json'), 'utf8'));
  const { tag } = journal.entries.at(-1);
  const added = ['log', '--diff-filter=A', '--format=%H', '-1', '--', `${MIGRATIONS}/${tag}.sql`];
  return git('rev-parse', `${String(git(...added)).trim()}^`)
    .toString()
    .trim();
}

/** Its packages are those of this checkout. */
function checkOut(commit: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['-x', '-C', folder], { input: git('archive', commit) });
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
}
