import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Upload } from 'tus-js-client';
import type { Api } from '../../contract/api.ts';
import type { CallResult } from '../../contract/route.ts';
import { queryKeys } from '../api/query-keys.ts';
import { useServices } from '../api/services.ts';
import { UPLOADS_URL } from './send-file.ts';
import { useUploads } from './use-uploads.ts';

export type UnfinishedUpload = CallResult<Api['listUploads']>['items'][number];

/** Uploads of this patient that the server waits for and this page has no file of. */
export function useUnfinishedUploads(patientId: string): UnfinishedUpload[] {
  const { call } = useServices();
  const uploads = useUploads();
  const query = useQuery({
    queryKey: queryKeys.unfinishedUploads,
    queryFn: ({ signal }) => call('listUploads', { signal }),
  });
  const known = new Set(uploads.map(({ fileName, sizeBytes }) => `${sizeBytes} ${fileName}`));
  return (query.data?.items ?? []).filter(
    ({ metadata, lengthBytes }) =>
      metadata.patient_id === patientId && !known.has(`${lengthBytes} ${metadata.filename}`),
  );
}

export function useDiscardUpload() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => Upload.terminate(`${UPLOADS_URL}/${id}`),
    onSettled: () => queries.invalidateQueries({ queryKey: queryKeys.unfinishedUploads }),
  });
}
