import { afterAll, beforeAll, expect, test } from 'vitest';
import { openModelEndpoint } from '../platform/model-endpoint.ts';
import {
  answering,
  detection,
  dripping,
  hanging,
  hangingUp,
  type ModelStub,
  starting,
  startModelStub,
} from '../testing/model-stub.ts';
import { namingOf } from './cell-naming.ts';
import { openModel } from './model.ts';

const IMAGE = { jpeg: Buffer.from('a picture'), width: 100, height: 80 };
const CELL = detection('lymphocyte', [10, 10, 30, 40]);

let stub: ModelStub;
beforeAll(async () => {
  stub = await startModelStub();
});
afterAll(() => stub.close());

/** A model whose waits take no time but are written down. */
function openPatient(timeoutMs = 60_000) {
  const waits: number[] = [];
  let nowMs = 0;
  const clock = {
    now: () => nowMs,
    wait: async (ms: number) => {
      waits.push(ms);
      nowMs += ms;
    },
  };
  const endpoint = openModelEndpoint({ url: stub.url, key: undefined });
  const model = openModel({ endpoint, timeoutMs, clock, random: () => 0.5 });
  const ask = (signal?: AbortSignal) => model.findCells(IMAGE, namingOf(), signal);
  return { ask, waits, pass: (ms: number) => (nowMs += ms) };
}
const countRequests = () => stub.requests.length;

test('cells, the version and the answer as it came', async () => {
  stub.behave(answering([CELL]));
  expect(await openPatient().ask()).toMatchObject({
    cells: [{ x: 10, y: 10, width: 20, height: 30, cellType: 'WBC-Lymphocyte', confidence: 0.9 }],
    version: 'laboratory/bal',
    reply: [CELL],
  });
  stub.behave(answering({ cells: [], version: 'net 7' }));
  expect((await openPatient().ask()).version).toBe('net 7');
});

test('a model that starts is waited for as long as it says', async () => {
  const { ask, waits } = openPatient();
  stub.behave(starting(20), starting(10), answering([CELL]));
  expect((await ask()).cells).toHaveLength(1);
  expect(waits).toEqual([22_000, 11_000]);
});

test('but not for longer than an image may take', async () => {
  const { ask, waits } = openPatient();
  stub.behave(starting(120));
  await expect(ask()).rejects.toMatchObject({ kind: 'busy', message: expect.stringContaining('starting') });
  stub.behave(starting(20));
  await expect(ask()).rejects.toMatchObject({ kind: 'busy' });
  expect(waits).toEqual([22_000, 22_000]);
});

test('failures that pass are tried again, after pauses that grow', async () => {
  const { ask, waits } = openPatient();
  stub.behave(answering('', 500), hangingUp, answering([CELL]));
  expect((await ask()).cells).toHaveLength(1);
  expect(waits).toEqual([500, 1000]);
  stub.behave(answering('', 500));
  await expect(ask()).rejects.toMatchObject({ kind: 'failed' });
  expect(countRequests()).toBe(4);
});

test('what would end the same way is asked once', async () => {
  for (const behaviour of [
    answering('garbage'),
    answering({ no: 'cells' }),
    answering('', 422),
    answering('', 401),
  ]) {
    stub.behave(behaviour);
    await expect(openPatient().ask()).rejects.toMatchObject({ name: 'ModelError' });
    expect(countRequests()).toBe(1);
  }
});

test.each([
  ['hangs', hanging],
  ['drips byte by byte', dripping],
])('a model that %s is given up at the deadline, saying so', async (_, behaviour) => {
  stub.behave(behaviour);
  await expect(openPatient(200).ask()).rejects.toMatchObject({
    name: 'ModelError',
    message: 'The model did not answer within 0.2 s.',
  });
});

test('who stops waiting is no failure of the model', async () => {
  const { ask } = openPatient();
  for (let i = 0; i < 3; i++) {
    stub.behave(hanging);
    await expect(ask(AbortSignal.timeout(30))).rejects.toMatchObject({ name: 'TimeoutError' });
  }
  stub.behave(answering([]));
  expect((await ask()).cells).toEqual([]);
});

test('a model out of order is left alone, then tried once, and used again when it answers', async () => {
  const { ask, pass } = openPatient();
  stub.behave(answering('garbage'));
  for (let i = 0; i < 3; i++) await expect(ask()).rejects.toThrow('not JSON');
  await expect(ask()).rejects.toThrow('left alone');
  expect(countRequests()).toBe(3);
  pass(30_000);
  await expect(ask()).rejects.toThrow('not JSON');
  await expect(ask()).rejects.toThrow('left alone');
  expect(countRequests()).toBe(4);
  pass(30_000);
  stub.behave(answering([CELL]));
  expect((await ask()).cells).toHaveLength(1);
  expect((await ask()).cells).toHaveLength(1);
});

test('images that a model refuses do not put it out of order', async () => {
  const { ask } = openPatient();
  stub.behave(answering('', 415));
  for (let i = 0; i < 5; i++) await expect(ask()).rejects.toMatchObject({ kind: 'image' });
  expect(countRequests()).toBe(5);
});
