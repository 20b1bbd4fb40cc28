import net from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import multipart from '@fastify/multipart';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cutSlowSenders } from './slow-senders.ts';

const LIMIT_MS = 300;

let app: FastifyInstance;
let port: number;
beforeAll(async () => {
  app = Fastify();
  await app.register(multipart);
  cutSlowSenders(app, LIMIT_MS);
  app.post('/', async (request) => {
    if (request.isMultipart()) for await (const _ of request.parts());
    return {};
  });
  app.post('/slow', async () => delay(2 * LIMIT_MS).then(() => ({})));
  app.get('/long', async () =>
    Readable.from(
      (async function* () {
        for (const piece of ['one ', 'two ', 'three']) {
          yield piece;
          await delay(LIMIT_MS);
        }
      })(),
    ),
  );
  await app.listen({ port: 0 });
  port = (app.server.address() as net.AddressInfo).port;
});
afterAll(() => app.close());

/** Sends the beginning of a request, then a byte now and then. @returns how long until the server hung up */
function drip(head: string, patienceMs: number): Promise<number | undefined> {
  const startedAt = Date.now();
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(head));
    const dripping = setInterval(() => socket.write(' '), 50);
    const enough = setTimeout(() => socket.destroy(), patienceMs);
    socket.on('error', () => {});
    socket.once('close', (hadError) => {
      clearInterval(dripping);
      clearTimeout(enough);
      const tookMs = Date.now() - startedAt;
      resolve(tookMs >= patienceMs && !hadError ? undefined : tookMs);
    });
  });
}

const head = (contentType: string) =>
  `POST / HTTP/1.1\r\nHost: a\r\nContent-Type: ${contentType}\r\nContent-Length: 100000\r\n\r\n`;

test('a body that comes in drips is cut off', async () => {
  expect(await drip(head('application/json'), 3000)).toBeLessThan(2000);
});

test('a form with files may take longer', async () => {
  expect(await drip(head('multipart/form-data; boundary=X'), 3 * LIMIT_MS)).toBeUndefined();
});

test('who has sent everything may be answered late', async () => {
  const response = await fetch(`http://127.0.0.1:${port}/slow`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  expect(response.status).toBe(200);
});

test('an answer that takes longer, such as live events or a large file, is not cut off', async () => {
  const response = await fetch(`http://127.0.0.1:${port}/long`);
  expect(await response.text()).toBe('one two three');
});
