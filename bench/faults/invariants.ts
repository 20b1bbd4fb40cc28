import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { removeOrphanedObjects } from '../../server/processing/sweep.ts';
import type { Role, RunningSystem } from '../running-system.ts';
import type { Trial } from './fault.ts';
import { type Ledger, repeatUnanswered } from './ledger.ts';
import type { Load } from './load.ts';

const SETTLE_TIMEOUT_MS = 120_000;
const LAST_WORDS = 2000;
/** Two readers may change one cell at once: 412. */
const IN_ORDER = [200, 201, 412];

/** After every fault: what was not answered is sent again, all jobs end, and then A to E must hold. */
export async function settleAndCheck(trial: Trial, system: RunningSystem, ledger: Ledger): Promise<void> {
  for (const refusal of await repeatUnanswered(system, ledger)) trial.expect(false, refusal);
  await allJobsEnd(trial, system);
  await checkUploads(trial, system, ledger);
  await checkRuns(trial, system);
  await checkAnnotations(trial, system, ledger);
}

/** Only those that were meant to end have. */
export function checkAlive(trial: Trial, ...roles: readonly Role[]): void {
  for (const { isRunning, name, output } of roles)
    trial.expect(isRunning(), `the ${name} process ended: ${output().slice(-LAST_WORDS)}`);
}

/** @param faulty statuses that the fault excuses; 0 for broken connections */
export function checkAnswers(trial: Trial, { statuses }: Load, faulty: readonly number[] = []): void {
  const odd = [...statuses.keys()].filter((status) => ![...IN_ORDER, ...faulty].includes(status));
  trial.expect(odd.length === 0, `answered ${odd} under load`);
}

/** B: every job ends, and none that failed keeps its reason to itself. */
export async function allJobsEnd(trial: Trial, { database }: RunningSystem): Promise<void> {
  const deadline = Date.now() + SETTLE_TIMEOUT_MS;
  for (;;) {
    const { rows } = await database.pool.query(
      `select inference_status as status, count(*)::int from samples
        where inference_status in ('pending', 'processing') group by 1`,
    );
    if (rows.length === 0) break;
    if (Date.now() > deadline) {
      trial.expect(false, `B: after ${SETTLE_TIMEOUT_MS / 1000} s there are ${JSON.stringify(rows)}`);
      return;
    }
    await delay(100);
  }
  const { rows } = await database.pool.query(
    `select id from samples where inference_status = 'failed' and coalesce(error, '') = ''`,
  );
  trial.expect(rows.length === 0, `B: ${rows.length} samples failed without a reason`);
}

/** A: exactly the bytes that were sent, one row, one job. */
export async function checkUploads(trial: Trial, system: RunningSystem, { uploads }: Ledger): Promise<void> {
  const { database, objects } = system;
  const { rows } = await database.pool.query(
    `select id, sha256, s3_key as key, inference_status as status,
            (select count(*)::int from user_activity_log where entity_id = samples.id
                and activity_type = 'sample.upload') as announced,
            (select count(*)::int from samples other where other.patient_id = samples.patient_id
                and other.sha256 = samples.sha256 and other.deleted_at is null) as twins
       from samples where deleted_at is null`,
  );
  const known = new Map(rows.map((row) => [row.id as string, row]));
  for (const [id, sha256] of uploads) {
    const row = known.get(id);
    if (!row) {
      trial.expect(false, `A: the sample ${id} was answered 201 and is not there`);
      continue;
    }
    const bytes = await objects.read(row.key).catch(() => Buffer.alloc(0));
    const stored = createHash('sha256').update(bytes).digest('hex');
    trial.expect(stored === sha256 && row.sha256 === sha256, `A: the sample ${id} has other bytes`);
    trial.expect(row.twins === 1, `A: ${row.twins} samples have the bytes of ${id}`);
    trial.expect(row.announced === 1, `A: the upload of ${id} was noted ${row.announced} times`);
  }
  const doubled = await system.messages.countDoubled();
  trial.expect(doubled === 0, `A: ${doubled} samples have more than one job`);
}

/** C: what is completed has one run, and its pictures. */
export async function checkRuns(trial: Trial, { database, objects }: RunningSystem): Promise<void> {
  const { rows } = await database.pool.query(
    `select id, inference_status as status, latest_run_id as latest, display_key as display, thumbnail_key as thumbnail,
            array(select id from detection_runs where sample_id = samples.id) as runs
       from samples where deleted_at is null`,
  );
  for (const { id, status, latest, display, thumbnail, runs } of rows) {
    const expected = status === 'completed' ? 1 : 0;
    trial.expect(runs.length === expected, `C: the sample ${id} is ${status} and has ${runs.length} runs`);
    if (status !== 'completed') continue;
    trial.expect(runs[0] === latest, `C: the sample ${id} shows a run that is not its own`);
    const stored = await Promise.all([display, thumbnail].map((key) => objects.head(key)));
    trial.expect(stored.every(Boolean), `C: the sample ${id} lacks a picture`);
  }
}

/** D: each save that took place is noted, each that is noted took place, and those acknowledged are among them. */
export async function checkAnnotations(
  trial: Trial,
  { database, users }: RunningSystem,
  { annotations }: Ledger,
): Promise<void> {
  const { rows } = await database.pool.query(
    'select id, version from sample_annotations where user_id = $1 and deleted_at is null',
    [users.annotator.id],
  );
  const stored = new Map(rows.map(({ id, version }) => [id as string, version as number]));
  for (const [id, version] of annotations) {
    const found = stored.get(id) ?? 0;
    trial.expect(
      found >= version,
      `D: the annotation ${id} was acknowledged at version ${version}, has ${found}`,
    );
  }
  const noted = await database.pool.query(
    `select count(*) filter (where activity_type = 'annotation.save')::int as saves,
            count(*) filter (where activity_type = 'annotation.update')::int as edits
       from user_activity_log where user_id = $1`,
    [users.annotator.id],
  );
  const { saves, edits } = noted.rows[0];
  const changes = [...stored.values()].reduce((sum, version) => sum + version - 1, 0);
  trial.expect(saves === stored.size, `D: ${stored.size} annotations, ${saves} noted`);
  trial.expect(edits === changes, `D: ${changes} edits, ${edits} noted`);
}

/** After the sweep that runs by itself every hour, here without its patience, every object belongs to a sample. */
export async function checkOrphansSwept(trial: Trial, system: RunningSystem): Promise<number> {
  const { database, objects } = system;
  const signal = new AbortController().signal;
  const removed = await removeOrphanedObjects({ database, objects }, { olderThanMs: -1000, signal });
  const { rows } = await database.pool.query('select s3_key as key from samples');
  const folders = new Set(rows.map(({ key }) => folderOf(key)));
  for await (const key of objects.list('')) {
    trial.expect(folders.has(folderOf(key)), `A: the object ${key} belongs to no sample`);
  }
  return removed;
}

function folderOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/'));
}
