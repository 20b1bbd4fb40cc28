import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import type { Api } from '../../contract/api.ts';
import type { Call } from '../../contract/client.ts';
import type { CallResult } from '../../contract/route.ts';
import { type PatientListQuery, queryKeys } from './query-keys.ts';
import { useServices } from './services.ts';

export type Overview = CallResult<Api['overview']>;
export type WorklistItem = Overview['worklist'][number];
export type PatientRow = CallResult<Api['getPatient']>;
export type Lavage = CallResult<Api['listLavages']>['items'][number];
export type SampleRow = CallResult<Api['listSamples']>['items'][number];
export type Hospital = CallResult<Api['listHospitals']>['items'][number];
export type Reading = CallResult<Api['listReadings']>['items'][number];
export type Diagnosis = CallResult<Api['listPatientAnnotations']>['items'][number];

export const SAMPLES_PER_PAGE = 200;
/** How often to ask while no events arrive, for networks that cut them off. */
const POLL_WITHOUT_EVENTS_MS = 10_000;
const SYSTEM_POLL_MS = 5_000;

/** Poll interval for what events would otherwise keep fresh. */
export function useFallbackPoll(): number | false {
  const { live } = useServices();
  const state = useSyncExternalStore(live.subscribe, live.getState);
  return state === 'open' ? false : POLL_WITHOUT_EVENTS_MS;
}

export function useOverview() {
  const { call } = useServices();
  return useQuery({
    queryKey: queryKeys.overview,
    queryFn: ({ signal }) => call('overview', { signal }),
    refetchInterval: useFallbackPoll(),
  });
}

export function useReadiness() {
  const { call } = useServices();
  return useQuery({
    queryKey: queryKeys.ready,
    queryFn: ({ signal }) => call('ready', { signal }),
    refetchInterval: SYSTEM_POLL_MS,
  });
}

export function useSignInOptions() {
  const { call } = useServices();
  return useQuery({
    queryKey: queryKeys.signInOptions,
    queryFn: ({ signal }) => call('signInOptions', { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Cell types, diagnosis catalogue and limits: of the lavage's laboratory, else of the caller's own. */
export function useLaboratorySettings(lavageId?: string) {
  const { call } = useServices();
  return useQuery({
    queryKey: queryKeys.laboratorySettings(lavageId),
    queryFn: ({ signal }) => call('laboratorySettings', { query: { lavageId }, signal }),
    staleTime: 10 * 60_000,
  });
}

/** All hospitals, by their names, for administrators. */
export function useHospitals(enabled = true) {
  const { call } = useServices();
  return useQuery({
    queryKey: queryKeys.hospitals,
    queryFn: async ({ signal }) => {
      const hospitals: Hospital[] = [];
      let next: string | undefined;
      do {
        const page = await call('listHospitals', { query: { perPage: 200, next }, signal });
        hospitals.push(...page.items);
        next = page.next ?? undefined;
      } while (next !== undefined);
      return hospitals;
    },
    enabled,
  });
}

export function usePatients(query: PatientListQuery) {
  const { call } = useServices();
  return useQuery({
    queryKey: queryKeys.patientList(query),
    queryFn: ({ signal }) => call('listPatients', { query, signal }),
    placeholderData: keepPreviousData,
    refetchInterval: useFallbackPoll(),
  });
}

export function usePatient(patientId: string) {
  const { call } = useServices();
  return useQuery({
    queryKey: queryKeys.patient(patientId),
    queryFn: ({ signal }) => call('getPatient', { params: { patientId }, signal }),
  });
}

export function useLavages(patientId: string) {
  const { call } = useServices();
  return useQuery({
    queryKey: queryKeys.lavagesOf(patientId),
    queryFn: ({ signal }) => call('listLavages', { params: { patientId }, signal }),
  });
}

export function usePatientSamples(patientId: string, page: number) {
  const { call } = useServices();
  return useQuery({
    queryKey: queryKeys.samplesPage(patientId, page),
    queryFn: ({ signal }) =>
      call('listPatientSamples', {
        params: { patientId },
        query: { page, perPage: SAMPLES_PER_PAGE, sort: 'file_name' },
        signal,
      }),
    placeholderData: keepPreviousData,
    refetchInterval: useFallbackPoll(),
  });
}

/** The newest failures, for the pages that put them on top. */
export function useFailedSamples() {
  const { call } = useServices();
  return useQuery({
    queryKey: queryKeys.failedSamples,
    queryFn: ({ signal }) =>
      call('listSamples', { query: { inferenceStatus: 'failed', perPage: 10 }, signal }),
    refetchInterval: useFallbackPoll(),
  });
}

export function usePatientDiagnoses(patientId: string) {
  const { call } = useServices();
  return useQuery({
    queryKey: queryKeys.diagnosesOf(patientId),
    queryFn: ({ signal }) => call('listPatientAnnotations', { params: { patientId }, signal }),
  });
}

/** One sample with everything; also used to look ahead to the next one. */
export const sampleQuery = (call: Call, jobId: string) =>
  queryOptions({
    queryKey: queryKeys.sample(jobId),
    queryFn: ({ signal }) => call('getSample', { params: { jobId }, signal }),
  });

/** The readings of a lavage that the caller may see. */
export const readingsQuery = (call: Call, lavageId: string) =>
  queryOptions({
    queryKey: queryKeys.readings(lavageId),
    queryFn: ({ signal }) => call('listReadings', { params: { id: lavageId }, signal }),
  });
