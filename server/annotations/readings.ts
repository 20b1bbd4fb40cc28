import type { z } from 'zod';
import { type annotationRoutes, Reading as WireReading } from '../../contract/annotations.ts';
import { type Camel, caseConverter } from '../../contract/casing.ts';
import { insertActivity } from '../activity/queries.ts';
import type { Caller } from '../auth/caller.ts';
import type { Database, Db } from '../db/client.ts';
import { AppError } from '../errors.ts';
import { once } from '../http/idempotency.ts';
import { findSettings } from '../laboratories/settings-queries.ts';
import { invalid } from './check-cells.ts';
import { type CellSource, differentialFrom, readCells } from './differential.ts';
import {
  findLavage,
  findOwnReading,
  findPrimaryReading,
  findReading,
  insertReading,
  type LavageToRead,
  listFields,
  listReadings,
  listRunSamples,
  lockLavage,
  lockReading,
  type ReadingRow,
  updateReadingRow,
  upsertFields,
} from './reading-queries.ts';

type CreateBody = Camel<z.output<typeof annotationRoutes.createReading.body>>;
type UpdateBody = Camel<z.output<typeof annotationRoutes.updateReading.body>>;
type FieldChange = NonNullable<UpdateBody['fields']>[number];

const toWire = caseConverter(WireReading, 'snake');

/** The caller's open reading of a lavage, made when they have none; it stays open until the transaction ends. */
export async function openReading(tx: Db, caller: Caller, lavage: LavageToRead): Promise<ReadingRow> {
  let reading = await findOwnReading(tx, lavage.id, caller.id, 'share');
  if (!reading) {
    await lockLavage(tx, lavage.id);
    reading =
      (await findOwnReading(tx, lavage.id, caller.id, 'share')) ??
      (await beginReading(tx, caller, lavage, {}));
  }
  if (reading.status === 'closed') throw readingClosed();
  return reading;
}

export const readingClosed = () =>
  new AppError('conflict', 'Your reading of this lavage is closed. Reopen it to change it.');

/** Begins the caller's reading of a lavage under the laboratory's present settings. The lavage is locked. */
async function beginReading(
  tx: Db,
  caller: Caller,
  lavage: LavageToRead,
  { purpose, blinded = false }: CreateBody,
): Promise<ReadingRow> {
  const primary = await findPrimaryReading(tx, lavage.id);
  if (primary && purpose === 'primary') {
    throw new AppError(
      'conflict',
      'This lavage has a primary reading. Open a second one or an adjudication.',
    );
  }
  const { version } = await findSettings(tx, lavage.laboratoryId);
  const id = await insertReading(tx, {
    lavageId: lavage.id,
    userId: caller.id,
    purpose: purpose ?? (primary ? 'second' : 'primary'),
    blinded,
    laboratoryId: lavage.laboratoryId,
    settingsVersion: version,
  });
  await insertActivity(tx, caller, {
    activityType: 'reading.create',
    description: 'Began a reading of a lavage',
    entityType: 'reading',
    entityId: id,
    metadata: { lavage_id: lavage.id },
  });
  return getReading(tx, caller, id);
}

async function getReading(db: Db, caller: Caller, id: string): Promise<ReadingRow> {
  const reading = await findReading(db, caller, id);
  if (!reading) throw new AppError('not_found', 'There is no such reading.');
  return reading;
}

export async function listReadingsOf(db: Db, caller: Caller, lavageId: string) {
  if (!(await findLavage(db, caller, lavageId))) {
    throw new AppError('not_found', 'There is no such lavage.');
  }
  const readings = await listReadings(db, caller, lavageId);
  return Promise.all(readings.map((reading) => withFields(db, reading)));
}

/** A reading as the contract has it. */
async function withFields(db: Db, reading: ReadingRow) {
  const { userId: _, laboratoryId: __, settingsVersion: ___, ...shown } = reading;
  const fields = await listFields(db, reading.lavageId, reading.id);
  return {
    ...shown,
    fields: fields.map(({ sampleId, state, excludedBecause }) => ({ sampleId, state, excludedBecause })),
  };
}

export function createReading(
  { db }: Database,
  input: {
    caller: Caller;
    params: { id: string };
    body: CreateBody;
    idempotencyKey: string | undefined;
  },
) {
  const { caller, params, body } = input;
  return once(db, 'createReading', input, async (tx) => {
    const lavage = await findLavage(tx, caller, params.id);
    if (!lavage) throw new AppError('not_found', 'There is no such lavage.');
    await lockLavage(tx, lavage.id);
    const own = await findOwnReading(tx, lavage.id, caller.id);
    if (own?.status === 'open') {
      throw new AppError('conflict', 'You have an open reading of this lavage. Go on with that one.');
    }
    return withFields(tx, await beginReading(tx, caller, lavage, body));
  });
}

/** Marks fields, closes or reopens the caller's own reading, if it still is at the version they know. */
export async function updateReading(
  source: CellSource,
  {
    caller,
    params,
    ifMatch,
    body,
  }: { caller: Caller; params: { id: string }; ifMatch: number; body: UpdateBody },
) {
  return source.db.transaction(async (tx) => {
    const seen = await getReading(tx, caller, params.id);
    if (seen.userId !== caller.id) {
      throw new AppError('forbidden', 'Only its reader changes a reading. Open your own.');
    }
    const lavage = await findLavage(tx, caller, seen.lavageId);
    if (!lavage) throw new AppError('not_found', 'There is no such reading.');
    await lockLavage(tx, lavage.id);
    const { status, version } = await lockReading(tx, seen.id, 'update');
    if (version !== ifMatch) throw await readingStale(tx, caller, seen.id);
    await changeFields(tx, seen, body, status);
    if (body.status === 'open' && status === 'closed') await checkReopening(tx, seen);
    if (body.status === 'closed') await checkComplete(tx, seen);
    await updateReadingRow(tx, seen.id, body.status);
    await insertActivity(tx, caller, {
      activityType: activityOf(body, status),
      description: 'Changed a reading of a lavage',
      entityType: 'reading',
      entityId: seen.id,
      metadata: {
        status: body.status,
        fields: body.fields?.map(({ sampleId, state }) => ({ sampleId, state })),
      },
    });
    const reading = await getReading(tx, caller, seen.id);
    return {
      reading: await withFields(tx, reading),
      differential: differentialFrom(await readCells({ ...source, db: tx }, lavage, reading)),
    };
  });
}

async function readingStale(tx: Db, caller: Caller, id: string): Promise<AppError> {
  const current = await withFields(tx, await getReading(tx, caller, id));
  return new AppError('stale_version', undefined, { current: toWire(current) });
}

function activityOf(body: UpdateBody, before: 'open' | 'closed'): string {
  if (body.status === undefined || body.status === before) return 'reading.update';
  return body.status === 'closed' ? 'reading.close' : 'reading.reopen';
}

async function changeFields(
  tx: Db,
  reading: ReadingRow,
  { fields: changes = [], status: wanted }: UpdateBody,
  status: 'open' | 'closed',
): Promise<void> {
  if (changes.length === 0) return;
  if (status === 'closed' && wanted !== 'open') throw readingClosed();
  const latestRunOf = new Map(
    (await listFields(tx, reading.lavageId, reading.id)).map(({ sampleId, latestRunId }) => [
      sampleId,
      latestRunId,
    ]),
  );
  await checkFields(tx, changes, latestRunOf);
  await upsertFields(
    tx,
    changes.map(({ sampleId, state, excludedBecause, runId }) => ({
      readingId: reading.id,
      sampleId,
      state,
      excludedBecause: state === 'excluded' ? excludedBecause : null,
      runId: state === 'complete' ? (runId ?? latestRunOf.get(sampleId)) : null,
    })),
  );
}

async function checkFields(
  tx: Db,
  changes: readonly FieldChange[],
  latestRunOf: ReadonlyMap<string, string | null>,
): Promise<void> {
  const named = changes.flatMap(({ runId }) => runId ?? []);
  const sampleOfRun = new Map((await listRunSamples(tx, named)).map((run) => [run.runId, run.sampleId]));
  const seen = new Set<string>();
  for (const [at, { sampleId, runId }] of changes.entries()) {
    if (!latestRunOf.has(sampleId)) throw invalid(`fields.${at}.sample_id`, 'the lavage has no such sample');
    if (seen.has(sampleId)) throw invalid(`fields.${at}.sample_id`, 'this sample is in the request twice');
    if (runId !== undefined && sampleOfRun.get(runId) !== sampleId) {
      throw invalid(`fields.${at}.run_id`, 'this sample has no such detection run');
    }
    seen.add(sampleId);
  }
}

async function checkReopening(tx: Db, reading: ReadingRow): Promise<void> {
  const own = await findOwnReading(tx, reading.lavageId, reading.userId);
  if (own?.status === 'open') {
    throw new AppError('conflict', 'You have another open reading of this lavage. Close that one first.');
  }
}

/** A reading closes once it says of every field that counts whether it was read whole or left out. */
async function checkComplete(tx: Db, reading: ReadingRow): Promise<void> {
  const fields = await listFields(tx, reading.lavageId, reading.id);
  const unread = fields.filter((field) => field.countsInDifferential && field.state === 'unread').length;
  if (unread > 0) {
    throw new AppError(
      'conflict',
      `${unread} ${unread === 1 ? 'field is' : 'fields are'} unread. Mark every field complete or excluded first.`,
    );
  }
}
