import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { LEFT_OUT } from '../../server/storage/snapshot-queries.ts';
import type { RunningSystem } from '../running-system.ts';
import type { Fault, Trial } from './fault.ts';
import { checkOrphansSwept, settleAndCheck } from './invariants.ts';
import { annotateOnce, markCell, openLedger, uploadOnce } from './ledger.ts';

const COMMAND = path.join(import.meta.dirname, '..', '..', 'server', 'balscope.ts');
const IMAGES = 12;
const WAITING = 3;

export const backupRestore: Fault = {
  name: 'backup-restore',
  row: 'backup, wipe, restore',
  rounds: 1,
  run: async (trial) => {
    const system = await trial.start({ JOB_LEASE_S: '10' });
    const ledger = openLedger();
    await trial.each(async () => {
      let worker = system.startWorker();
      for (let at = 0; at < IMAGES; at++) await uploadOnce(system, ledger);
      for (const id of ledger.uploads.keys()) await annotateOnce(system, ledger, markCell(id));
      await settleAndCheck(trial, system, ledger);
      worker.kill('SIGTERM');
      await worker.ended;
      for (let at = 0; at < WAITING; at++) await uploadOnce(system, ledger);
      const folder = mkdtempSync(path.join(os.tmpdir(), 'balscope-backup-'));
      trial.afterwards(() => rmSync(folder, { recursive: true, force: true }));
      const backup = path.join(folder, 'backup');
      await balscope(trial, system, 'backup', backup);
      system.api.kill('SIGTERM');
      await system.api.ended;

      const [objects, rows] = await Promise.all([objectHashes(system), rowHashes(system)]);
      await wipe(system);
      await balscope(trial, system, 'restore', backup);
      sameHashes(trial, 'object', objects, await objectHashes(system));
      sameHashes(trial, 'table', rows, await rowHashes(system));
      trial.note(`${objects.size} objects and ${rows.size} tables compared`);

      await system.startApi();
      await system.renewTokens();
      worker = system.startWorker();
      await settleAndCheck(trial, system, ledger);
      worker.kill('SIGTERM');
      await worker.ended;
      await checkOrphansSwept(trial, system);
    });
  },
};

async function balscope(trial: Trial, { env }: RunningSystem, ...args: string[]): Promise<void> {
  const command = spawn(process.execPath, [COMMAND, ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  command.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const [code] = await once(command, 'close');
  trial.expect(code === 0, `balscope ${args[0]} ended with ${code}: ${said.slice(-1000)}`);
}

async function wipe({ objects, database }: RunningSystem): Promise<void> {
  for await (const key of objects.list('')) await objects.remove(key);
  await database.pool.query(
    'drop schema public cascade; drop schema drizzle cascade; drop schema if exists pgboss cascade; create schema public',
  );
}

async function objectHashes({ objects }: RunningSystem): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  for await (const key of objects.list('')) hashes.set(key, sha256(await objects.read(key)));
  return hashes;
}

/** Of all rows of a table, whatever their order, without the notes that the commands themselves make afterwards. */
async function rowHashes({ database }: RunningSystem): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  const { rows: tables } = await database.pool.query(
    `select table_name as name from information_schema.tables where table_schema = 'public' order by 1`,
  );
  for (const { name } of tables.filter((table) => !LEFT_OUT.includes(table.name))) {
    const { rows } = await database.pool.query(
      `select to_jsonb(one)::text as line from "${name}" as one
        where coalesce(to_jsonb(one)->>'activity_type', '') not in ('system.backup', 'system.restore') order by 1`,
    );
    hashes.set(name, sha256(rows.map(({ line }) => line).join('\n')));
  }
  return hashes;
}

function sameHashes(
  trial: Trial,
  what: string,
  before: Map<string, string>,
  after: Map<string, string>,
): void {
  trial.expect(before.size === after.size, `${before.size} ${what}s were there, ${after.size} are restored`);
  for (const [name, hash] of before) {
    trial.expect(after.get(name) === hash, `the ${what} ${name} was not restored as it was`);
  }
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
