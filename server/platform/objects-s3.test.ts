import { request as ask, createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import {
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { createTestBucket, testAws } from '../testing/aws.ts';
import { KEY, ROOM, randomBytes, sha256, testObjects } from '../testing/objects-contract.ts';
import type { Objects } from './objects.ts';
import { openS3Objects } from './objects-s3.ts';

let bucket: string;
let client: S3Client;
let objects: Objects;

beforeEach(async () => {
  ({ bucket, client } = await createTestBucket());
  objects = openS3Objects({ ...testAws(), bucket });
});

describe('as every adapter', () => {
  testObjects(async () => ({
    objects,
    damage: async (Key, Body) => {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
    },
    leftovers: async () => {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
      return Contents.map(({ Key }) => Key!);
    },
  }));
});

test('the service is given the hash to compare, so that it refuses what changed on the way', async () => {
  const bytes = randomBytes(1000);
  await objects.put(KEY, Readable.from([bytes]), ROOM);
  const { ChecksumSHA256 } = await client.send(
    new HeadObjectCommand({ Bucket: bucket, Key: KEY, ChecksumMode: 'ENABLED' }),
  );
  expect(Buffer.from(ChecksumSHA256!, 'base64').toString('hex')).toBe(sha256(bytes));
});

test('what fits into one part is one request, its bytes handed back; none for what breaks off before', async () => {
  const asked: string[] = [];
  const watched = forwarding(({ method }) => void asked.push(method!));
  const store = openS3Objects({ ...testAws(), endpointUrl: await addressOf(watched), bucket });
  const bytes = randomBytes(100_000);
  const pieces = [bytes.subarray(0, 40_000), bytes.subarray(40_000)];
  const { content } = await store.put(KEY, Readable.from(pieces), ROOM);
  expect(content!.equals(bytes)).toBe(true);
  const source = new PassThrough();
  source.write(bytes);
  const storing = store.put('samples/broken/original', source, ROOM);
  source.destroy(new Error('the client went away'));
  await expect(storing).rejects.toThrow('the client went away');
  expect(asked).toEqual(['PUT']);
  watched.close();
});

test('a service that fails in the middle of a large upload is told from a sender who goes away', async () => {
  const failing = createServer((request, response) => {
    request.resume();
    if (request.method === 'POST') response.end('<a><UploadId>some</UploadId></a>');
    else response.writeHead(503).end();
  });
  const store = openS3Objects({ ...testAws(), endpointUrl: await addressOf(failing), bucket });
  const source = Readable.from(
    (function* () {
      for (let at = 0; at < 400; at++) yield randomBytes(100_000);
    })(),
  );
  await expect(store.put(KEY, source, { maxBytes: 1e8 })).rejects.toMatchObject({ code: 'unavailable' });
  expect(source.destroyed).toBe(true);
  failing.close();
}, 30_000);

test('a bucket that is not there and a service that is not there are told from a missing object', async () => {
  const noBucket = openS3Objects({ ...testAws(), bucket: 'no-such-bucket' });
  const noService = openS3Objects({ ...testAws(), endpointUrl: 'http://127.0.0.1:1', bucket });
  for (const store of [noBucket, noService]) {
    const unavailable = { code: 'unavailable' };
    await expect(store.check()).rejects.toMatchObject(unavailable);
    await expect(store.read(KEY)).rejects.toMatchObject(unavailable);
    await expect(store.put(KEY, Readable.from([Buffer.from('x')]), ROOM)).rejects.toMatchObject(unavailable);
  }
  await expect(noService.head(KEY)).rejects.toMatchObject({ code: 'unavailable' });
});

test('an object whose connection breaks is no shorter object', async () => {
  const halves = createServer((_, response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('half');
    setTimeout(() => response.destroy(), 20);
  });
  const store = openS3Objects({ ...testAws(), endpointUrl: await addressOf(halves), bucket });
  await expect(store.read(KEY)).rejects.toMatchObject({ code: 'unavailable' });
  halves.close();
});

test('an upload in parts that breaks off is ended at the service too', async () => {
  const asked: string[] = [];
  const watched = forwarding(({ method, url }) => void asked.push(`${method} ${url!.split('?')[1]}`));
  const store = openS3Objects({ ...testAws(), endpointUrl: await addressOf(watched), bucket });
  const source = new PassThrough({ highWaterMark: 64 * 1024 * 1024 });
  source.write(Buffer.alloc(20 * 1024 * 1024));
  const storing = store.put(KEY, source, ROOM);
  await vi.waitFor(() => expect(asked.join()).toMatch(/PUT partNumber=2/), 10_000);
  source.destroy(new Error('the client went away'));
  await expect(storing).rejects.toThrow('the client went away');
  expect(asked[0]).toMatch(/POST uploads/);
  expect(asked.at(-1)).toMatch(/DELETE uploadId=/);
  watched.close();
});

test('the sweep ends uploads whose process died, not those in progress', async () => {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key: KEY }));
  const rows = [
    [KEY, UploadId, '2020-01-01T00:00:00.000Z'],
    ['samples/young/original', 'young', new Date().toISOString()],
  ].map(
    ([key, id, at]) =>
      `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${at}</Initiated></Upload>`,
  );
  // The service of the tests does not know this one request.
  const listing = forwarding(({ method, url }) =>
    method === 'GET' && /[?&]uploads/.test(url!)
      ? `<ListMultipartUploadsResult>${rows.join('')}</ListMultipartUploadsResult>`
      : undefined,
  );
  const store = openS3Objects({ ...testAws(), endpointUrl: await addressOf(listing), bucket });
  expect(await store.sweepTemporary(3_600_000)).toBe(1);
  const part = { Bucket: bucket, Key: KEY, UploadId, PartNumber: 1, Body: 'late' };
  await expect(client.send(new UploadPartCommand(part))).rejects.toThrow(/upload/i);
  listing.close();
});

test('the sweep ends at a service that does not know uploads in parts and lists objects instead', async () => {
  const objectsInstead = forwarding(({ method, url }) =>
    method === 'GET' && /[?&]uploads/.test(url!)
      ? `<ListBucketResult><IsTruncated>true</IsTruncated><Contents><Key>${KEY}</Key></Contents></ListBucketResult>`
      : undefined,
  );
  const store = openS3Objects({ ...testAws(), endpointUrl: await addressOf(objectsInstead), bucket });
  expect(await store.sweepTemporary(3_600_000)).toBe(0);
  objectsInstead.close();
});

async function addressOf(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Hands requests on to the service of the tests, except those that `answer` answers. */
function forwarding(answer: (request: IncomingMessage) => string | undefined): Server {
  return createServer((request, response) => {
    const own = answer(request);
    if (own !== undefined) return response.setHeader('content-type', 'application/xml').end(own);
    const { method, headers } = request;
    const onward = ask(new URL(request.url!, testAws().endpointUrl), { method, headers }, (answered) => {
      response.writeHead(answered.statusCode!, answered.headers);
      answered.pipe(response);
    });
    return request.pipe(onward.on('error', () => response.destroy()));
  });
}
