import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inGroups } from './in-groups.ts';

test('what comes while a group is under way goes into the next, at most so many, and none is lost', async () => {
  const groups: number[][] = [];
  const add = inGroups(
    async (group: number[]) => {
      groups.push(group);
      await delay(20);
    },
    { most: 3 },
  );
  await Promise.all([1, 2, 3, 4, 5].map(add));
  await add(6);
  expect(groups).toEqual([[1], [2, 3, 4], [5], [6]]);
});

test('those who linger are handled together', async () => {
  const groups: number[][] = [];
  const add = inGroups(async (group: number[]) => groups.push(group), { most: 10, lingerMs: 20 });
  await Promise.all([1, 2, 3].map(add));
  expect(groups).toEqual([[1, 2, 3]]);
});

test('a failure is told to its group alone', async () => {
  const add = inGroups(
    async ([first]: number[]) => {
      if (first === 2) throw new Error('away');
    },
    { most: 1 },
  );
  const outcomes = await Promise.allSettled([1, 2, 3].map(add));
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});
