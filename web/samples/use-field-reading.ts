import { useUser } from '../api/services.ts';
import type { OpenSample } from './open-sample.ts';
import {
  type FieldChange,
  type Sample,
  useMarkField,
  useOwnReading,
  useReopenReading,
} from './sample-queries.ts';

/** What the reader's own reading says of this field, and how to change it. */
export function useFieldReading(sample: Sample, open: OpenSample | null, isReader: boolean) {
  const user = useUser();
  const reading = useOwnReading(sample.lavageId, user.id, isReader);
  const marking = useMarkField(sample, user.id);
  const reopening = useReopenReading(sample.lavageId);
  const field = reading.data?.fields.find(({ sampleId }) => sampleId === sample.jobId);
  const state = field?.state ?? 'unread';
  /** Saves the cells first: completing counts them as the server has them. */
  const mark = async (change: FieldChange) => {
    if (marking.isPending || !open) return;
    const isSaved = await open.autosave.flush();
    if (isSaved) marking.mutate({ ...change, runId: open.runId ?? undefined });
  };
  const closedReading = reading.data?.status === 'closed' ? reading.data : null;
  return {
    state,
    excludedBecause: field?.excludedBecause ?? null,
    mark,
    isChanging: marking.isPending || reopening.isPending,
    error: marking.error ?? reopening.error,
    isClosed: closedReading !== null,
    reopenReading: () =>
      closedReading && reopening.mutate({ params: { id: closedReading.id }, body: { status: 'open' } }),
  };
}
