import { readFile } from 'node:fs/promises';
import bcrypt from 'bcrypt';
import { afterEach, expect, test } from 'vitest';
import { type Passwords, startPasswordWorkers } from './passwords.ts';

let passwords: Passwords | undefined;
afterEach(() => passwords?.close());
const LOWEST_COST = 4;

test('hashes with bcrypt at cost 12, salted', async () => {
  passwords = startPasswordWorkers();
  const [one, other] = await Promise.all([passwords.hash('correct horse'), passwords.hash('correct horse')]);
  expect(one).toMatch(/^\$2b\$12\$/);
  expect(one).not.toBe(other);
  expect(await bcrypt.compare('correct horse', one)).toBe(true);
  expect(await passwords.matches('correct horse', one)).toBe(true);
  expect(await passwords.matches('correct horsf', one)).toBe(false);
});

test('an unknown account takes as long as a known one, and never matches', async () => {
  passwords = startPasswordWorkers({ cost: 10, threads: 1 });
  const hash = await passwords.hash('correct horse');
  const fastest = async (given: string | undefined) => {
    const times = [];
    for (let at = 0; at < 5; at++) {
      const startedAt = performance.now();
      expect(await passwords?.matches('wrong', given)).toBe(false);
      times.push(performance.now() - startedAt);
    }
    return Math.min(...times);
  };
  const [known, unknown] = [await fastest(hash), await fastest(undefined)];
  expect(unknown / known).toBeGreaterThan(0.6);
  expect(unknown / known).toBeLessThan(1.6);
});

test('what bcrypt would cut off is refused, not ignored', async () => {
  passwords = startPasswordWorkers({ cost: LOWEST_COST });
  const longest = 'x'.repeat(72);
  const hash = await passwords.hash(longest);
  expect(await passwords.matches(longest, hash)).toBe(true);
  expect(await passwords.matches(`${longest}y`, hash)).toBe(false);
  await expect(passwords.hash(`${longest}y`)).rejects.toThrow(RangeError);
});

test('a crowd waits in a bounded queue, and files are read meanwhile', async () => {
  passwords = startPasswordWorkers({ cost: 8, threads: 1 });
  const { hash } = passwords;
  const crowd = Promise.allSettled(Array.from({ length: 100 }, () => hash('correct horse')));
  let crowdIsDone = false;
  void crowd.then(() => {
    crowdIsDone = true;
  });
  await readFile(import.meta.filename);
  expect(crowdIsDone).toBe(false);
  const results = await crowd;
  const refused = results.filter((result) => result.status === 'rejected');
  expect(results.length - refused.length).toBe(65);
  for (const { reason } of refused) expect(reason).toMatchObject({ code: 'unavailable', retryAfterS: 5 });
});

test('what waits when it closes is answered, not left hanging', async () => {
  const closing = startPasswordWorkers({ threads: 1 });
  const waiting = Promise.allSettled([closing.hash('one'), closing.hash('two')]);
  await closing.close();
  for (const result of await waiting) {
    expect(result).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
  }
});
