import type { z } from 'zod';
import { type annotationRoutes, Annotation as WireAnnotation } from '../../contract/annotations.ts';
import { type Camel, caseConverter } from '../../contract/casing.ts';
import { insertActivity } from '../activity/queries.ts';
import type { Caller } from '../auth/caller.ts';
import type { Database, Db } from '../db/client.ts';
import { AppError } from '../errors.ts';
import { findSettings } from '../laboratories/settings-queries.ts';
import { notify } from '../platform/notifications.ts';
import { boxInImage, checkCellType } from './check-cells.ts';
import { findAnnotation, removeAnnotations, updateAnnotation } from './queries.ts';
import { lockReading } from './reading-queries.ts';
import { readingClosed } from './readings.ts';

type Change = Camel<z.output<typeof annotationRoutes.updateAnnotation.body>>;

const toWire = caseConverter(WireAnnotation, 'snake');

/** Changes one annotation of the caller's open reading, if it still is at the version they know. */
export function changeAnnotation(
  { db }: Database,
  { caller, id, ifMatch, change }: { caller: Caller; id: string; ifMatch: number; change: Change },
) {
  return db.transaction(async (tx) => {
    const { lavageId, reading, imageWidth, imageHeight } = await getOwnAnnotation(tx, caller, id);
    const { cellCoordinates, cellType, comments } = change;
    if (cellType !== undefined) {
      const { settings } = await findSettings(tx, reading.laboratoryId, reading.settingsVersion);
      checkCellType(cellType, settings, 'cell_type');
    }
    const box =
      cellCoordinates &&
      boxInImage(cellCoordinates, { width: imageWidth, height: imageHeight }, 'cell_coordinates');
    const annotation = await updateAnnotation(tx, id, ifMatch, { ...box, cellType, comments });
    if (!annotation) {
      const { annotation: current } = await getOwnAnnotation(tx, caller, id);
      throw new AppError('stale_version', 'This cell was changed meanwhile.', { current: toWire(current) });
    }
    await record(tx, caller, lavageId, annotation.sampleId, {
      activityType: 'annotation.update',
      description: 'Changed a cell of a sample',
      entityId: id,
    });
    return annotation;
  });
}

/** Removes one annotation from the caller's open reading. */
export function deleteAnnotation({ db }: Database, { caller, id }: { caller: Caller; id: string }) {
  return db.transaction(async (tx) => {
    const { lavageId, annotation } = await getOwnAnnotation(tx, caller, id);
    await removeAnnotations(tx, [id]);
    await record(tx, caller, lavageId, annotation.sampleId, {
      activityType: 'annotation.delete',
      description: 'Removed a cell of a sample',
      entityId: id,
    });
    return { status: 'ok' as const };
  });
}

/** An annotation of the caller's own reading, which stays open until the transaction ends. */
async function getOwnAnnotation(tx: Db, caller: Caller, id: string) {
  const found = await findAnnotation(tx, caller, id);
  const reading = found && (await lockReading(tx, found.annotation.readingId, 'share'));
  if (!reading || reading.userId !== caller.id) {
    throw new AppError('not_found', 'There is no such annotation in a reading of yours.');
  }
  if (reading.status === 'closed') throw readingClosed();
  return { ...found, reading };
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
