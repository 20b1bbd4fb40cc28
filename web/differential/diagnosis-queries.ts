import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ApiError } from '../../contract/client.ts';
import type { Diagnosis } from '../api/queries.ts';
import { queryKeys } from '../api/query-keys.ts';
import { useServices } from '../api/services.ts';
import { type DiagnosisDraft, diagnosisBodyOf } from './diagnosis-draft.ts';

/** The diagnoses of one lavage, newest first. */
export function useDiagnoses(patientId: string, lavageId: string) {
  const { call } = useServices();
  return useQuery({
    queryKey: queryKeys.diagnosesOf(patientId),
    queryFn: ({ signal }) => call('listPatientAnnotations', { params: { patientId }, signal }),
    select: ({ items }) =>
      items
        .filter((diagnosis) => diagnosis.lavageId === lavageId)
        .sort((a, b) => b.updatedAt.localeCompare(a.updatedAt)),
  });
}

interface SaveInput {
  draft: DiagnosisDraft;
  /** The row that the draft started from; null: there is none yet. */
  saved: Diagnosis | null;
}

export function useSaveDiagnosis(patientId: string, lavageId: string) {
  const { call } = useServices();
  const queryClient = useQueryClient();
  const refetch = () => queryClient.invalidateQueries({ queryKey: queryKeys.diagnosesOf(patientId) });
  return useMutation({
    mutationFn: ({ draft, saved }: SaveInput) => {
      const body = diagnosisBodyOf(draft);
      if (saved) {
        return call('updatePatientAnnotation', { params: { id: saved.id }, ifMatch: saved.version, body });
      }
      return call('annotatePatient', {
        body: { patientId, lavageId, ...body },
        idempotencyKey: crypto.randomUUID(),
      });
    },
    onSuccess: async () => {
      await refetch();
      void queryClient.invalidateQueries({ queryKey: queryKeys.overview });
    },
    onError: (error) => {
      if (error instanceof ApiError && error.code === 'stale_version') void refetch();
    },
  });
}
