import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useChange } from '../api/mutations.ts';
import { sampleQuery } from '../api/queries.ts';
import { queryKeys } from '../api/query-keys.ts';
import { useServices } from '../api/services.ts';
import type { ShownImage } from './detection-messages.ts';

/** Names, units and ranges of the parameters; they change only with the server's version. */
export function useDetectionParameters(enabled: boolean) {
  const { call } = useServices();
  return useQuery({
    queryKey: queryKeys.detectionParameters,
    enabled,
    queryFn: ({ signal }) => call('detectionParameters', { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    select: ({ parameters }) => parameters,
  });
}

/** What the lavage's laboratory starts from, and its presets. */
export function useDetectionPresets(lavageId: string, enabled: boolean) {
  const { call } = useServices();
  return useQuery({
    queryKey: queryKeys.detectionPresets(lavageId),
    enabled,
    queryFn: ({ signal }) => call('detectionPresets', { params: { id: lavageId }, signal }),
  });
}

const presetKeys = () => [queryKeys.detectionPresetsOfAll];
export const useSavePreset = () => useChange('saveDetectionPreset', presetKeys);
export const useRemovePreset = () => useChange('removeDetectionPreset', presetKeys);

export const useReprocessLavage = () =>
  useChange('reprocessLavage', () => [queryKeys.samples, queryKeys.overview, queryKeys.patients]);

/** Signed addresses hold for two and a half minutes at least. */
const ADDRESS_LIFE_MS = 2 * 60_000;

/** Answers the displayed image with an address that still holds. */
export function useFindImage() {
  const { call } = useServices();
  const queryClient = useQueryClient();
  return async (jobId: string): Promise<ShownImage> => {
    const sample = await queryClient.fetchQuery({ ...sampleQuery(call, jobId), staleTime: ADDRESS_LIFE_MS });
    const { imageUrl: url, width, height, micronsPerPixel } = sample;
    if (!url) throw new Error('the image is not there yet');
    return { url, width, height, micronsPerPixel };
  };
}
