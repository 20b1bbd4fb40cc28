import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query';
import type { Api, RouteName } from '../../contract/api.ts';
import type { CallInput, CallResult } from '../../contract/route.ts';
import { queryKeys } from './query-keys.ts';
import { useServices } from './services.ts';

/** Calls a route that changes something, then refreshes what shows it. */
export function useChange<K extends RouteName>(
  name: K,
  refreshes: (result: CallResult<Api[K]>, input: CallInput<Api[K]>) => readonly QueryKey[],
) {
  const { call } = useServices();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (input: CallInput<Api[K]>) => call(name, input),
    onSuccess: (result, input) =>
      Promise.all(refreshes(result, input).map((queryKey) => queryClient.invalidateQueries({ queryKey }))),
  });
}

export const useCreatePatient = () => useChange('createPatient', () => [queryKeys.patients]);
export const useUpdatePatient = () =>
  useChange('updatePatient', () => [queryKeys.patients, queryKeys.overview]);

const lavageKeys = (lavage: { patientId: string }) => [
  queryKeys.lavagesOf(lavage.patientId),
  queryKeys.overview,
];
export const useCreateLavage = () => useChange('createLavage', lavageKeys);
export const useUpdateLavage = () => useChange('updateLavage', lavageKeys);

export const useReprocessSample = () =>
  useChange('reprocessSample', () => [queryKeys.samples, queryKeys.overview, queryKeys.patients]);
