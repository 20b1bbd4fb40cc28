import { describe, expect, test } from 'vitest';
import { Reading as WireReading } from '../../contract/annotations.ts';
import { caseConverter } from '../../contract/casing.ts';
import { ApiError, type Call } from '../../contract/client.ts';
import type { Reading } from '../api/queries.ts';
import { changeReading, isFieldAsShown, ReadingChangedError } from './change-reading.ts';

const FIELD = '01a20680-0ed7-7232-8249-770a67bcc631';
const OTHER_FIELD = '01a20680-0ed7-7232-8249-770a67bcc632';
const unread = { state: 'unread' as const, excludedBecause: null };

const reading = (version: number, part: Partial<Reading> = {}): Reading => ({
  id: '01a20680-0ed7-7232-8249-770a67bcc63e',
  lavageId: '01a20680-0ed7-7232-8249-770a67bcc63f',
  reader: { id: '01a20680-0ed7-7232-8249-770a67bcc640', name: 'Lena' },
  purpose: 'primary',
  blinded: false,
  status: 'open',
  fields: [
    { sampleId: FIELD, ...unread },
    { sampleId: OTHER_FIELD, ...unread },
  ],
  version,
  createdAt: '2026-11-23T03:00:00.000Z',
  ...part,
});

/** A server that holds `now` and takes changes of that version only. */
function serverWith(now: Reading) {
  const versions: (number | undefined)[] = [];
  const call = (async (_name: string, { ifMatch }: { ifMatch?: number }) => {
    versions.push(ifMatch);
    if (ifMatch === now.version) return { reading: now };
    const current = caseConverter(WireReading, 'snake')(now);
    throw new ApiError({
      type: 'about:blank',
      title: '',
      status: 412,
      code: 'stale_version',
      detail: '',
      current,
      request_id: 'q',
    });
  }) as unknown as Call;
  return { call, versions };
}

const body = { fields: [{ sampleId: FIELD, state: 'complete' as const }] };
const mark = (call: Call, shown: Reading) => changeReading(call, shown, body, isFieldAsShown(shown, FIELD));

describe('a change of a reading', () => {
  test('names the version that the reader saw', async () => {
    const { call, versions } = serverWith(reading(3));
    await mark(call, reading(3));
    expect(versions).toEqual([3]);
  });

  test('is made again when only another field was changed meanwhile', async () => {
    const fields = [
      { sampleId: FIELD, ...unread },
      { sampleId: OTHER_FIELD, state: 'excluded' as const, excludedBecause: 'Out of focus' },
    ];
    const { call, versions } = serverWith(reading(5, { fields }));
    await mark(call, reading(3));
    expect(versions).toEqual([3, 5]);
  });

  test.each([
    ['this field', { fields: [{ sampleId: FIELD, state: 'excluded' as const, excludedBecause: 'Blood' }] }],
    ['the whole reading', { status: 'closed' as const }],
  ])('overwrites nothing when %s was changed meanwhile', async (_what, part) => {
    const { call, versions } = serverWith(reading(4, part));
    await expect(mark(call, reading(3))).rejects.toThrow(ReadingChangedError);
    expect(versions).toEqual([3]);
  });

  test('sends nothing when the reading that was begun elsewhere has marked the field already', async () => {
    const fields = [{ sampleId: FIELD, state: 'complete' as const, excludedBecause: null }];
    const begun = reading(2, { fields });
    const { call, versions } = serverWith(begun);
    await expect(changeReading(call, begun, body, isFieldAsShown(null, FIELD))).rejects.toThrow(
      ReadingChangedError,
    );
    expect(versions).toEqual([]);
  });

  test('passes on every other refusal', async () => {
    const refusal = new TypeError('fetch failed');
    const call = (() => Promise.reject(refusal)) as unknown as Call;
    await expect(mark(call, reading(1))).rejects.toBe(refusal);
  });
});
