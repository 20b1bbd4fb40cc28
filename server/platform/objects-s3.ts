import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { type AwsSettings, awsClientSettings } from './aws.ts';
import { HashingMeter, verified } from './hashed-stream.ts';
import { assertKey, ObjectError, type Objects, type OpenedObject, type StoredObject } from './objects.ts';

const MIB = 1024 * 1024;
const SMALLEST_PART_BYTES = 8 * MIB;
const MOST_PARTS = 10_000;
/** Parts of one upload on their way at once; each is held in memory. */
const PARTS_AT_ONCE = 2;
const SILENCE_LIMIT_MS = 30_000;

interface Place {
  Bucket: string;
  Key: string;
}

export interface S3Settings extends AwsSettings {
  bucket: string;
  /** Where browsers reach the service, when they are to fetch images from it themselves. */
  publicEndpointUrl?: string;
}

/** Objects in a bucket of S3 or of a service that speaks like it. Nothing is asked of the bucket before it is used. */
export function openS3Objects({ bucket, publicEndpointUrl, ...aws }: S3Settings): Objects {
  const client = openClient(aws);
  const at = (key: string): Place => {
    assertKey(key);
    return { Bucket: bucket, Key: key };
  };

  const put: Objects['put'] = async (key, source, { maxBytes }) => {
    const place = at(key);
    const meter = new HashingMeter();
    const measured = meter.measure(source, key, maxBytes);
    const held: Buffer[] = [];
    while (meter.bytes <= SMALLEST_PART_BYTES) {
      const next = await measured.next();
      if (!next.done) held.push(next.value);
      else return putWhole(place, Buffer.concat(held), meter.stored());
    }
    const all = (async function* () {
      yield* held.splice(0);
      yield* measured;
    })();
    await putInParts(place, all, maxBytes);
    return meter.stored();
  };

  // In both, the service is told the hash, so that it refuses bytes that changed on the way.
  const putWhole = async (place: Place, content: Buffer, stored: StoredObject): Promise<StoredObject> => {
    const ChecksumSHA256 = Buffer.from(stored.sha256, 'hex').toString('base64');
    await client.send(new PutObjectCommand({ ...place, Body: content, ChecksumSHA256 })).catch((error) => {
      throw asObjectError(error, place.Key);
    });
    return { ...stored, content };
  };

  const putInParts = async (place: Place, source: AsyncIterable<Buffer>, maxBytes: number) => {
    let sourceFault: { error: unknown } | undefined;
    const watched = async function* () {
      try {
        yield* source;
      } catch (error) {
        // A service that fails ends the body, and with it the source: that is no fault of the source.
        if (!body.destroyed) sourceFault = { error };
        throw error;
      }
    };
    const body: Readable = Readable.from(watched(), { objectMode: false });
    const upload = new Upload({
      client,
      queueSize: PARTS_AT_ONCE,
      partSize: Math.max(SMALLEST_PART_BYTES, Math.ceil(maxBytes / MOST_PARTS)),
      params: { ...place, Body: body, ChecksumAlgorithm: 'SHA256' },
    });
    try {
      await upload.done();
    } catch (error) {
      throw sourceFault ? sourceFault.error : asObjectError(error, place.Key);
    } finally {
      body.destroy();
    }
  };

  const openObject = async (key: string, range?: string): Promise<OpenedObject> => {
    const place = at(key);
    try {
      const { Body, ContentLength } = await client.send(new GetObjectCommand({ ...place, Range: range }));
      return { stream: Body as Readable, bytes: ContentLength ?? 0 };
    } catch (error) {
      if (isStatus(error, 416)) return { stream: Readable.from([]), bytes: 0 };
      throw asObjectError(error, key);
    }
  };

  const get: Objects['get'] = async (key, expected) => {
    const { stream, bytes } = await openObject(key);
    const whole = received(stream, key);
    return {
      stream: Readable.from(expected ? verified(whole, key, expected.sha256) : whole, { objectMode: false }),
      bytes,
    };
  };

  const head: Objects['head'] = async (key) => {
    try {
      const { ContentLength, LastModified } = await client.send(new HeadObjectCommand(at(key)));
      return { bytes: ContentLength ?? 0, storedAt: LastModified ?? new Date() };
    } catch (error) {
      if (isStatus(error, 404)) return undefined;
      throw asObjectError(error, key);
    }
  };

  return {
    put,
    get,
    getRange: (key, start, end) => openObject(key, `bytes=${start}-${Number.isFinite(end) ? end : ''}`),
    presignGet: publicEndpointUrl ? presigner({ ...aws, endpointUrl: publicEndpointUrl }, at) : undefined,
    read: async (key, expected) => Buffer.concat(await (await get(key, expected)).stream.toArray()),
    head,
    remove: async (key) => {
      await client.send(new DeleteObjectCommand(at(key))).catch((error) => {
        throw asObjectError(error, key);
      });
    },
    list: async function* (prefix) {
      const request = { Bucket: bucket, Prefix: prefix };
      try {
        for await (const { Contents = [] } of paginateListObjectsV2({ client }, request)) {
          for (const { Key } of Contents) if (Key !== undefined) yield Key;
        }
      } catch (error) {
        throw asObjectError(error, prefix);
      }
    },
    sweepTemporary: (olderThanMs) =>
      abortUploads(client, bucket, Date.now() - olderThanMs).catch((error) => {
        throw asObjectError(error, bucket);
      }),
    check: async () => {
      await client.send(new HeadBucketCommand({ Bucket: bucket })).catch((error) => {
        throw unavailable(error, bucket);
      });
    },
  };
}

function openClient(aws: AwsSettings): S3Client {
  return new S3Client({
    ...awsClientSettings(aws, { silenceLimitMs: SILENCE_LIMIT_MS }),
    // Names of buckets are no host names where a service of one's own is meant.
    forcePathStyle: aws.endpointUrl !== undefined,
    // Read bytes are compared with the hash that the database keeps, whatever the service promises.
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}

/** Signs for the address that browsers use, which need not be ours. */
function presigner(aws: AwsSettings, at: (key: string) => Place): NonNullable<Objects['presignGet']> {
  const client = openClient(aws);
  return (key, { expiresInS, contentType, contentDisposition }) =>
    getSignedUrl(
      client,
      new GetObjectCommand({
        ...at(key),
        ResponseContentType: contentType,
        ResponseContentDisposition: contentDisposition,
        ResponseCacheControl: `private, max-age=${expiresInS}, immutable`,
      }),
      { expiresIn: expiresInS },
    );
}

/** Ends uploads in parts whose process died; until then their parts are stored, and paid for, unseen. */
async function abortUploads(client: S3Client, bucket: string, begunBefore: number): Promise<number> {
  let aborted = 0;
  let place: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
  while (place) {
    const page: ListMultipartUploadsCommandOutput = await client.send(
      new ListMultipartUploadsCommand({ Bucket: bucket, ...place }),
    );
    for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
      if (!Initiated || Initiated.getTime() > begunBefore) continue;
      await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }));
      aborted++;
    }
    const { IsTruncated, NextKeyMarker, NextUploadIdMarker } = page;
    // Services that do not know this request answer with a list of objects, which may never end.
    place =
      IsTruncated && NextKeyMarker !== undefined
        ? { KeyMarker: NextKeyMarker, UploadIdMarker: NextUploadIdMarker }
        : undefined;
  }
  return aborted;
}

/** The bytes as they come; a connection that breaks is told from an object that ends. */
async function* received(stream: AsyncIterable<Buffer>, key: string): AsyncGenerator<Buffer> {
  try {
    yield* stream;
  } catch (error) {
    throw asObjectError(error, key);
  }
}

function asObjectError(error: unknown, key: string): unknown {
  if (error instanceof ObjectError) return error;
  if (isStatus(error, 404) && (error as Error).name !== 'NoSuchBucket') {
    return new ObjectError('not_found', `There is no object ${key}`, { cause: error });
  }
  if (isStatus(error, 507)) {
    return new ObjectError('full', 'The service that holds the objects is full', { cause: error });
  }
  return unavailable(error, key);
}

function unavailable(error: unknown, name: string): ObjectError {
  const said = error instanceof Error ? error.message || error.name : String(error);
  return new ObjectError('unavailable', `The object store did not serve ${name}: ${said}`, { cause: error });
}

function isStatus(error: unknown, status: number): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === status;
}
