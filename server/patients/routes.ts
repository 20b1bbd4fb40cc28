import type { patientRoutes } from '../../contract/patients.ts';
import { insertActivity } from '../activity/queries.ts';
import type { ReadLog } from '../activity/read-log.ts';
import type { AppDependencies } from '../dependencies.ts';
import { exportable } from '../http/exports.ts';
import { once } from '../http/idempotency.ts';
import { rememberTotals } from '../http/list.ts';
import type { Handlers } from '../http/mount.ts';
import { createPatient } from './create-patient.ts';
import { listPatients } from './list-patients.ts';
import { hidePatient, listPatientRows } from './queries.ts';
import { correctPatient, noSuchPatient } from './update-patient.ts';

export function patientHandlers({
  database,
  reads,
}: Pick<AppDependencies, 'database'> & { reads: ReadLog }): Handlers<keyof typeof patientRoutes> {
  const { db } = database;
  const lists = { db, reads, totalOf: rememberTotals() };
  return {
    listPatients: ({ caller, query }) => listPatients(lists, caller, query),

    listAllPatients: exportable('listAllPatients', lists, ({ caller, query }) =>
      listPatients(lists, caller, query),
    ),
    createPatient: (input) =>
      once(db, 'createPatient', input, (tx) => createPatient(tx, input.caller, input.body)),

    getPatient: async ({ caller, params }) => {
      const [patient] = await listPatientRows(db, caller, [params.patientId]);
      if (!patient) throw noSuchPatient();
      await reads.note(caller, {
        activityType: 'patient.read',
        description: 'Read a patient',
        entityType: 'patient',
        entityId: patient.id,
      });
      return patient;
    },

    updatePatient: ({ caller, params, body, ifMatch }) =>
      correctPatient(database, caller, { id: params.patientId, version: ifMatch, changes: body }),

    deletePatient: async ({ caller, params }) => {
      await db.transaction(async (tx) => {
        if (!(await hidePatient(tx, caller, params.patientId))) throw noSuchPatient();
        await insertActivity(tx, caller, {
          activityType: 'patient.delete',
          description: 'Removed a patient from view',
          entityType: 'patient',
          entityId: params.patientId,
        });
      });
      return { status: 'ok' };
    },
  };
}
