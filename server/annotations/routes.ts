import type { annotationRoutes } from '../../contract/annotations.ts';
import type { differentialRoutes } from '../../contract/differential.ts';
import type { Caller } from '../auth/caller.ts';
import type { Database, Db } from '../db/client.ts';
import { AppError } from '../errors.ts';
import { wholeList } from '../http/list.ts';
import type { Handlers } from '../http/mount.ts';
import { annotate } from './annotate.ts';
import { changeAnnotation, deleteAnnotation } from './change-annotation.ts';
import { createDetectedCellsCache } from './detected-cells.ts';
import { getDifferential, getReadingOf } from './differential.ts';
import { findSampleToRead, listAnnotations } from './queries.ts';
import { findFieldState, findOwnReading } from './reading-queries.ts';
import { createReading, listReadingsOf, updateReading } from './readings.ts';
import { getLaboratorySettings } from './settings.ts';

export function annotationHandlers({
  database,
}: {
  database: Database;
}): Handlers<keyof typeof annotationRoutes | keyof typeof differentialRoutes> {
  const { db } = database;
  const source = { db, cache: createDetectedCellsCache() };
  return {
    annotate: (input) => annotate(source, input),
    listAnnotations: ({ caller, params, query }) =>
      listAnnotationsOf(db, caller, params.jobId, query.readingId),
    updateAnnotation: ({ caller, params, ifMatch, body }) =>
      changeAnnotation(database, { caller, id: params.id, ifMatch, change: body }),
    deleteAnnotation: ({ caller, params }) => deleteAnnotation(database, { caller, id: params.id }),
    listReadings: async ({ caller, params }) => wholeList(await listReadingsOf(db, caller, params.id)),
    createReading: (input) => createReading(database, input),
    updateReading: (input) => updateReading(source, input),
    laboratorySettings: ({ caller, query }) => getLaboratorySettings(db, caller, query.lavageId),
    getDifferential: ({ caller, params, query }) =>
      getDifferential(source, caller, params.id, query.readingId),
  };
}

async function listAnnotationsOf(db: Db, caller: Caller, sampleId: string, readingId: string | undefined) {
  const sample = await findSampleToRead(db, caller, sampleId);
  if (!sample) throw new AppError('not_found', 'There is no such sample.');
  const reading = readingId
    ? await getReadingOf(db, caller, sample.lavageId, readingId)
    : await findOwnReading(db, sample.lavageId, caller.id);
  if (!reading) return { readingId: null, fieldState: 'unread' as const, items: [] };
  return {
    readingId: reading.id,
    fieldState: (await findFieldState(db, reading.id, sampleId)) ?? ('unread' as const),
    items: await listAnnotations(db, reading.id, sampleId),
  };
}
