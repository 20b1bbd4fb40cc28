import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Api } from '../../contract/api.ts';
import type { CallResult } from '../../contract/route.ts';
import { useChange } from '../api/mutations.ts';
import { queryKeys } from '../api/query-keys.ts';
import { useServices } from '../api/services.ts';

export type ProcessingStatus = CallResult<Api['processingStatus']>;

const POLL_MS = 5_000;
const LETTERS_SHOWN = 20;

/** Events tell of samples; workers and the queue have to be asked. */
export function useProcessingStatus() {
  const { call } = useServices();
  return useQuery({
    queryKey: queryKeys.processingStatus,
    queryFn: ({ signal }) => call('processingStatus', { signal }),
    refetchInterval: POLL_MS,
  });
}

/** @param total how many there are; another number asks anew */
export function useDeadLetters(total: number) {
  const { call } = useServices();
  return useQuery({
    queryKey: queryKeys.deadLetters(total),
    queryFn: ({ signal }) => call('listDeadLetters', { query: { limit: LETTERS_SHOWN }, signal }),
  });
}

const shown = () => [queryKeys.processing, queryKeys.overview, queryKeys.samples];
export const useProcessWaiting = () => useChange('processWaiting', shown);
export const useCleanupStuckSamples = () => useChange('cleanupStuckSamples', shown);
export const useRedriveDeadLetters = () => useChange('redriveDeadLetters', shown);

/** Every image that failed, however many requests that takes. @returns how many were queued */
export function useReprocessFailed() {
  const { call } = useServices();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      let queued = 0;
      let after: string | undefined;
      do {
        const filter = { inferenceStatus: 'failed' as const };
        const answer = await call('reprocessSamples', { body: { filter, after } });
        queued += answer.queued;
        after = answer.next ?? undefined;
      } while (after !== undefined);
      return queued;
    },
    onSettled: () => Promise.all(shown().map((queryKey) => queryClient.invalidateQueries({ queryKey }))),
  });
}
