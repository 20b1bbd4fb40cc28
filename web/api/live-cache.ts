import type { QueryClient, QueryKey } from '@tanstack/react-query';
import type { Api } from '../../contract/api.ts';
import type { CallResult } from '../../contract/route.ts';
import type { LiveEvent } from './live-events.ts';
import { queryKeys } from './query-keys.ts';

type SampleStatusEvent = Extract<LiveEvent, { type: 'sample.status' }>;
type SampleList = CallResult<Api['listSamples']>;
type SampleRow = SampleList['items'][number];
type Sample = CallResult<Api['getSample']>;
type ProcessingStatus = CallResult<Api['processingStatus']>;

/** Numbers and thumbnails follow the event within this time, however many events come at once. */
const REFETCH_AFTER_MS = 800;

/** Brings the query cache in step with what the server tells: what the event says at once, the rest soon. */
export function createLiveCache(queryClient: QueryClient) {
  const refetchSoon = createRefetchSoon(queryClient);
  return {
    onEvent(event: LiveEvent): void {
      if (event.type === 'sample.status') {
        queryClient.setQueryData<number | null>(queryKeys.progress(event.jobId), (shown) =>
          shown === undefined ? undefined : (event.progress ?? null),
        );
        // Nothing but the bar has changed.
        if (event.progress !== undefined) return;
        applySampleStatus(queryClient, event);
        refetchSoon(queryKeys.overview);
        refetchSoon(queryKeys.patients);
        refetchSoon(queryKeys.failedSamples);
        refetchSoon(queryKeys.processingStatus);
        if (event.inferenceStatus === 'completed') {
          refetchSoon(queryKeys.samplesOf(event.patientId));
          refetchSoon(queryKeys.sample(event.jobId));
        }
      } else if (event.type === 'annotation.saved') {
        refetchSoon(queryKeys.overview);
        refetchSoon(queryKeys.differential(event.lavageId));
      } else {
        queryClient.setQueryData<ProcessingStatus>(queryKeys.processingStatus, (known) => {
          if (!known) return undefined;
          const pending = Math.min(event.pending, known.countedUpTo);
          const processing = Math.min(event.processing, known.countedUpTo);
          return { ...known, samples: { ...known.samples, pending, processing } };
        });
      }
    },
    onReconnect(): void {
      void queryClient.invalidateQueries();
    },
  };
}

function applySampleStatus(queryClient: QueryClient, event: SampleStatusEvent): void {
  for (const queryKey of [queryKeys.samplesOf(event.patientId), queryKeys.lavageFields(event.lavageId)]) {
    queryClient.setQueriesData<SampleList>({ queryKey }, (list) =>
      list?.items.some((sample) => sample.jobId === event.jobId)
        ? { ...list, items: list.items.map((sample) => withStatus(sample, event)) }
        : list,
    );
  }
  queryClient.setQueryData<Sample>(
    queryKeys.sample(event.jobId),
    (sample) => sample && withStatus(sample, event),
  );
}

function withStatus<S extends SampleRow>(sample: S, event: SampleStatusEvent): S {
  if (sample.jobId !== event.jobId) return sample;
  const { inferenceStatus, error, cellCount } = event;
  return { ...sample, inferenceStatus, error, cellCount: cellCount ?? sample.cellCount };
}

function createRefetchSoon(queryClient: QueryClient) {
  const due = new Set<string>();
  return (queryKey: QueryKey) => {
    const name = JSON.stringify(queryKey);
    if (due.has(name)) return;
    due.add(name);
    setTimeout(() => {
      due.delete(name);
      void queryClient.invalidateQueries({ queryKey });
    }, REFETCH_AFTER_MS);
  };
}
