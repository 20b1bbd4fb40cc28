import type { Api } from '../../contract/api.ts';
import { ApiError, type Call } from '../../contract/client.ts';
import type { CallResult } from '../../contract/route.ts';
import type { SaveResult } from '../annotation/autosave.ts';
import type { SaveBatch } from '../annotation/save-batch.ts';
import { messageOf } from '../api/error-message.ts';
import { annotateBodyOf, isClash, isPassing, savedAnnotationOf, staleRowsOf } from './annotation-wire.ts';

interface SavedField {
  jobId: string;
  /** The run that the cells' indexes belong to. */
  runId: string | null;
}

/** Makes the function that carries a batch to the server for `Autosave`. */
export function createCellSaver(
  call: Call,
  { jobId, runId }: SavedField,
  onSaved: (answer: CallResult<Api['annotate']>) => void,
): (batch: SaveBatch) => Promise<SaveResult> {
  const findStaleRows = async (batch: SaveBatch) => {
    const { items } = await call('listAnnotations', { params: { jobId }, query: {} });
    return staleRowsOf(
      batch,
      items.map((item) => savedAnnotationOf(item, runId)),
    );
  };
  return async (batch) => {
    try {
      const answer = await call('annotate', {
        body: annotateBodyOf(batch, jobId, runId),
        idempotencyKey: batch.idempotencyKey,
      });
      onSaved(answer);
      return { outcome: 'saved', annotations: answer.annotations };
    } catch (error) {
      if (isPassing(error)) throw error;
      const stale = isClash(error) ? await findStaleRows(batch) : [];
      if (stale.length > 0) return { outcome: 'conflict', stale };
      return { outcome: 'refused', reason: refusalOf(error) };
    }
  };
}

function refusalOf(error: unknown): string {
  return error instanceof ApiError && error.code === 'not_found'
    ? 'this image is no longer there for you.'
    : messageOf(error).text;
}
