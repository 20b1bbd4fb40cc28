import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  answering,
  dripping,
  flooding,
  hanging,
  hangingUp,
  type ModelBehaviour,
  type ModelStub,
  starting,
  startModelStub,
} from '../testing/model-stub.ts';
import { LONGEST_REPLY_BYTES, ModelError, openModelEndpoint } from './model-endpoint.ts';
import type { Address } from './outbound-address.ts';

const JPEG = Buffer.from('a picture');
const KEY = 'hf_aVeryPrivateKey';

let stub: ModelStub;
beforeAll(async () => {
  stub = await startModelStub();
});
afterAll(() => stub.close());

const soon = (ms = 5000) => AbortSignal.timeout(ms);
const ask = (key?: string, signal = soon()) => openModelEndpoint({ url: stub.url, key }).ask(JPEG, signal);
async function failureOf(behaviour: ModelBehaviour, signal = soon()): Promise<ModelError> {
  stub.behave(behaviour);
  const error = await ask(KEY, signal).then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(ModelError);
  return error;
}
const found = (...addresses: string[]) => {
  const answer = addresses.map((address): Address => ({ address, family: address.includes(':') ? 6 : 4 }));
  return async () => answer;
};

test('the image goes as JPEG with the key, and the JSON comes back', async () => {
  stub.behave(answering([{ label: 'wbc' }]));
  expect(await ask(KEY)).toEqual([{ label: 'wbc' }]);
  const [{ headers, body }] = stub.requests;
  expect(body).toEqual(JPEG);
  expect(headers).toMatchObject({
    'content-type': 'image/jpeg',
    authorization: `Bearer ${KEY}`,
    'accept-encoding': 'identity',
  });
  await ask();
  expect(stub.requests[1].headers).not.toHaveProperty('authorization');
});

test.each<[string, ModelBehaviour, Partial<ModelError>]>([
  ['a model that starts says how long', starting(20.5), { kind: 'busy', waitMs: 20_500 }],
  ['or leaves it open', answering('', 503), { kind: 'busy', waitMs: 5000 }],
  ['or says so as a number out of all reason', starting(1e9), { kind: 'busy', waitMs: 5000 }],
  ['too many requests', answering('', 429, { 'retry-after': '7' }), { kind: 'busy', waitMs: 7000 }],
  ['an error of the server', answering('oops', 500), { kind: 'failed' }],
  ['a connection that ends early', hangingUp, { kind: 'failed' }],
  ['garbage', answering('<html>'), { kind: 'broken', message: expect.stringContaining('not JSON') }],
  ['NaN in the text', answering('[{"score": NaN}]'), { kind: 'broken' }],
  ['JSON that was cut', answering('[{"label": "wb'), { kind: 'broken' }],
  ['nesting without end', answering('['.repeat(1e6)), { kind: 'broken' }],
  ['a refused key', answering('', 401), { kind: 'broken', message: expect.stringContaining('key') }],
  ['no such model', answering('', 404), { kind: 'broken' }],
  ['a refused image', answering('', 413), { kind: 'image' }],
  ['compressed text', answering('x', 200, { 'content-encoding': 'gzip' }), { kind: 'broken' }],
])('%s is told apart', async (_, behaviour, expected) => {
  expect(await failureOf(behaviour)).toMatchObject(expected);
});

test('an answer that says it is too long is not read', async () => {
  const long = ' '.repeat(LONGEST_REPLY_BYTES + 1);
  expect(await failureOf(answering(long))).toMatchObject({ message: expect.stringContaining('cut') });
  expect(await failureOf(answering(long, 503))).toMatchObject({ kind: 'busy', waitMs: 5000 });
});

test('of 100 MB little more is read than is allowed, then the connection is closed', async () => {
  const sent = { bytes: 0 };
  const error = await failureOf(flooding(100e6, sent));
  expect(error).toMatchObject({ kind: 'broken', message: expect.stringContaining('more than 16384 kB') });
  expect(sent.bytes).toBeLessThan(2 * LONGEST_REPLY_BYTES);
});

test.each([
  ['silence', hanging],
  ['a drip', dripping],
])('%s is cut at the deadline', async (_, behaviour) => {
  stub.behave(behaviour);
  await expect(ask(KEY, soon(200))).rejects.toMatchObject({ name: 'TimeoutError' });
});

test('a lookup that never ends is not waited for', async () => {
  const endpoint = openModelEndpoint(
    { url: 'https://model.example.org/', key: KEY },
    () => new Promise(() => {}),
  );
  await expect(endpoint.ask(JPEG, soon(50))).rejects.toMatchObject({ name: 'TimeoutError' });
});

test('a redirect, to the metadata of a cloud or elsewhere, is not followed [CVE-2022-36551]', async () => {
  const error = await failureOf(answering('', 302, { location: 'http://169.254.169.254/latest/meta-data/' }));
  expect(error).toMatchObject({ kind: 'broken', message: expect.stringContaining('redirect') });
  stub.behave(answering('', 307, { location: stub.url }));
  await expect(ask(KEY)).rejects.toMatchObject({ kind: 'broken' });
  expect(stub.requests).toHaveLength(1);
});

test.each([
  '169.254.169.254',
  '169.254.1.1',
  '::ffff:169.254.169.254',
  '64:ff9b::a9fe:a9fe',
  'fe80::1',
  'fd00:ec2::254',
  '0.0.0.0',
  '::',
  '224.0.0.1',
  'ff02::1',
  '255.255.255.255',
  '100.100.100.200',
])('a name that leads to %s is not called, whatever else it leads to [CVE-2022-36551]', async (address) => {
  const { port } = new URL(stub.url);
  stub.behave(answering([]));
  const settings = { url: `http://model.example.org:${port}/`, key: undefined };
  for (const addresses of [[address], ['127.0.0.1', address]]) {
    const endpoint = openModelEndpoint(settings, found(...addresses));
    await expect(endpoint.ask(JPEG, soon())).rejects.toMatchObject({ kind: 'broken' });
  }
  expect(stub.requests).toEqual([]);
});

test('the address that was looked at is the one that is called: nobody looks it up again [CVE-2022-36551]', async () => {
  const { port } = new URL(stub.url);
  stub.behave(answering(['here']));
  let lookups = 0;
  const endpoint = openModelEndpoint({ url: `http://model.invalid:${port}/`, key: undefined }, async () => {
    lookups++;
    return [{ address: '127.0.0.1', family: 4 }];
  });
  expect(await endpoint.ask(JPEG, soon())).toEqual(['here']);
  expect(stub.requests[0].headers.host).toBe(`model.invalid:${port}`);
  expect(lookups).toBe(1);
});

test('a key never travels unencrypted beyond this machine [tls-or-loopback]', async () => {
  const open = { url: 'http://model.example.org/', key: KEY };
  await expect(openModelEndpoint(open, found('10.0.0.7')).ask(JPEG, soon())).rejects.toMatchObject({
    kind: 'broken',
    message: expect.stringContaining('unencrypted'),
  });
});

test('no error names the key, the address or what the model wrote', async () => {
  const echoing: ModelBehaviour = (response, { headers }) =>
    response.writeHead(500, String(headers.authorization)).end(`you sent ${headers.authorization}`);
  const garbled: ModelBehaviour = (response, { headers }) => response.end(`key ${headers.authorization}`);
  for (const behaviour of [echoing, garbled, hangingUp, answering('', 403)]) {
    const { message } = await failureOf(behaviour);
    expect(message).not.toContain(KEY);
    expect(message).not.toContain(new URL(stub.url).host);
  }
});

test('answers are filed under the path, without host, query and key', () => {
  const nameOf = (url: string) => openModelEndpoint({ url, key: undefined }).name;
  expect(nameOf('https://h.example.org/models/laboratory/bal')).toBe('laboratory/bal');
  expect(nameOf('https://h.example.org/predict/?token=x')).toBe('predict');
  expect(nameOf('https://h.example.org')).toBe('unnamed');
});
