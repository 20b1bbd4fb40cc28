import { useQueries, useQuery } from '@tanstack/react-query';
import type { Api } from '../../contract/api.ts';
import type { CallResult } from '../../contract/route.ts';
import { useChange } from '../api/mutations.ts';
import { readingsQuery } from '../api/queries.ts';
import { queryKeys } from '../api/query-keys.ts';
import { useServices } from '../api/services.ts';

type Agreement = CallResult<Api['getAgreement']>;
export type ComparedReading = Agreement['readings'][number];
export type Pair = Agreement['pairs'][number];
export type DiscordantCell = Pair['discordant'][number];

export function useAgreement(lavageId: string, enabled: boolean) {
  const { call } = useServices();
  return useQuery({
    queryKey: queryKeys.agreement(lavageId),
    enabled,
    queryFn: ({ signal }) => call('getAgreement', { params: { id: lavageId }, signal }),
  });
}

/** The differential of each reading, in their order. */
export function useDifferentialsOf(lavageId: string, readingIds: readonly string[]) {
  const { call } = useServices();
  return useQueries({
    queries: readingIds.map((readingId) => ({
      queryKey: queryKeys.differentialOf(lavageId, readingId),
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        call('getDifferential', { params: { id: lavageId }, query: { readingId }, signal }),
    })),
  });
}

export function useReadings(lavageId: string, enabled: boolean) {
  const { call } = useServices();
  return useQuery({
    ...readingsQuery(call, lavageId),
    enabled,
    select: ({ items }) => items,
  });
}

export const useFinishReading = (lavageId: string) =>
  useChange('updateReading', () => [
    queryKeys.readings(lavageId),
    queryKeys.agreement(lavageId),
    queryKeys.overview,
  ]);
