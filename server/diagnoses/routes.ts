import type { diagnosisRoutes } from '../../contract/diagnoses.ts';
import type { ReadLog } from '../activity/read-log.ts';
import type { Database } from '../db/client.ts';
import { actOnMany } from '../http/act-on-many.ts';
import { exportable } from '../http/exports.ts';
import { readPage, rememberTotals, wholeList } from '../http/list.ts';
import type { Handlers } from '../http/mount.ts';
import { countAllDiagnoses, listAllDiagnoses } from './administration-queries.ts';
import {
  annotatePatient,
  asPatientAnnotation,
  changeDiagnosis,
  listPatientDiagnoses,
  removeDiagnosis,
} from './annotate-patient.ts';

export function diagnosisHandlers({
  database,
  reads,
}: {
  database: Database;
  reads: ReadLog;
}): Handlers<keyof typeof diagnosisRoutes> {
  const { db } = database;
  const totalOf = rememberTotals();
  return {
    annotatePatient: (input) => annotatePatient(database, input),
    listPatientAnnotations: async ({ caller, params: { patientId } }) => {
      const diagnoses = await listPatientDiagnoses(db, caller, patientId);
      await reads.note(caller, {
        activityType: 'diagnosis.list',
        description: "Read a patient's diagnoses",
        entityType: 'patient',
        entityId: patientId,
      });
      return wholeList(diagnoses);
    },
    updatePatientAnnotation: ({ caller, params: { id }, ifMatch, body }) =>
      db.transaction((tx) => changeDiagnosis(tx, caller, { id, ifMatch }, body)),
    listAllPatientAnnotations: exportable(
      'listAllPatientAnnotations',
      { db, reads },
      async ({ caller, query: { sort, next, page, perPage, ...filter } }) => {
        const answer = await readPage(
          { sort, next, page, perPage },
          {
            kind: 'time',
            read: (place) =>
              listAllDiagnoses(db, caller, { filter, descending: sort === '-created_at', ...place }),
            count: () => totalOf({ caller, filter }, () => countAllDiagnoses(db, caller, filter)),
            cursorOf: ({ createdAt, id }) => ({ key: createdAt, id }),
          },
        );
        await reads.note(caller, {
          activityType: 'diagnosis.list',
          description: `Listed ${answer.items.length} diagnoses`,
          entityType: 'patient_annotation',
          metadata: { patient_annotations: answer.items.map(({ id }) => id) },
        });
        return { ...answer, items: answer.items.map(asPatientAnnotation) };
      },
    ),
    updateAnyPatientAnnotation: ({ caller, params: { id }, ifMatch, body }) =>
      db.transaction((tx) => changeDiagnosis(tx, caller, { id, ifMatch, ofAnybody: true }, body)),
    deletePatientAnnotation: async ({ caller, params: { id }, ifMatch }) => {
      await db.transaction((tx) => removeDiagnosis(tx, caller, { id, ifMatch, ofAnybody: true }));
      return { status: 'ok' };
    },
    deletePatientAnnotations: ({ caller, body }) =>
      actOnMany(db, body.patientAnnotationIds, (tx, id) =>
        removeDiagnosis(tx, caller, { id, ofAnybody: true }),
      ),
  };
}
