import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Api } from '../../contract/api.ts';
import type { CallResult } from '../../contract/route.ts';
import { queryKeys } from '../api/query-keys.ts';
import { useServices } from '../api/services.ts';
import type { fromForm } from './settings-form.ts';

export type VersionedSettings = CallResult<Api['getSettings']>;

/** Loaded once for each visit: what is typed is typed on top of it. */
export function useSettingsToEdit(laboratoryId: string | undefined) {
  const { call } = useServices();
  return useQuery({
    queryKey: queryKeys.settingsToEdit(laboratoryId),
    queryFn: ({ signal }) => call('getSettings', { query: { laboratoryId }, signal }),
    staleTime: 'static',
    gcTime: 0,
  });
}

/** The settings as somebody else has just saved them. */
export function useFindLatest() {
  const { call } = useServices();
  return (laboratoryId: string) => call('getSettings', { query: { laboratoryId } });
}

export function useReplaceSettings(laboratoryId: string) {
  const { call } = useServices();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ body, ifMatch }: { body: ReturnType<typeof fromForm>; ifMatch: number }) =>
      call('replaceSettings', { query: { laboratoryId }, body, ifMatch }),
    onSuccess: () =>
      Promise.all(
        [queryKeys.laboratorySettingsOfAll, queryKeys.detectionPresetsOfAll].map((queryKey) =>
          queryClient.invalidateQueries({ queryKey }),
        ),
      ),
  });
}
