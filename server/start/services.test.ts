import { expect, test } from 'vitest';
import { findFreePort } from '../db/postgres-process.ts';
import { openS3Objects } from '../platform/objects-s3.ts';
import { createTestBucket, testAws } from '../testing/aws.ts';
import { halfAMinute } from './patience.ts';
import { checkBucket } from './services.ts';

const notStopped = new AbortController().signal;
const check = (s3: Parameters<typeof openS3Objects>[0], ms = 30_000) =>
  checkBucket(openS3Objects(s3), s3, { ...halfAMinute(notStopped), ms });

test('a bucket that can be used is left as it was', async () => {
  const { bucket } = await createTestBucket();
  const s3 = { ...testAws(), bucket };
  await check(s3);
  for await (const key of openS3Objects(s3).list('')) expect(key).toBeUndefined();
});

test('a bucket that is not there is said at once', async () => {
  const s3 = { ...testAws(), bucket: 'no-such-bucket' };
  await expect(check(s3)).rejects.toMatchObject({
    name: 'OperatorError',
    message: expect.stringMatching(
      /^The bucket no-such-bucket at 127.0.0.1:\d+ refuses us \(NotFound\). Check S3_BUCKET_NAME/,
    ),
  });
});

test('a service that cannot be reached is given time, then named without its keys', async () => {
  const endpointUrl = `http://127.0.0.1:${await findFreePort()}`;
  const startedAt = performance.now();
  const said = await check({ ...testAws(), endpointUrl, bucket: 'images' }, 1500).catch((error) => error);
  expect(performance.now() - startedAt).toBeGreaterThan(1500);
  expect(said).toMatchObject({
    name: 'OperatorError',
    message: expect.stringMatching(/^The bucket images at .* cannot be reached \(ECONNREFUSED\)/),
  });
});
