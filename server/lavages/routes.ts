import type { lavageRoutes } from '../../contract/lavages.ts';
import type { ReadLog } from '../activity/read-log.ts';
import type { AppDependencies } from '../dependencies.ts';
import { once } from '../http/idempotency.ts';
import { wholeList } from '../http/list.ts';
import type { Handlers } from '../http/mount.ts';
import { listLavages, listSlides } from './queries.ts';
import { correctLavage, createLavage, getLavage, getPatient } from './save-lavage.ts';
import { correctSlide, createSlide } from './save-slide.ts';

export function lavageHandlers({
  database,
  reads,
}: Pick<AppDependencies, 'database'> & { reads: ReadLog }): Handlers<keyof typeof lavageRoutes> {
  const { db } = database;
  return {
    listLavages: async ({ caller, params }) => {
      const patient = await getPatient(db, caller, params.patientId);
      const lavages = await listLavages(db, caller, patient.id);
      await reads.note(caller, {
        activityType: 'lavage.list',
        description: "Read a patient's lavages",
        entityType: 'patient',
        entityId: patient.id,
      });
      return wholeList(lavages);
    },

    createLavage: (input) =>
      once(db, 'createLavage', input, (tx) =>
        createLavage(tx, input.caller, input.params.patientId, input.body),
      ),

    updateLavage: ({ caller, params, body, ifMatch }) =>
      correctLavage(database, caller, { id: params.id, version: ifMatch, changes: body }),

    listSlides: async ({ caller, params }) => {
      const lavage = await getLavage(db, caller, params.id);
      const slides = await listSlides(db, lavage.id);
      await reads.note(caller, {
        activityType: 'slide.list',
        description: "Read a lavage's slides",
        entityType: 'lavage',
        entityId: lavage.id,
      });
      return wholeList(slides);
    },

    createSlide: (input) =>
      once(db, 'createSlide', input, (tx) => createSlide(tx, input.caller, input.params.id, input.body)),

    updateSlide: ({ caller, params, body, ifMatch }) =>
      correctSlide(database, caller, { id: params.id, version: ifMatch, changes: body }),
  };
}
