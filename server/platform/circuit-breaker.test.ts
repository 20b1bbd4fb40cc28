import { expect, test } from 'vitest';
import { CircuitOpen, createCircuitBreaker } from './circuit-breaker.ts';

function makeBreaker() {
  let nowMs = 0;
  const clock = { now: () => nowMs, wait: async () => {} };
  const breaker = createCircuitBreaker({ failuresToOpen: 3, openMs: 1000 }, clock);
  const judge = (error: unknown) =>
    error === 'down' ? ('failed' as const) : error === 'mine' ? ('answered' as const) : ('unknown' as const);
  const call = (work: () => Promise<unknown>) => breaker.run(work, judge).catch((error) => error);
  return {
    call,
    fail: (error = 'down') => call(() => Promise.reject(error)),
    succeed: () => call(async () => 'up'),
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

test('after three failures in a row nothing is called for a while, then it recovers by one trial', async () => {
  const { fail, succeed, pass } = makeBreaker();
  expect([await fail(), await fail(), await succeed()]).toEqual(['down', 'down', 'up']);
  expect([await fail(), await fail(), await fail()]).toEqual(['down', 'down', 'down']);
  expect(await succeed()).toBeInstanceOf(CircuitOpen);
  pass(999);
  expect(await succeed()).toBeInstanceOf(CircuitOpen);
  pass(1);
  expect([await succeed(), await succeed()]).toEqual(['up', 'up']);
});

test('a trial that fails opens it anew; while one runs, no other does', async () => {
  const { call, fail, succeed, pass } = makeBreaker();
  for (let i = 0; i < 3; i++) await fail();
  pass(1000);
  expect([await fail(), await succeed()]).toEqual(['down', expect.any(CircuitOpen)]);
  pass(1000);
  const { promise, resolve } = Promise.withResolvers<string>();
  const trial = call(() => promise);
  expect(await succeed()).toBeInstanceOf(CircuitOpen);
  resolve('up');
  expect([await trial, await succeed()]).toEqual(['up', 'up']);
});

test('what is not the fault of the service counts as an answer, what was given up as nothing', async () => {
  const { fail, succeed, pass } = makeBreaker();
  expect([await fail(), await fail(), await fail('mine'), await fail(), await fail()]).not.toContainEqual(
    expect.any(CircuitOpen),
  );
  expect([await fail('given up'), await fail(), await succeed()]).toEqual([
    'given up',
    'down',
    expect.any(CircuitOpen),
  ]);
  pass(1000);
  expect([await fail('given up'), await succeed()]).toEqual(['given up', 'up']);
});
