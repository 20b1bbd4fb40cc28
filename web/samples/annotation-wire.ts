import type { Api } from '../../contract/api.ts';
import { ApiError } from '../../contract/client.ts';
import type { CallInput, CallResult } from '../../contract/route.ts';
import type { SaveResult } from '../annotation/autosave.ts';
import type { SavedAnnotation } from '../annotation/cell-store.ts';
import type { SaveBatch } from '../annotation/save-batch.ts';

export type WireAnnotation = CallResult<Api['listAnnotations']>['items'][number];
type AnnotateBody = CallInput<Api['annotate']>['body'];

/** Indexes of another run mean nothing in this one: such a cell stands on its own box. */
export function savedAnnotationOf(annotation: WireAnnotation, runId: string | null): SavedAnnotation {
  const { id, version, cellCoordinates, cellType, comments, source } = annotation;
  const detectionIndex = annotation.runId === runId ? annotation.detectionIndex : null;
  return { id, version, cellCoordinates, cellType, comments, source, detectionIndex };
}

export function annotateBodyOf(batch: SaveBatch, sampleId: string, runId: string | null): AnnotateBody {
  return {
    sampleId,
    ...(runId !== null && { runId }),
    annotations: batch.annotations.map(({ clientId: _, ...annotation }) => annotation),
    ...(batch.removed.length > 0 && { removed: [...batch.removed] }),
  };
}

/** Rows of a batch that the server holds otherwise than the batch believed; null: it no longer holds them. */
export function staleRowsOf(batch: SaveBatch, current: readonly SavedAnnotation[]): StaleRow[] {
  const rows = new Map(current.map((row) => [row.id, row]));
  const changed = batch.annotations.flatMap(({ id, version }) => {
    if (id === undefined || rows.get(id)?.version === version) return [];
    return [{ id, current: rows.get(id) ?? null }];
  });
  const removed = batch.removed.filter((id) => !rows.has(id)).map((id) => ({ id, current: null }));
  return [...changed, ...removed];
}

export type StaleRow = Extract<SaveResult, { outcome: 'conflict' }>['stale'][number];

const PASSING = new Set(['rate_limited', 'unavailable', 'internal', 'storage_full']);

/** Whether sending the same batch again can help: the server is out of reach, busy or failing for now. */
export function isPassing(error: unknown): boolean {
  return !(error instanceof ApiError) || PASSING.has(error.code);
}

/** Whether rows may have changed elsewhere since they were loaded. */
export function isClash(error: unknown): error is ApiError {
  return error instanceof ApiError && (error.code === 'stale_version' || error.code === 'conflict');
}
