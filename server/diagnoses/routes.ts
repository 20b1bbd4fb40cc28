import type { diagnosisRoutes } from '../../contract/diagnoses.ts';
import type { ReadLog } from '../activity/read-log.ts';
import type { Database } from '../db/client.ts';
import { wholeList } from '../http/list.ts';
import type { Handlers } from '../http/mount.ts';
import { annotatePatient, changeDiagnosis, listPatientDiagnoses } from './annotate-patient.ts';

export function diagnosisHandlers({
  database,
  reads,
}: {
  database: Database;
  reads: ReadLog;
}): Handlers<keyof typeof diagnosisRoutes> {
  return {
    annotatePatient: (input) => annotatePatient(database, input),
    listPatientAnnotations: async ({ caller, params: { patientId } }) => {
      const diagnoses = await listPatientDiagnoses(database.db, caller, patientId);
      await reads.note(caller, {
        activityType: 'diagnosis.list',
        description: "Read a patient's diagnoses",
        entityType: 'patient',
        entityId: patientId,
      });
      return wholeList(diagnoses);
    },
    updatePatientAnnotation: ({ caller, params, ifMatch, body }) =>
      changeDiagnosis(database, { caller, id: params.id, ifMatch, change: body }),
  };
}
