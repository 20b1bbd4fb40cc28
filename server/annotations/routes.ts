import type { agreementRoutes } from '../../contract/agreement.ts';
import type { annotationRoutes } from '../../contract/annotations.ts';
import type { differentialRoutes } from '../../contract/differential.ts';
import type { Activity } from '../activity/queries.ts';
import type { ReadLog } from '../activity/read-log.ts';
import type { Caller } from '../auth/caller.ts';
import type { Database, Db } from '../db/client.ts';
import { AppError } from '../errors.ts';
import { wholeList } from '../http/list.ts';
import type { Handlers } from '../http/mount.ts';
import { rememberSettings } from '../laboratories/remember-settings.ts';
import { annotationAdministration } from './administer-annotations.ts';
import { getAgreement } from './agreement.ts';
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
  reads,
}: {
  database: Database;
  reads: ReadLog;
}): Handlers<keyof (typeof annotationRoutes & typeof differentialRoutes & typeof agreementRoutes)> {
  const { db } = database;
  const source = { db, cache: createDetectedCellsCache(), settingsOf: rememberSettings() };
  const noteLavage = (
    caller: Caller,
    entityId: string,
    act: Pick<Activity, 'activityType' | 'description'>,
  ) => reads.note(caller, { ...act, entityType: 'lavage', entityId });
  return {
    annotate: (input) => annotate(source, input),
    listAnnotations: async ({ caller, params: { jobId }, query }) => {
      const annotations = await listAnnotationsOf(db, caller, jobId, query.readingId);
      await reads.note(caller, {
        activityType: 'annotation.list',
        description: 'Read the annotations of an image',
        entityType: 'sample',
        entityId: jobId,
      });
      return annotations;
    },
    updateAnnotation: ({ caller, params: { id }, ifMatch, body }) =>
      db.transaction((tx) => changeAnnotation(tx, caller, { id, ifMatch }, body)),
    deleteAnnotation: async ({ caller, params: { id } }) => {
      await db.transaction((tx) => deleteAnnotation(tx, caller, { id }));
      return { status: 'ok' };
    },
    ...annotationAdministration({ db, reads }),
    listReadings: async ({ caller, params: { id } }) => {
      const readings = await listReadingsOf(db, caller, id);
      await noteLavage(caller, id, {
        activityType: 'reading.list',
        description: 'Read the readings of a lavage',
      });
      return wholeList(readings);
    },
    createReading: (input) => createReading(database, input),
    updateReading: (input) => updateReading(source, input),
    laboratorySettings: ({ caller, query }) => getLaboratorySettings(db, caller, query.lavageId),
    getDifferential: async ({ caller, params: { id }, query }) => {
      const differential = await getDifferential(source, caller, id, query.readingId);
      await noteLavage(caller, id, {
        activityType: 'differential.read',
        description: 'Read the differential of a lavage',
      });
      return differential;
    },
    getAgreement: async ({ caller, params: { id } }) => {
      const agreement = await getAgreement(source, caller, id);
      await noteLavage(caller, id, {
        activityType: 'agreement.read',
        description: 'Compared the readings of a lavage',
      });
      return agreement;
    },
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
