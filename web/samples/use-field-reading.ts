import { useUser } from '../api/services.ts';
import { fieldOf } from './change-reading.ts';
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
  const shown = reading.data ?? null;
  const marking = useMarkField(sample, shown, user.id);
  const reopening = useReopenReading(sample);
  /** Saves the cells first: completing counts them as the server has them. */
  const mark = async (change: FieldChange) => {
    if (marking.isPending || !open) return;
    const isSaved = await open.autosave.flush();
    if (isSaved) marking.mutate({ ...change, runId: open.runId ?? undefined });
  };
  const closedReading = shown?.status === 'closed' ? shown : null;
  return {
    ...fieldOf(shown, sample.jobId),
    mark,
    isChanging: marking.isPending || reopening.isPending,
    error: marking.error ?? reopening.error,
    isClosed: closedReading !== null,
    reopenReading: () => closedReading && reopening.mutate(closedReading),
  };
}
