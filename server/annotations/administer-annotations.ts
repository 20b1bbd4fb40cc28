import type { ReadLog } from '../activity/read-log.ts';
import type { Db } from '../db/client.ts';
import { actOnMany } from '../http/act-on-many.ts';
import { exportable } from '../http/exports.ts';
import { readPage, rememberTotals } from '../http/list.ts';
import type { Handlers } from '../http/mount.ts';
import { countAllAnnotations, listAllAnnotations } from './administration-queries.ts';
import { changeAnnotation, deleteAnnotation } from './change-annotation.ts';

type Routes =
  | 'listAllAnnotations'
  | 'updateAnyAnnotation'
  | 'deleteAnyAnnotation'
  | 'deleteAnnotations'
  | 'relabelAnnotations';

/** What administrators do with annotations of whichever reader. */
export function annotationAdministration({ db, reads }: { db: Db; reads: ReadLog }): Handlers<Routes> {
  const totalOf = rememberTotals();
  return {
    listAllAnnotations: exportable(
      'listAllAnnotations',
      { db, reads },
      async ({ caller, query: { sort, next, page, perPage, ...filter } }) => {
        const answer = await readPage(
          { sort, next, page, perPage },
          {
            kind: 'time',
            read: (place) =>
              listAllAnnotations(db, caller, { filter, descending: sort === '-created_at', ...place }),
            count: () => totalOf({ caller, filter }, () => countAllAnnotations(db, caller, filter)),
            cursorOf: ({ createdAt, id }) => ({ key: createdAt, id }),
          },
        );
        await reads.note(caller, {
          activityType: 'annotation.list',
          description: `Listed ${answer.items.length} annotated cells`,
          entityType: 'sample',
          metadata: { samples: [...new Set(answer.items.map(({ sampleId }) => sampleId))] },
        });
        return answer;
      },
    ),
    updateAnyAnnotation: ({ caller, params: { id }, ifMatch, body }) =>
      db.transaction((tx) => changeAnnotation(tx, caller, { id, ifMatch, ofAnybody: true }, body)),
    deleteAnyAnnotation: async ({ caller, params: { id }, ifMatch }) => {
      await db.transaction((tx) => deleteAnnotation(tx, caller, { id, ifMatch, ofAnybody: true }));
      return { status: 'ok' };
    },
    deleteAnnotations: ({ caller, body }) =>
      actOnMany(db, body.annotationIds, (tx, id) => deleteAnnotation(tx, caller, { id, ofAnybody: true })),
    relabelAnnotations: ({ caller, body: { annotationIds, cellType } }) =>
      actOnMany(db, annotationIds, (tx, id) =>
        changeAnnotation(tx, caller, { id, ofAnybody: true }, { cellType }),
      ),
  };
}
