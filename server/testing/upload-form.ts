import type { TestApp } from './test-app.ts';

export interface FormFile {
  name: string;
  bytes: Uint8Array;
}

interface User {
  id: string;
  securityVersion: number;
}

/** Sends a form as a browser would: entries in the order given, a text or a file each. */
export async function postForm(
  app: TestApp,
  user: User,
  entries: readonly (readonly [string, string | FormFile])[],
  { headers = {}, path = '/api/v1/upload_img' }: { headers?: Record<string, string>; path?: string } = {},
) {
  const form = new FormData();
  for (const [name, value] of entries) {
    if (typeof value === 'string') form.append(name, value);
    else form.append(name, new Blob([Buffer.from(value.bytes)]), value.name);
  }
  const request = new Request('http://balscope.test', { method: 'POST', body: form });
  const response = await app.inject({
    method: 'POST',
    url: path,
    headers: {
      ...headers,
      authorization: `Bearer ${await app.tokenOf(user)}`,
      'content-type': request.headers.get('content-type') ?? '',
    },
    payload: Buffer.from(await request.arrayBuffer()),
  });
  return { status: response.statusCode, body: response.json() };
}

export async function storedKeys(app: TestApp): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of app.deps.objects.list('')) keys.push(key);
  return keys.sort();
}
