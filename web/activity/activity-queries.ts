import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { Api } from '../../contract/api.ts';
import type { CallResult } from '../../contract/route.ts';
import { type ActivityListQuery, queryKeys } from '../api/query-keys.ts';
import { useServices } from '../api/services.ts';

export type ActivityEntry = CallResult<Api['listActivities']>['items'][number];

const MOST_USERS = 200;

/** The newest entries first; older ones are fetched behind them. */
export function useActivities(filter: ActivityListQuery) {
  const { call } = useServices();
  return useInfiniteQuery({
    queryKey: queryKeys.activityList(filter),
    queryFn: ({ pageParam: next, signal }) =>
      call('listActivities', { query: { perPage: 50, ...filter, next }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  });
}

/** Whose entries may be asked for. */
export function useUserChoices() {
  const { call } = useServices();
  const query = { perPage: MOST_USERS } as const;
  return useQuery({
    queryKey: queryKeys.userList(query),
    queryFn: ({ signal }) => call('listUsers', { query, signal }),
  });
}

/** Runs when asked to. */
export function useVerification() {
  const { call } = useServices();
  return useQuery({
    queryKey: queryKeys.activityVerification,
    queryFn: ({ signal }) => call('verifyActivities', { signal }),
    enabled: false,
    gcTime: 0,
  });
}
