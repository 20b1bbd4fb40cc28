import { useUser } from '../api/services.ts';
import type { OpenSample } from './open-sample.ts';
import { type FieldChange, type Sample, useMarkField, useOwnReading } from './sample-queries.ts';

/** What the reader's own reading says of this field, and how to change it. */
export function useFieldReading(sample: Sample, open: OpenSample | null, isReader: boolean) {
  const user = useUser();
  const reading = useOwnReading(sample.lavageId, user.id, isReader);
  const marking = useMarkField(sample, user.id);
  const field = reading.data?.fields.find(({ sampleId }) => sampleId === sample.jobId);
  const state = field?.state ?? 'unread';
  /** Saves the cells first: completing counts them as the server has them. */
  const mark = async (change: FieldChange) => {
    if (marking.isPending || !open) return;
    if (await open.autosave.flush()) marking.mutate(change);
  };
  return {
    state,
    excludedBecause: field?.excludedBecause ?? null,
    mark,
    isMarking: marking.isPending,
    error: marking.error,
  };
}
