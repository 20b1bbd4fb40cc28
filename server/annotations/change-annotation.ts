import type { z } from 'zod';
import { type annotationRoutes, Annotation as WireAnnotation } from '../../contract/annotations.ts';
import { type Camel, caseConverter } from '../../contract/casing.ts';
import { insertActivity } from '../activity/queries.ts';
import type { Caller } from '../auth/caller.ts';
import type { Db } from '../db/client.ts';
import { AppError } from '../errors.ts';
import { findSettings } from '../laboratories/settings-queries.ts';
import { notify } from '../platform/notifications.ts';
import { boxInImage, checkCellType } from './check-cells.ts';
import { findAnnotation, removeAnnotation, updateAnnotation } from './queries.ts';
import { findReading, lockReading } from './reading-queries.ts';
import { readingClosed } from './readings.ts';

type Change = Camel<z.output<typeof annotationRoutes.updateAnnotation.body>>;

const toWire = caseConverter(WireAnnotation, 'snake');

interface Target {
  id: string;
  /** The version that the caller knows; absent: whichever it is at. */
  ifMatch?: number;
  /** In whichever reading the caller may see, as an administrator may. */
  ofAnybody?: boolean;
}

/**
 * Changes one annotation of an open reading, the caller's own unless told.
 * @throws AppError not_found, conflict, stale_version, validation_failed
 */
export async function changeAnnotation(tx: Db, caller: Caller, target: Target, change: Change) {
  const { lavageId, reading, imageWidth, imageHeight } = await getToChange(tx, caller, target);
  const { cellCoordinates, cellType, comments } = change;
  if (cellType !== undefined) {
    const { settings } = await findSettings(tx, reading.laboratoryId, reading.settingsVersion);
    checkCellType(cellType, settings, 'cell_type');
  }
  const box =
    cellCoordinates &&
    boxInImage(cellCoordinates, { width: imageWidth, height: imageHeight }, 'cell_coordinates');
  const changes = { ...box, cellType, comments };
  const annotation = await updateAnnotation(tx, target.id, target.ifMatch, changes);
  if (!annotation) throw await staleAnnotation(tx, caller, target);
  await record(tx, caller, lavageId, annotation.sampleId, {
    activityType: 'annotation.update',
    description: 'Changed a cell of a sample',
    entityId: target.id,
  });
  return annotation;
}

/** Removes one annotation from an open reading. @throws AppError not_found, conflict, stale_version */
export async function deleteAnnotation(tx: Db, caller: Caller, target: Target): Promise<void> {
  const { lavageId, annotation } = await getToChange(tx, caller, target);
  if (!(await removeAnnotation(tx, target.id, target.ifMatch))) {
    throw await staleAnnotation(tx, caller, target);
  }
  await record(tx, caller, lavageId, annotation.sampleId, {
    activityType: 'annotation.delete',
    description: 'Removed a cell of a sample',
    entityId: target.id,
  });
}

/** An annotation with its reading, which stays open until the transaction ends. */
async function getToChange(tx: Db, caller: Caller, { id, ofAnybody = false }: Target) {
  const found = await findAnnotation(tx, caller, id);
  const reading = found && (await lockReading(tx, found.annotation.readingId, 'share'));
  const mayChange =
    reading?.userId === caller.id ||
    (ofAnybody && found && (await findReading(tx, caller, found.annotation.readingId)));
  if (!reading || !mayChange) {
    throw new AppError(
      'not_found',
      ofAnybody ? 'There is no such annotation.' : 'There is no such annotation in a reading of yours.',
    );
  }
  if (reading.status === 'open') return { ...found, reading };
  if (reading.userId === caller.id) throw readingClosed();
  throw new AppError('conflict', 'The reading is closed. Have its reader reopen it first.');
}

async function staleAnnotation(tx: Db, caller: Caller, target: Target): Promise<AppError> {
  const { annotation: current } = await getToChange(tx, caller, target);
  return new AppError('stale_version', 'This cell was changed meanwhile.', { current: toWire(current) });
}

async function record(
  tx: Db,
  caller: Caller,
  lavageId: string,
  sampleId: string,
  activity: { activityType: string; description: string; entityId: string },
): Promise<void> {
  await insertActivity(tx, caller, {
    ...activity,
    entityType: 'annotation',
    metadata: { sample_id: sampleId },
  });
  await notify(tx, { type: 'annotation.saved', jobId: sampleId, lavageId, by: caller.id });
}
