import { readFile } from 'node:fs/promises';
import bcrypt from 'bcrypt';
import { afterEach, expect, test } from 'vitest';
import { absentHash, type Passwords, startPasswordWorkers } from './passwords.ts';

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

test('an unknown account costs a comparison of the same cost, and never matches [GHSA-6f65-4fv2-wwch]', async () => {
  // bench/logins.ts measures the times.
  expect(bcrypt.getRounds(absentHash(12))).toBe(12);
  expect(bcrypt.compareSync('correct horse', absentHash(LOWEST_COST))).toBe(false);
  passwords = startPasswordWorkers({ cost: LOWEST_COST });
  expect(await passwords.matches('correct horse', undefined)).toBe(false);
});

test('what bcrypt would cut off is refused, not ignored [passwords]', async () => {
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
