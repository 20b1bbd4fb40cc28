import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';

export interface ModelRequest {
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

export type ModelBehaviour = (response: http.ServerResponse, request: ModelRequest) => unknown;

export interface ModelStub {
  url: string;
  requests: ModelRequest[];
  /** The behaviours of the next requests; the last one stays. */
  behave(...behaviours: ModelBehaviour[]): void;
  close(): Promise<void>;
}

/** A model endpoint on loopback that does what it is told. */
export async function startModelStub(): Promise<ModelStub> {
  const requests: ModelRequest[] = [];
  let queue: ModelBehaviour[] = [answering([])];
  const server = http.createServer(async (incoming, response) => {
    response.on('error', () => {});
    const body = await buffer(incoming).catch(() => Buffer.alloc(0));
    const request = { headers: incoming.headers, body };
    requests.push(request);
    const behaviour = queue.length > 1 ? queue.shift()! : queue[0];
    await behaviour(response, request);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/models/laboratory/bal`,
    requests,
    behave: (...behaviours) => {
      queue = behaviours;
      requests.length = 0;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Answers with JSON, or with a text as it stands. */
export function answering(
  reply: unknown,
  status = 200,
  headers: http.OutgoingHttpHeaders = {},
): ModelBehaviour {
  const text = typeof reply === 'string' ? reply : JSON.stringify(reply);
  return (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
}

/** As Hugging Face answers while it loads a model. */
export const starting = (estimatedS: number) =>
  answering({ error: 'Model laboratory/bal is currently loading', estimated_time: estimatedS }, 503);

export const hanging: ModelBehaviour = () => {};

/** Says at once that it answers, then a byte now and then for as long as anybody listens. */
export const dripping: ModelBehaviour = async (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  while (!response.destroyed) {
    response.write(' ');
    await delay(5);
  }
};

/**
 * Tries to send so much JSON.
 * @param sent is told how much it could
 */
export function flooding(bytes: number, sent = { bytes: 0 }): ModelBehaviour {
  const chunk = Buffer.from('[],'.repeat(20_000));
  const chunks = function* () {
    yield '[';
    for (; sent.bytes < bytes; sent.bytes += chunk.length) yield chunk;
    yield '[]]';
  };
  return async (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    await pipeline(Readable.from(chunks()), response).catch(() => {});
  };
}

export const hangingUp: ModelBehaviour = (response) => response.destroy();

/** A detection as Hugging Face's object detection writes it. */
export function detection(label: string, [xmin, ymin, xmax, ymax]: readonly number[], score = 0.9) {
  return { label, score, box: { xmin, ymin, xmax, ymax } };
}
