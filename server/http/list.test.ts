import { expect, test } from 'vitest';
import type { Caller } from '../auth/caller.ts';
import { rememberTotals } from './list.ts';

const caller = { id: 'one', role: 'UPLOADER', hospitalId: 'a', laboratoryId: 'l' } as Caller;

test('a small total is counted each time', async () => {
  const totalOf = rememberTotals();
  const counts = [5, 6];
  const ask = () => totalOf({ caller, filter: {} }, async () => counts.shift() ?? 0);
  expect([await ask(), await ask()]).toEqual([5, 6]);
});

test('a large one is counted again after some seconds, for another caller and for another filter', async () => {
  let time = 0;
  const totalOf = rememberTotals(() => time);
  let total = 2000;
  const ask = (of: { caller: Caller; filter: unknown }) => totalOf(of, async () => total++);
  expect([await ask({ caller, filter: {} }), await ask({ caller, filter: {} })]).toEqual([2000, 2000]);
  expect(await ask({ caller, filter: { q: 'x' } })).toBe(2001);
  expect(await ask({ caller: { ...caller, id: 'other' }, filter: {} })).toBe(2002);
  expect(await ask({ caller: { ...caller, hospitalId: 'b' }, filter: {} })).toBe(2003);
  time = 10_001;
  expect(await ask({ caller, filter: {} })).toBe(2004);
});
