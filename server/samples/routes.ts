import type { sampleRoutes } from '../../contract/samples.ts';
import type { uploadRoutes } from '../../contract/uploads.ts';
import type { ReadLog } from '../activity/read-log.ts';
import type { Caller } from '../auth/caller.ts';
import type { Db } from '../db/client.ts';
import { AppError } from '../errors.ts';
import { actOnMany } from '../http/act-on-many.ts';
import { exportable } from '../http/exports.ts';
import { readPage, rememberTotals, type Totals } from '../http/list.ts';
import type { Handlers } from '../http/mount.ts';
import type { JobStats } from '../platform/jobs.ts';
import { createBackPressure } from './back-pressure.ts';
import { correctSample } from './correct-sample.ts';
import { createViewNotes } from './note-views.ts';
import {
  countSamples,
  cursorKindOf,
  cursorOf,
  findSample,
  isPatientVisible,
  listSamples,
  type SampleFilter,
  type SampleSort,
} from './queries.ts';
import { removeSample } from './remove-sample.ts';
import { reprocessLavage, reprocessSample } from './reprocess.ts';
import { reprocessMany } from './reprocess-many.ts';
import { resumableUploadHandlers } from './resumable-uploads.ts';
import { answerRow, answerSample } from './sample-answers.ts';
import { serveObject, serveTile } from './serve-object.ts';
import { createSignedUrls, type SignedUrls } from './signed-urls.ts';
import { type UploadDependencies, uploadImages } from './upload-images.ts';

type Dependencies = UploadDependencies & { queueStats: () => Promise<JobStats>; reads: ReadLog };

export function sampleHandlers(
  deps: Dependencies,
): Handlers<keyof (typeof sampleRoutes & typeof uploadRoutes)> {
  const { reads } = deps;
  const { db } = deps.database;
  const urls = createSignedUrls(deps.config.auth.jwtSecret);
  const lists = { db, urls, reads, totalOf: rememberTotals() };
  const noteView = createViewNotes(reads);
  const backPressure = createBackPressure(deps);
  return {
    ...resumableUploadHandlers(deps, backPressure),
    uploadImages: async (upload) => {
      await backPressure.refuseWhenBehind();
      return uploadImages(deps, upload);
    },
    listSamples: ({ caller, query }) => listPage(lists, caller, query),
    listPatientSamples: async ({ caller, params: { patientId }, query }) => {
      if (!(await isPatientVisible(db, caller, patientId))) {
        throw new AppError('not_found', 'There is no such patient.');
      }
      return listPage(lists, caller, { ...query, patientId });
    },
    getSample: async ({ caller, params: { jobId } }) => {
      const sample = await answerSample(db, caller, urls, jobId);
      await reads.note(caller, {
        activityType: 'sample.read',
        description: 'Opened an image',
        entityType: 'sample',
        entityId: jobId,
      });
      return sample;
    },
    listAllSamples: exportable('listAllSamples', lists, ({ caller, query }) =>
      listPage(lists, caller, query),
    ),
    updateSample: async ({ caller, params: { jobId }, body }) => {
      await db.transaction((tx) => correctSample(tx, caller, jobId, body));
      return answerRow((await findSample(db, caller, jobId))!, urls);
    },
    deleteSample: async ({ caller, params: { jobId } }) => {
      await db.transaction((tx) => removeSample(tx, caller, jobId));
      return { status: 'ok' };
    },
    deleteSamples: ({ caller, body }) =>
      actOnMany(db, body.jobIds, (tx, jobId) => removeSample(tx, caller, jobId)),
    reprocessSample: async ({ caller, params: { jobId }, body }) => {
      const { parameters, engine } = body ?? {};
      await db.transaction((tx) => reprocessSample(tx, deps, { caller, jobId, parameters, engine }));
      return answerSample(db, caller, urls, jobId);
    },
    reprocessLavage: ({ caller, params: { id: lavageId }, body }) => {
      const { parameters, engine } = body ?? {};
      return db.transaction((tx) => reprocessLavage(tx, deps, { caller, lavageId, parameters, engine }));
    },
    reprocessSamples: ({ caller, body }) => reprocessMany(deps, { caller, ...body }),
    getTile: async ({ caller, params: { jobId, ...tile }, reply }) => {
      await serveTile({ ...deps, noteView }, { caller, jobId, tile, reply });
      return undefined;
    },
    getObject: async ({ params: { token }, request, reply }) => {
      await serveObject({ ...deps, urls }, { token, request, reply });
      return undefined;
    },
  };
}

interface ListRequest extends SampleFilter {
  sort: SampleSort;
  page: number;
  perPage: number;
  next?: string;
}

interface Lists {
  db: Db;
  urls: SignedUrls;
  reads: ReadLog;
  totalOf: Totals;
}

async function listPage(
  { db, urls, reads, totalOf }: Lists,
  caller: Caller,
  { sort, next, page, perPage, ...filter }: ListRequest,
) {
  const answer = await readPage(
    { sort, next, page, perPage },
    {
      kind: cursorKindOf(sort),
      read: (place) => listSamples(db, caller, { filter, sort, ...place }),
      count: () => totalOf({ caller, filter }, () => countSamples(db, caller, filter)),
      cursorOf: (last) => cursorOf(sort, last),
    },
  );
  await reads.note(caller, {
    activityType: 'sample.list',
    description: `Listed ${answer.items.length} images`,
    entityType: 'sample',
    metadata: { samples: answer.items.map(({ jobId }) => jobId) },
  });
  return { ...answer, items: answer.items.map((row) => answerRow(row, urls)) };
}
