import { Annotation as WireAnnotation } from '../../contract/annotations.ts';
import { caseConverter } from '../../contract/casing.ts';
import { insertActivity } from '../activity/queries.ts';
import type { Caller } from '../auth/caller.ts';
import type { Db } from '../db/client.ts';
import { AppError } from '../errors.ts';
import { once } from '../http/idempotency.ts';
import { notify } from '../platform/notifications.ts';
import {
  type AnnotateBody,
  boxInImage,
  type CellToSave,
  checkCellType,
  checkOnce,
  invalid,
} from './check-cells.ts';
import { type RunCells, readDetectedCells } from './detected-cells.ts';
import { type CellSource, countsOfSample, differentialFrom, readCells } from './differential.ts';
import {
  type Annotation,
  findSampleToRead,
  insertAnnotations,
  lockAnnotations,
  removeAnnotations,
  type SampleToRead,
  updateAnnotations,
} from './queries.ts';
import { openReading } from './readings.ts';

const toWire = caseConverter(WireAnnotation, 'snake');

interface AnnotateInput {
  caller: Caller;
  body: AnnotateBody;
  idempotencyKey: string | undefined;
}

/** Saves cells of one field into the caller's reading, all or none. */
export function annotate(source: CellSource, input: AnnotateInput) {
  const { caller, body } = input;
  const removed = [...new Set(body.removed)];
  checkOnce(body.annotations, removed);
  return once(source.db, 'annotate', input, async (tx) => {
    const own = { ...source, db: tx };
    const sample = await findSampleToRead(tx, caller, body.sampleId);
    if (!sample) throw new AppError('not_found', 'There is no such sample.');
    const lavage = { ...sample, id: sample.lavageId };
    const reading = await openReading(tx, caller, lavage);
    const { settings } = await source.settingsOf(tx, reading.laboratoryId, reading.settingsVersion);
    for (const [at, { cellType }] of body.annotations.entries()) {
      checkCellType(cellType, settings, `annotations.${at}.cell_type`);
    }
    const changed = await changeKnown(tx, reading.id, sample, body.annotations, removed);
    const added = await addNew(own, { readingId: reading.id, userId: caller.id }, sample, body);
    await insertActivity(tx, caller, {
      activityType: 'annotation.save',
      description: `Saved ${body.annotations.length} and removed ${removed.length} cells of a sample`,
      entityType: 'sample',
      entityId: sample.id,
      metadata: { reading_id: reading.id, saved: body.annotations.length, removed: removed.length },
    });
    await notify(tx, {
      type: 'annotation.saved',
      jobId: sample.id,
      lavageId: lavage.id,
      by: caller.id,
    });
    const cells = await readCells(own, lavage, reading);
    return {
      annotations: inOrderOf(body.annotations, changed, added),
      counts: countsOfSample(cells, sample.id),
      differential: differentialFrom(cells),
    };
  });
}

/** Changes and removes annotations that the reading has, after checking that nobody changed them meanwhile. */
async function changeKnown(
  tx: Db,
  readingId: string,
  sample: SampleToRead,
  cells: readonly CellToSave[],
  removed: readonly string[],
): Promise<Annotation[]> {
  const versions = new Map<string, number | undefined>();
  for (const { id, version } of cells) if (id !== undefined) versions.set(id, version);
  const ids = [...versions.keys(), ...removed];
  const locked = await lockAnnotations(tx, readingId, sample.id, ids);
  if (locked.length < ids.length) {
    throw new AppError('not_found', 'There is no such annotation in your reading of this sample.');
  }
  const stale = locked.filter(
    ({ annotation, deleted }) =>
      versions.has(annotation.id) && (deleted || annotation.version !== versions.get(annotation.id)),
  );
  if (stale.length > 0) {
    throw new AppError('stale_version', `${stale.length} of these cells were changed meanwhile.`, {
      current: stale.map(({ annotation, deleted }) => ({
        id: annotation.id,
        current: deleted ? null : toWire(annotation),
      })),
    });
  }
  await removeAnnotations(tx, removed);
  const changes = cells.flatMap((cell, at) =>
    cell.id === undefined
      ? []
      : {
          ...boxInImage(cell.cellCoordinates, sample, `annotations.${at}.cell_coordinates`),
          id: cell.id,
          geometry: cell.geometry,
          cellType: cell.cellType,
          comments: cell.comments,
          source: cell.source,
        },
  );
  return updateAnnotations(tx, changes);
}

async function addNew(
  source: CellSource,
  owner: { readingId: string; userId: string },
  sample: SampleToRead,
  { annotations, runId }: AnnotateBody,
): Promise<Annotation[]> {
  const isNew = ({ id }: CellToSave) => id === undefined;
  const speaksOfRun = annotations.some((cell) => isNew(cell) && cell.source !== 'manual');
  const run = speaksOfRun ? await getRun(source, sample, runId) : undefined;
  const cells = annotations.flatMap((cell, at) => {
    if (!isNew(cell)) return [];
    return {
      ...boxInImage(cell.cellCoordinates, sample, `annotations.${at}.cell_coordinates`),
      ...(run && cell.source !== 'manual' ? detectionOf(run, cell, at) : NO_DETECTION),
      geometry: cell.geometry ?? null,
      cellType: cell.cellType,
      comments: cell.comments ?? null,
      source: cell.source,
    };
  });
  // Saves under way at the same time then meet in one order, and wait for each other instead of deadlocking.
  const ordered = cells
    .map((cell, at) => ({ cell, at }))
    .sort((a, b) => (a.cell.detectionIndex ?? -1) - (b.cell.detectionIndex ?? -1) || a.at - b.at);
  const saved = await insertAnnotations(source.db, {
    ...owner,
    sampleId: sample.id,
    runId: run?.runId ?? null,
    cells: ordered.map(({ cell }) => cell),
  });
  const inRequestOrder: Annotation[] = [];
  for (const [k, { at }] of ordered.entries()) inRequestOrder[at] = saved[k];
  return inRequestOrder;
}

const NO_DETECTION = { detectionIndex: null, confidence: null };

async function getRun({ db, cache }: CellSource, sample: SampleToRead, runId = sample.latestRunId) {
  const run = runId ? (await readDetectedCells(db, cache, [runId])).get(runId) : undefined;
  if (run?.sampleId !== sample.id) throw invalid('run_id', 'this sample has no such detection run');
  return run;
}

function detectionOf({ count, confidence }: RunCells, { detectionIndex }: CellToSave, at: number) {
  if (typeof detectionIndex !== 'number' || detectionIndex >= count) {
    throw invalid(`annotations.${at}.detection_index`, `the run found ${count} cells, counted from 0`);
  }
  return { detectionIndex, confidence: confidence[detectionIndex] / 255 };
}

function inOrderOf(
  cells: readonly CellToSave[],
  changed: readonly Annotation[],
  added: readonly Annotation[],
): Annotation[] {
  const byId = new Map(changed.map((annotation) => [annotation.id, annotation]));
  let next = 0;
  return cells.map(({ id }) => (id === undefined ? added[next++] : byId.get(id)!));
}
