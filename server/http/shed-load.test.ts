import net from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { installProblemHandler } from './problems.ts';
import { connectionsWithin, shedLoad } from './shed-load.ts';

let app: FastifyInstance;
let port: number;
beforeEach(async () => {
  app = Fastify();
  installProblemHandler(app);
  shedLoad(app, 2);
  app.get('/', async () => ({}));
  app.get('/file', async () => {
    throw new Error('no connection', { cause: Object.assign(new Error('EMFILE'), { code: 'EMFILE' }) });
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  port = (app.server.address() as net.AddressInfo).port;
});
afterEach(() => app.close());

/** A connection that stays open until it is closed here or there. */
function open() {
  const socket = net
    .connect(port, '127.0.0.1')
    .setEncoding('utf8')
    .on('error', () => {});
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const ask = () =>
    new Promise<string>((resolve) => {
      socket.once('data', (answer) => resolve(String(answer)));
      socket.once('close', () => resolve('closed'));
      socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    });
  return { socket, closed, ask };
}

test('who comes when all places are taken is told when to come again; the others are served on', async () => {
  const [first, second] = [open(), open()];
  expect(await first.ask()).toMatch(/^HTTP\/1\.1 200 /);
  expect(await second.ask()).toMatch(/^HTTP\/1\.1 200 /);
  const third = open();
  const refusal = await third.ask();
  expect(refusal).toMatch(/^HTTP\/1\.1 503 /);
  expect(refusal).toMatch(/^retry-after: 5\r$/im);
  expect(refusal).toMatch(/"code":"unavailable"/);
  await third.closed;
  expect(await first.ask()).toMatch(/^HTTP\/1\.1 200 /);

  second.socket.destroy();
  await second.closed;
  await expect.poll(() => open().ask(), { timeout: 10_000 }).toMatch(/^HTTP\/1\.1 200 /);
});

test('who was turned away and asks nothing is hung up on', async () => {
  const places = [open(), open()];
  await Promise.all(places.map(({ ask }) => ask()));
  await open().closed;
});

test('of a crowd that asks nothing yet, those who cannot even wait are told at once', async () => {
  const places = [open(), open()];
  await Promise.all(places.map(({ ask }) => ask()));
  const crowd = Array.from({ length: 10 }, () => open());
  const told = crowd.map(
    ({ socket, closed }) =>
      new Promise((resolve) => {
        socket.once('data', (answer) =>
          resolve(/^HTTP\/1\.1 503 .*\r\nretry-after: 5\r\n/.test(String(answer))),
        );
        closed.then(() => resolve('waited'));
      }),
  );
  const answers = await Promise.all(told);
  expect(answers.filter((answer) => answer === true)).toHaveLength(8);
  expect(answers.filter((answer) => answer === 'waited')).toHaveLength(2);
});

test('a request for which no file or connection could be opened may be repeated', async () => {
  const answer = await app.inject('/file');
  expect(answer.statusCode).toBe(503);
  expect(answer.headers['retry-after']).toBe('5');
});

test('most of few descriptors are kept for the process itself', () => {
  expect(connectionsWithin(128)).toBe(21);
  expect(connectionsWithin(1024)).toBe(320);
  expect(connectionsWithin(16)).toBe(1);
});
