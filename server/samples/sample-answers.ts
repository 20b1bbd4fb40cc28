import type { z } from 'zod';
import { API_BASE } from '../../contract/api.ts';
import type { Camel } from '../../contract/casing.ts';
import type { AdministeredSample, Sample } from '../../contract/samples.ts';
import type { Caller } from '../auth/caller.ts';
import type { Db } from '../db/client.ts';
import { AppError } from '../errors.ts';
import { TILE_BORDER_PX, TILE_PX, tileLevels } from '../platform/tile-pyramid.ts';
import { findNeighbours, findSample, type ListedSample, listActs, listRuns } from './queries.ts';
import type { SignedUrls } from './signed-urls.ts';

type Row = Camel<z.input<typeof AdministeredSample>>;
type Whole = Camel<z.input<typeof Sample>>;

export function answerRow({ thumbnailKey, sortName: _, ...row }: ListedSample, urls: SignedUrls): Row {
  return { ...row, thumbnailUrl: thumbnailKey && urls.urlOf(thumbnailKey) };
}

/** @throws AppError not_found */
export async function answerSample(db: Db, caller: Caller, urls: SignedUrls, jobId: string): Promise<Whole> {
  const found = await findSample(db, caller, jobId);
  if (!found) throw noSuchSample();
  const { run, displayKey, thumbnailKey, tilesKey, sortName, ...sample } = found;
  return {
    ...sample,
    thumbnailUrl: thumbnailKey && urls.urlOf(thumbnailKey),
    imageUrl: displayKey && urls.urlOf(displayKey),
    tiles:
      tilesKey === null
        ? null
        : {
            url: `${API_BASE}/samples/${jobId}/tiles`,
            levels: tileLevels(sample).length,
            tilePx: TILE_PX,
            borderPx: TILE_BORDER_PX,
          },
    originalUrl: urls.urlOf(sample.s3Key),
    latestRun: run,
    history: await historyOf(db, sample),
    ...(await findNeighbours(db, caller, { ...sample, sortName })),
  };
}

export function noSuchSample(): AppError {
  return new AppError('not_found', 'There is no such sample.');
}

async function historyOf(
  db: Db,
  {
    jobId,
    inferenceStatus,
    error,
    completedAt,
  }: Pick<ListedSample, 'jobId' | 'inferenceStatus' | 'error' | 'completedAt'>,
): Promise<Whole['history']> {
  const runs = (await listRuns(db, jobId)).map(({ at, engine, version, cellCount, fallbackReason }) => ({
    at,
    event: 'sample.processed',
    by: null,
    detail: [`${cellCount} cells found (${engine} ${version})`, fallbackReason].filter(Boolean).join('. '),
  }));
  const failure =
    inferenceStatus === 'failed' && completedAt
      ? [{ at: completedAt, event: 'sample.failed', by: null, detail: error }]
      : [];
  const all = [...(await listActs(db, jobId)), ...runs, ...failure];
  return all.sort((one, other) => one.at.localeCompare(other.at));
}
