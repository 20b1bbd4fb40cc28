import {
  keepPreviousData,
  type QueryKey,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import type { Api } from '../../contract/api.ts';
import type { CallResult } from '../../contract/route.ts';
import { useChange } from '../api/mutations.ts';
import { queryKeys, type RecordList, type RecordQuery } from '../api/query-keys.ts';
import { useServices } from '../api/services.ts';
import { type Outcome, oneByOne } from './record-acts.ts';
import { saveFile } from './save-file.ts';

export type PatientRecord = CallResult<Api['listAllPatients']>['items'][number];
export type SampleRecord = CallResult<Api['listAllSamples']>['items'][number];
export type AnnotationRecord = CallResult<Api['listAllAnnotations']>['items'][number];
export type DiagnosisRecord = CallResult<Api['listAllPatientAnnotations']>['items'][number];

/** One page of a list over all hospitals, and the whole of it as a file. */
export function useRecords<K extends RecordList>(name: K, query: RecordQuery<K>) {
  const { call } = useServices();
  const list = useQuery<CallResult<Api[K]>>({
    queryKey: [...queryKeys.records[name], query],
    queryFn: ({ signal }) => call(name, { query, signal } as never),
    placeholderData: keepPreviousData as never,
  });
  const exporting = useMutation({
    mutationFn: async () => {
      const whole = { ...query, next: undefined, format: 'csv' };
      // Fetched rather than linked to: its address may hold what was searched for, and browsers keep addresses.
      await saveFile((await call(name, { query: whole } as never)) as unknown as Response);
    },
  });
  return { list, exporting };
}

/** What may show a record, or count it. */
const SHOWN: readonly QueryKey[] = [
  queryKeys.patients,
  queryKeys.samples,
  queryKeys.records.listAllAnnotations,
  queryKeys.records.listAllPatientAnnotations,
  queryKeys.overview,
];

export const useUpdateSample = () => useChange('updateSample', () => [queryKeys.samples]);
export const useUpdateAnyAnnotation = () =>
  useChange('updateAnyAnnotation', () => [queryKeys.records.listAllAnnotations]);
export const useUpdateAnyDiagnosis = () =>
  useChange('updateAnyPatientAnnotation', () => [queryKeys.records.listAllPatientAnnotations]);

/** The acts over many rows, each followed by fresh lists. */
export function useRecordActs() {
  const { call } = useServices();
  const queryClient = useQueryClient();
  const refreshed = async (outcome: Promise<Outcome>) => {
    try {
      return await outcome;
    } finally {
      await Promise.all(SHOWN.map((queryKey) => queryClient.invalidateQueries({ queryKey })));
    }
  };
  return {
    removePatients: (ids: readonly string[]) =>
      refreshed(oneByOne(ids, (patientId) => call('deletePatient', { params: { patientId } }))),
    removeSamples: (ids: readonly string[]) =>
      refreshed(call('deleteSamples', { body: { jobIds: [...ids] } })),
    reprocessSamples: (ids: readonly string[]) =>
      refreshed(
        call('reprocessSamples', { body: { jobIds: [...ids] } }).then(({ refused }) => {
          const reasons = refused.map(({ jobId, detail }) => ({ id: jobId, detail }));
          return { done: ids.filter((id) => !reasons.some((one) => one.id === id)), refused: reasons };
        }),
      ),
    removeAnnotations: (ids: readonly string[]) =>
      refreshed(call('deleteAnnotations', { body: { annotationIds: [...ids] } })),
    relabelAnnotations: (ids: readonly string[], cellType: string) =>
      refreshed(call('relabelAnnotations', { body: { annotationIds: [...ids], cellType } })),
    removeDiagnoses: (ids: readonly string[]) =>
      refreshed(call('deletePatientAnnotations', { body: { patientAnnotationIds: [...ids] } })),
  };
}
