import { describe, expect, test } from 'vitest';
import { ApiError } from '../../contract/client.ts';
import type { ErrorCode } from '../../contract/errors.ts';
import { namesShown, oneByOne } from './record-acts.ts';
import { cursorsOf, onlyTab, withParam } from './record-view.ts';
import { fileNameOf } from './save-file.ts';

describe('the address of a list', () => {
  test('takes a filter, leaves an empty one out, and keeps the others', () => {
    const known = new URLSearchParams('tab=samples&state=failed');
    expect(`${withParam(known, 'hospital', 'h1')}`).toBe('tab=samples&state=failed&hospital=h1');
    expect(`${withParam(known, 'state', '')}`).toBe('tab=samples');
    expect(`${known}`).toBe('tab=samples&state=failed');
  });

  test('is that of the tab alone once all is shown', () => {
    expect(`${onlyTab(new URLSearchParams('tab=samples&state=failed&sort=created_at'))}`).toBe('tab=samples');
    expect(`${onlyTab(new URLSearchParams('state=failed'))}`).toBe('');
  });
});

test('another filter or order begins at the first page', () => {
  const passed = { list: 'state=failed', cursors: ['a', 'b'] };
  expect(cursorsOf(passed, 'state=failed')).toEqual(['a', 'b']);
  expect(cursorsOf(passed, 'state=completed')).toEqual([]);
});

describe('an act row by row', () => {
  const refusal = (code: ErrorCode) =>
    new ApiError({ type: '', title: '', status: 409, code, detail: 'It is in use.', request_id: 'q' });

  test('does the others when one is refused, and says why', async () => {
    const act = async (id: string) => {
      if (id === 'b') throw refusal('conflict');
    };
    expect(await oneByOne(['a', 'b', 'c'], act)).toEqual({
      done: ['a', 'c'],
      refused: [{ id: 'b', detail: 'It is in use.' }],
    });
  });

  test('stops where no row can be acted on', async () => {
    const tried: string[] = [];
    const act = async (id: string) => {
      tried.push(id);
      throw refusal('unauthenticated');
    };
    await expect(oneByOne(['a', 'b'], act)).rejects.toThrow(ApiError);
    expect(tried).toEqual(['a']);
  });
});

test('a confirmation names the first rows and counts the rest', () => {
  expect(namesShown(['a', 'b'])).toEqual(['a', 'b']);
  expect(namesShown(['a', 'b', 'c', 'd', 'e', 'f', 'g'])).toEqual(['a', 'b', 'c', 'd', 'and 3 more']);
});

test('a file keeps the name that the server gave it', () => {
  expect(fileNameOf('attachment; filename="patients-2026-11-29.csv"')).toBe('patients-2026-11-29.csv');
  expect(fileNameOf('attachment')).toBe('records.csv');
});
