import { expect, test } from 'vitest';
import { shareAnswer } from './share-answer.ts';

test('one answer serves all who ask while it is fresh, and then it is asked anew', async () => {
  let now = 0;
  let asked = 0;
  const shared = shareAnswer(
    async () => ++asked,
    1000,
    () => now,
  );
  expect(await Promise.all([shared(), shared()])).toEqual([1, 1]);
  now = 999;
  expect(await shared()).toBe(1);
  now = 1000;
  expect(await shared()).toBe(2);
});

test('a failure is not kept', async () => {
  let asked = 0;
  const shared = shareAnswer(async () => {
    asked++;
    if (asked === 1) throw new Error('down');
    return asked;
  }, 1000);
  await expect(shared()).rejects.toThrow('down');
  expect(await shared()).toBe(2);
});
