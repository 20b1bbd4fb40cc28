import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Api } from '../../contract/api.ts';
import type { CallResult } from '../../contract/route.ts';
import { useChange } from '../api/mutations.ts';
import { queryKeys, type UserListQuery } from '../api/query-keys.ts';
import { useServices } from '../api/services.ts';

export type AdministeredUser = CallResult<Api['listUsers']>['items'][number];

/** Registrations come in from outside, and no event tells of them. */
const POLL_MS = 30_000;
const MOST_PENDING = 50;

export function useUsers(query: UserListQuery) {
  const { call } = useServices();
  return useQuery({
    queryKey: queryKeys.userList(query),
    queryFn: ({ signal }) => call('listUsers', { query, signal }),
    placeholderData: keepPreviousData,
  });
}

/** Those who wait for approval, the longest waiting first. */
export function usePendingUsers() {
  const { call } = useServices();
  const query = { status: 'pending', sort: 'created_at', perPage: MOST_PENDING } as const;
  return useQuery({
    queryKey: queryKeys.userList(query),
    queryFn: ({ signal }) => call('listUsers', { query, signal }),
    refetchInterval: POLL_MS,
  });
}

const shown = () => [queryKeys.users, queryKeys.hospitals, queryKeys.overview];
export const useCreateUser = () => useChange('createUser', shown);
export const useApproveUser = () => useChange('approveUser', shown);
export const useUpdateUser = () => useChange('updateUser', shown);
export const useDeleteUser = () => useChange('deleteUser', shown);
export const useResetPassword = () => useChange('resetPassword', () => [queryKeys.users]);
export const useResetSecondFactor = () => useChange('resetSecondFactor', () => [queryKeys.users]);

const shownOfHospitals = () => [queryKeys.hospitals, queryKeys.users, queryKeys.patients, queryKeys.overview];
export const useCreateHospital = () => useChange('createHospital', shownOfHospitals);
export const useUpdateHospital = () => useChange('updateHospital', shownOfHospitals);
export const useDeleteHospital = () => useChange('deleteHospital', shownOfHospitals);
