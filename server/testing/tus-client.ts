import type { InjectOptions } from 'fastify';
import type { TestApp } from './test-app.ts';

interface User {
  id: string;
  securityVersion: number;
}

interface Sending {
  method: 'HEAD' | 'PATCH' | 'POST' | 'DELETE';
  url: string;
  headers?: Record<string, string>;
  bytes?: Uint8Array;
}

/** Speaks tus by hand as this user, one request at a time. */
export async function tusClient(app: TestApp, user: User) {
  const authorization = `Bearer ${await app.tokenOf(user)}`;
  const send = async ({ method, url, headers, bytes }: Sending) => {
    const payload: Pick<InjectOptions, 'payload'> = bytes ? { payload: Buffer.from(bytes) } : {};
    const type: Record<string, string> = bytes ? { 'content-type': 'application/offset+octet-stream' } : {};
    const response = await app.inject({
      method,
      url,
      headers: { authorization, 'tus-resumable': '1.0.0', ...type, ...headers },
      ...payload,
    });
    const text = response.payload;
    return {
      status: response.statusCode,
      headers: response.headers as Record<string, string | undefined>,
      problem: text === '' ? undefined : (JSON.parse(text) as { code: string; detail: string }),
    };
  };
  return {
    authorization,
    send,
    create: (length: number, metadata: Record<string, string>, bytes?: Uint8Array) =>
      send({
        method: 'POST',
        url: '/api/v1/uploads',
        headers: { 'upload-length': String(length), 'upload-metadata': encode(metadata) },
        bytes,
      }),
    patch: (url: string, offset: number, bytes: Uint8Array) =>
      send({ method: 'PATCH', url, headers: { 'upload-offset': String(offset) }, bytes }),
    head: (url: string) => send({ method: 'HEAD', url }),
    remove: (url: string) => send({ method: 'DELETE', url }),
  };
}

function encode(metadata: Record<string, string>): string {
  return Object.entries(metadata)
    .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
    .join(',');
}
