import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Api } from '../../contract/api.ts';
import type { Call } from '../../contract/client.ts';
import type { CallResult } from '../../contract/route.ts';
import type { CellType } from '../../core/cell-types.ts';
import { decodePackedCells } from '../../core/detection/packed-cells.ts';
import { type Reading, readingsQuery, SAMPLES_PER_PAGE, useFallbackPoll } from '../api/queries.ts';
import { queryKeys } from '../api/query-keys.ts';
import { useServices } from '../api/services.ts';
import { savedAnnotationOf } from './annotation-wire.ts';
import { changeReading, isFieldAsShown } from './change-reading.ts';
import { type OpenSample, openSample, type SampleCells } from './open-sample.ts';
import { createCellSaver } from './save-cells.ts';

export type Sample = CallResult<Api['getSample']>;
export type FieldState = Reading['fields'][number]['state'];

/** The images of a lavage in their order, to say "3 of 8" and to go to any of them. */
export function useLavageFields(lavageId: string | undefined) {
  const { call } = useServices();
  return useQuery({
    queryKey: queryKeys.lavageFields(lavageId ?? ''),
    enabled: lavageId !== undefined,
    queryFn: ({ signal }) =>
      call('listSamples', { query: { lavageId, perPage: SAMPLES_PER_PAGE, sort: 'file_name' }, signal }),
    select: ({ items }) => items,
  });
}

/** Share of a large image that is processed, as the server tells about once a second; null until it does. */
export function useProgress(jobId: string): number | null {
  const { data = null } = useQuery<number | null>({
    queryKey: queryKeys.progress(jobId),
    enabled: false,
    initialData: null,
  });
  return data;
}

export function useDifferential(lavageId: string) {
  const { call } = useServices();
  return useQuery({
    queryKey: queryKeys.differential(lavageId),
    queryFn: ({ signal }) => call('getDifferential', { params: { id: lavageId }, query: {}, signal }),
    refetchInterval: useFallbackPoll(),
  });
}

/** The caller's own reading of a lavage, the open one first; null before the first cell was looked at. */
export function useOwnReading(lavageId: string, userId: string, enabled: boolean) {
  const { call } = useServices();
  return useQuery({
    ...readingsQuery(call, lavageId),
    enabled,
    select: ({ items }) => ownReading(items, userId),
  });
}

function ownReading(readings: readonly Reading[], userId: string): Reading | null {
  const own = readings.filter((reading) => reading.reader.id === userId);
  return own.find((reading) => reading.status === 'open') ?? own[0] ?? null;
}

/** Cells and own annotations as they are when the image is opened; from then on the store knows better. */
export function useSampleCells(
  { jobId, inferenceStatus }: Sample,
  runId: string | null,
  cellTypes: readonly CellType[],
  isReader: boolean,
) {
  const { call } = useServices();
  return useQuery<SampleCells>({
    queryKey: queryKeys.openedCells(jobId, runId),
    enabled: inferenceStatus === 'completed' && runId !== null,
    staleTime: 'static',
    gcTime: 0,
    structuralSharing: false,
    queryFn: async ({ signal }) => ({
      ...(await fetchCells(call, jobId, isReader, signal)),
      cellTypes,
    }),
  });
}

async function fetchCells(call: Call, jobId: string, isReader: boolean, signal: AbortSignal) {
  const [cells, annotations] = await Promise.all([
    fetchPackedCells(call, jobId, signal),
    isReader ? call('listAnnotations', { params: { jobId }, query: {}, signal }) : { items: [] },
  ]);
  const saved = annotations.items.map((item) => savedAnnotationOf(item, cells.runId));
  return { jobId, ...cells, annotations: saved };
}

/** The latest run may be newer than the sample's description: the answer says which it is. */
async function fetchPackedCells(call: Call, jobId: string, signal: AbortSignal) {
  const response = await call('sampleCells', { params: { jobId }, signal });
  const run = decodePackedCells(new Uint8Array(await response.arrayBuffer()));
  return { runId: response.headers.get('x-run-id'), run };
}

/** Opens what was loaded; null until then. Leaving saves what is left. */
export function useOpenSample(
  loaded: SampleCells | undefined,
  lavageId: string | undefined,
): OpenSample | null {
  const { call } = useServices();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState<OpenSample | null>(null);
  useEffect(() => {
    if (!loaded || !lavageId) return;
    const save = createCellSaver(call, loaded, ({ differential }) => {
      queryClient.setQueryData(queryKeys.differential(lavageId), differential);
      const readings = queryClient.getQueryData(readingsQuery(call, lavageId).queryKey);
      const sample = queryClient.getQueryData<Sample>(queryKeys.sample(loaded.jobId));
      const isKnown = readings?.items.some(({ id }) => id === differential.readingId);
      if (isKnown && sample?.reviewStatus !== 'unread') return;
      for (const queryKey of [
        queryKeys.readings(lavageId),
        queryKeys.sample(loaded.jobId),
        queryKeys.lavageFields(lavageId),
      ]) {
        void queryClient.invalidateQueries({ queryKey });
      }
    });
    const opened = openSample(loaded, save);
    setOpen(opened);
    return () => {
      setOpen(null);
      void opened.close();
    };
  }, [loaded, lavageId, call, queryClient]);
  return open?.jobId === loaded?.jobId ? open : null;
}

export interface FieldChange {
  state: FieldState;
  /** The run whose cells the reader saw: its unmarked ones count when the field is complete. */
  runId?: string;
  excludedBecause?: string | null;
}

/** Marks a field in the caller's reading as it is shown, which is opened first where there is none. */
export function useMarkField({ jobId, lavageId }: Sample, shown: Reading | null, userId: string) {
  const { call } = useServices();
  const queryClient = useQueryClient();
  const refresh = useRefreshReading(lavageId, jobId);
  return useMutation({
    mutationFn: async ({ state, runId, excludedBecause = null }: FieldChange) => {
      const reading = shown ?? (await openReading(call, lavageId, userId));
      const fields = [{ sampleId: jobId, state, runId, excludedBecause }];
      return changeReading(call, reading, { fields }, isFieldAsShown(shown, jobId));
    },
    onSuccess: ({ differential }) => queryClient.setQueryData(queryKeys.differential(lavageId), differential),
    onSettled: refresh,
  });
}

/** Takes a closed reading up again. */
export function useReopenReading({ jobId, lavageId }: Sample) {
  const { call } = useServices();
  return useMutation({
    mutationFn: (closed: Reading) =>
      changeReading(call, closed, { status: 'open' }, ({ status }) => status === 'closed'),
    onSettled: useRefreshReading(lavageId, jobId),
  });
}

/** Shows a reading as the server has it, whether a change was taken or clashed with another. */
function useRefreshReading(lavageId: string, jobId: string) {
  const queryClient = useQueryClient();
  return () =>
    Promise.all(
      [
        queryKeys.readings(lavageId),
        queryKeys.lavageFields(lavageId),
        queryKeys.sample(jobId),
        queryKeys.overview,
      ].map((queryKey) => queryClient.invalidateQueries({ queryKey })),
    );
}

/** Asked afresh: the first saved cell may have opened a reading since. */
async function openReading(call: Call, lavageId: string, userId: string): Promise<Reading> {
  const params = { id: lavageId };
  const { items } = await call('listReadings', { params });
  return ownReading(items, userId) ?? call('createReading', { params, body: {} });
}
