import { useQuery } from '@tanstack/react-query';
import type { Api } from '../../contract/api.ts';
import type { CallResult } from '../../contract/route.ts';
import { useChange } from '../api/mutations.ts';
import { queryKeys } from '../api/query-keys.ts';
import { useServices, useUser } from '../api/services.ts';

export type ReviewedAccess = CallResult<Api['listAllEmergencyAccesses']>['items'][number];

/** No event tells of them. */
const POLL_MS = 30_000;

/** The caller's own to this patient, until it expires; administrators have none. */
export function useEmergencyAccess(patientId: string) {
  const { call } = useServices();
  const { role } = useUser();
  const { data } = useQuery({
    queryKey: queryKeys.emergencyAccesses,
    queryFn: ({ signal }) => call('listEmergencyAccesses', { signal }),
    enabled: role !== 'ADMIN',
    refetchInterval: POLL_MS,
  });
  return data?.items.find((access) => access.patientId === patientId);
}

/** Those that no administrator has looked at. */
export function useUnreviewedAccesses() {
  const { call } = useServices();
  return useQuery({
    queryKey: queryKeys.unreviewedAccesses,
    queryFn: ({ signal }) => call('listAllEmergencyAccesses', { query: { reviewed: 'false' }, signal }),
    refetchInterval: POLL_MS,
  });
}

/** Those that keep their reader from opening the patient again. */
export function useBarringAccesses() {
  const { call } = useServices();
  return useQuery({
    queryKey: queryKeys.barringAccesses,
    queryFn: ({ signal }) =>
      call('listAllEmergencyAccesses', { query: { barring: 'true', perPage: 200 }, signal }),
  });
}

export const useOpenEmergencyAccess = () =>
  useChange('openEmergencyAccess', () => [queryKeys.emergencyAccesses, queryKeys.patients]);
export const useReviewEmergencyAccess = () =>
  useChange('reviewEmergencyAccess', () => [queryKeys.unreviewedAccesses, queryKeys.barringAccesses]);
export const useAllowReopening = () => useChange('allowReopening', () => [queryKeys.barringAccesses]);
