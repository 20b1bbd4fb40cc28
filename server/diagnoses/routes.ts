import type { diagnosisRoutes } from '../../contract/diagnoses.ts';
import type { Database } from '../db/client.ts';
import { wholeList } from '../http/list.ts';
import type { Handlers } from '../http/mount.ts';
import { annotatePatient, changeDiagnosis, listPatientDiagnoses } from './annotate-patient.ts';

export function diagnosisHandlers({
  database,
}: {
  database: Database;
}): Handlers<keyof typeof diagnosisRoutes> {
  return {
    annotatePatient: (input) => annotatePatient(database, input),
    listPatientAnnotations: async ({ caller, params }) =>
      wholeList(await listPatientDiagnoses(database.db, caller, params.patientId)),
    updatePatientAnnotation: ({ caller, params, ifMatch, body }) =>
      changeDiagnosis(database, { caller, id: params.id, ifMatch, change: body }),
  };
}
