import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLiveCache } from './live-cache.ts';
import type { LiveEvent } from './live-events.ts';
import { queryKeys } from './query-keys.ts';

const patientId = 'patient-1';
const row = (jobId: string, inferenceStatus = 'pending') => ({
  jobId,
  inferenceStatus,
  error: null as string | null,
  cellCount: null as number | null,
});
const statusOf = (jobId: string, change: Partial<LiveEvent> = {}) =>
  ({
    type: 'sample.status',
    jobId,
    patientId,
    lavageId: 'lavage-1',
    inferenceStatus: 'processing',
    error: null,
    cellCount: null,
    ...change,
  }) as LiveEvent;

let client: QueryClient;
beforeEach(() => {
  vi.useFakeTimers();
  client = new QueryClient();
});
afterEach(() => {
  client.clear();
  vi.useRealTimers();
});

const itemsOn = (page: number) =>
  client.getQueryData<{ items: ReturnType<typeof row>[] }>(queryKeys.samplesPage(patientId, page))!.items;
const isStale = (key: readonly unknown[]) => client.getQueryState(key)?.isInvalidated;

test('a status changes the sample in place, in each list and on its own page, and no other sample', () => {
  client.setQueryData(queryKeys.samplesPage(patientId, 1), { items: [row('a'), row('b')], total: 2 });
  client.setQueryData(queryKeys.samplesPage(patientId, 2), { items: [row('c')], total: 2 });
  client.setQueryData(queryKeys.sample('b'), { ...row('b'), sha256: 'kept' });
  client.setQueryData(queryKeys.lavageFields('lavage-1'), { items: [row('b')], total: 1 });
  const [untouched] = itemsOn(1);
  const pageTwo = itemsOn(2);
  createLiveCache(client).onEvent(
    statusOf('b', { inferenceStatus: 'completed', cellCount: 42 } as LiveEvent),
  );
  expect(itemsOn(1)[1]).toEqual({ ...row('b'), inferenceStatus: 'completed', cellCount: 42 });
  expect(itemsOn(1)[0]).toBe(untouched);
  expect(itemsOn(2)).toBe(pageTwo);
  expect(client.getQueryData(queryKeys.lavageFields('lavage-1'))).toMatchObject({
    items: [{ inferenceStatus: 'completed' }],
  });
  expect(client.getQueryData(queryKeys.sample('b'))).toMatchObject({
    inferenceStatus: 'completed',
    cellCount: 42,
    sha256: 'kept',
  });
});

test('a failure brings its reason; another run keeps the known count until its own is there', () => {
  client.setQueryData(queryKeys.samplesPage(patientId, 1), { items: [{ ...row('a'), cellCount: 9 }] });
  const { onEvent } = createLiveCache(client);
  onEvent(statusOf('a'));
  expect(itemsOn(1)[0]).toMatchObject({ inferenceStatus: 'processing', cellCount: 9 });
  onEvent(statusOf('a', { inferenceStatus: 'failed', error: 'the image is damaged' } as LiveEvent));
  expect(itemsOn(1)[0]).toMatchObject({ inferenceStatus: 'failed', error: 'the image is damaged' });
});

test('events of samples that nobody shows make no entries', () => {
  createLiveCache(client).onEvent(statusOf('z'));
  expect(client.getQueryCache().getAll()).toEqual([]);
});

test('many events refetch the first page once, soon', () => {
  client.setQueryData(queryKeys.overview, {});
  const invalidate = vi.spyOn(client, 'invalidateQueries');
  const { onEvent } = createLiveCache(client);
  for (let n = 0; n < 50; n++) onEvent(statusOf(`job-${n}`));
  expect(isStale(queryKeys.overview)).toBe(false);
  vi.advanceTimersByTime(2_000);
  expect(isStale(queryKeys.overview)).toBe(true);
  const overviews = invalidate.mock.calls.filter(([filter]) => filter?.queryKey?.[0] === 'overview');
  expect(overviews).toHaveLength(1);
});

test('a completed sample is fetched afresh for its thumbnail, a processing one is not', () => {
  const list = queryKeys.samplesPage(patientId, 1);
  client.setQueryData(list, { items: [row('a')] });
  const { onEvent } = createLiveCache(client);
  onEvent(statusOf('a'));
  vi.advanceTimersByTime(2_000);
  expect(isStale(list)).toBe(false);
  onEvent(statusOf('a', { inferenceStatus: 'completed', cellCount: 1 } as LiveEvent));
  vi.advanceTimersByTime(2_000);
  expect(isStale(list)).toBe(true);
});

test('the queue statistics reach the shown numbers and leave the rest', () => {
  const rest = { completed: 5, failed: 1 };
  client.setQueryData(queryKeys.processingStatus, {
    samples: { pending: 1, processing: 0, ...rest },
    countedUpTo: 100,
    stuck: 3,
  });
  createLiveCache(client).onEvent({ type: 'queue.stats', pending: 700, processing: 2 });
  expect(client.getQueryData(queryKeys.processingStatus)).toEqual({
    samples: { pending: 100, processing: 2, ...rest },
    countedUpTo: 100,
    stuck: 3,
  });
});

test('after a reconnect everything is fetched afresh', () => {
  client.setQueryData(queryKeys.overview, {});
  client.setQueryData(queryKeys.sample('a'), {});
  createLiveCache(client).onReconnect();
  expect(isStale(queryKeys.overview)).toBe(true);
  expect(isStale(queryKeys.sample('a'))).toBe(true);
});

test('progress moves the bar of an open image and fetches nothing', () => {
  client.setQueryData(queryKeys.progress('a'), null);
  const cache = createLiveCache(client);
  const refetched = vi.spyOn(client, 'invalidateQueries');
  cache.onEvent(statusOf('a', { progress: 0.25 } as Partial<LiveEvent>));
  vi.runAllTimers();
  expect(client.getQueryData(queryKeys.progress('a'))).toBe(0.25);
  expect(refetched).not.toHaveBeenCalled();
  cache.onEvent(statusOf('a', { inferenceStatus: 'completed' } as Partial<LiveEvent>));
  expect(client.getQueryData(queryKeys.progress('a'))).toBe(null);
});
