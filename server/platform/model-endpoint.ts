import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { type Address, addressesOf, isForbiddenAddress, isLoopbackAddress } from './outbound-address.ts';

/** A model somewhere else, reached over HTTP. */
export interface ModelEndpoint {
  /** What its answers are filed under when they do not say themselves: the path, without host and query. */
  name: string;
  /**
   * Sends one image and waits for the answer; neither redirects nor repeats.
   * @returns the JSON of the answer, unchecked
   * @throws ModelError, or the signal's reason
   */
  ask(jpeg: Uint8Array, signal: AbortSignal): Promise<unknown>;
}

/**
 * busy: starting or overloaded, ask again after `waitMs`. failed: may succeed the next time. broken: would end the same
 * way with any image. image: the model is in order, but not with this image.
 */
export type ModelFailure = 'busy' | 'failed' | 'broken' | 'image';

/** No cells from the model. The message is a sentence for users: it names neither addresses nor keys. */
export class ModelError extends Error {
  readonly kind: ModelFailure;
  readonly waitMs: number | undefined;

  constructor(kind: ModelFailure, message: string, options: ErrorOptions & { waitMs?: number } = {}) {
    super(message, options);
    this.name = 'ModelError';
    this.kind = kind;
    this.waitMs = options.waitMs;
  }
}

/** A hundred thousand cells as boxes. */
export const LONGEST_REPLY_BYTES = 16 * 1024 * 1024;
const LONGEST_EXCUSE_BYTES = 16 * 1024;
const LONGEST_WAIT_S = 3600;
const USUAL_WAIT_S = 5;

interface EndpointSettings {
  url: string;
  key: string | undefined;
}

/** @param findAddresses only tests give another one */
export function openModelEndpoint(
  { url: address, key }: EndpointSettings,
  findAddresses = addressesOf,
): ModelEndpoint {
  const url = new URL(address);
  const ask: ModelEndpoint['ask'] = async (jpeg, signal) => {
    try {
      const addresses = await untilAborted(permitted(url, key, findAddresses), signal);
      return await readAnswer(await post(url, { key, jpeg, addresses, signal }));
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof ModelError ? error : unreachable(error);
    }
  };
  return { name: url.pathname.replace(/^\/(models\/)?|\/$/g, '') || 'unnamed', ask };
}

/** The addresses the one connection may use, which nobody looks up a second time. */
async function permitted(url: URL, key: string | undefined, find: typeof addressesOf): Promise<Address[]> {
  const addresses = await find(url.hostname);
  if (addresses.length === 0 || addresses.some(({ address }) => isForbiddenAddress(address))) {
    throw new ModelError('broken', 'The address of the model is one that is never called.');
  }
  const isOpen = url.protocol === 'http:' && addresses.some(({ address }) => !isLoopbackAddress(address));
  if (isOpen && key !== undefined) {
    throw new ModelError('broken', 'The key of the model would travel unencrypted.');
  }
  return addresses;
}

interface Question {
  key: string | undefined;
  jpeg: Uint8Array;
  addresses: Address[];
  signal: AbortSignal;
}

function post(url: URL, { key, jpeg, addresses, signal }: Question): Promise<http.IncomingMessage> {
  const lookup: LookupFunction = (_host, options, answer) =>
    options.all ? answer(null, addresses) : answer(null, addresses[0].address, addresses[0].family);
  const headers: http.OutgoingHttpHeaders = {
    accept: 'application/json',
    'accept-encoding': 'identity',
    'content-type': 'image/jpeg',
    'content-length': jpeg.byteLength,
  };
  if (key !== undefined) headers.authorization = `Bearer ${key}`;
  const send = url.protocol === 'https:' ? https.request : http.request;
  return new Promise((resolve, reject) => {
    // Without an agent the connection is this request's own, so the lookup above holds for it.
    send(url, { method: 'POST', headers, lookup, agent: false, signal })
      .once('response', resolve)
      .on('error', reject)
      .end(jpeg);
  });
}

async function readAnswer(response: http.IncomingMessage): Promise<unknown> {
  const { statusCode: status = 0, headers } = response;
  if (status === 200) {
    if ((headers['content-encoding'] ?? 'identity') !== 'identity') {
      response.destroy();
      throw new ModelError('broken', 'The model answered in a compressed form that was not asked for.');
    }
    return parseJson(await readAll(response, LONGEST_REPLY_BYTES));
  }
  if (status === 503 || status === 429) throw await busy(response, status);
  response.destroy();
  if (status >= 300 && status < 400) {
    throw new ModelError('broken', 'The model answered with a redirect, which is not followed.');
  }
  if (status === 401 || status === 403) {
    throw new ModelError('broken', `The model refused the key (status ${status}).`);
  }
  if (status === 400 || status === 413 || status === 415 || status === 422) {
    throw new ModelError('image', `The model refused the image (status ${status}).`);
  }
  const kind = status >= 500 || status === 408 ? 'failed' : 'broken';
  throw new ModelError(kind, `The model answered with an error (status ${status}).`);
}

/** While it loads a model, Hugging Face answers 503 with `estimated_time`, seconds; others send Retry-After. */
async function busy(response: http.IncomingMessage, status: number): Promise<ModelError> {
  const retryAfter = Number(response.headers['retry-after']);
  const excuse = await readAll(response, LONGEST_EXCUSE_BYTES).then(parseJson).catch(ignoreModelError);
  const estimated = isObject(excuse) ? Number(excuse.estimated_time) : Number.NaN;
  const waitS = [estimated, retryAfter].find((seconds) => seconds >= 0 && seconds <= LONGEST_WAIT_S);
  const state = status === 429 ? 'has too many requests' : 'is starting';
  const waitMs = (waitS ?? USUAL_WAIT_S) * 1000;
  return new ModelError('busy', `The model ${state} (status ${status}).`, { waitMs });
}

async function readAll(response: http.IncomingMessage, mostBytes: number): Promise<Buffer> {
  const tooLong = () =>
    new ModelError('broken', `The model answered more than ${mostBytes >> 10} kB; the rest was cut.`);
  if (Number(response.headers['content-length']) > mostBytes) {
    response.destroy();
    throw tooLong();
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Leaving the loop closes the connection.
    if (bytes > mostBytes) throw tooLong();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    // What the parser says quotes the answer, which may quote the key.
    throw new ModelError('broken', 'The answer of the model is not JSON.');
  }
}

function ignoreModelError(error: unknown): undefined {
  if (!(error instanceof ModelError)) throw error;
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function unreachable(cause: unknown): ModelError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no connection';
  return new ModelError('failed', `The model did not answer (${code}).`, { cause });
}

/** A lookup cannot be stopped, but it need not be waited for. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
