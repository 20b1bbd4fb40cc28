import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { samples } from '../db/tables/patients.ts';
import { openS3Objects } from '../platform/objects-s3.ts';
import { createTestBucket, testAws } from '../testing/aws.ts';
import { insertPatient, insertStaff } from '../testing/factories.ts';
import { fieldImage } from '../testing/image-files.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { tusClient } from '../testing/tus-client.ts';
import { storedKeys } from '../testing/upload-form.ts';

let bucket: string;
let s3: S3Client;
let app: TestApp;
let patientId: string;
let client: Awaited<ReturnType<typeof tusClient>>;
let bytes: Buffer;

beforeAll(async () => {
  ({ bucket, client: s3 } = await createTestBucket());
  app = await createTestApp({ objects: openS3Objects({ ...testAws(), bucket }) });
  bytes = await fieldImage('png');
});
afterAll(() => app?.close());
beforeEach(async () => {
  const { uploader } = await insertStaff(app.db);
  ({ id: patientId } = await insertPatient(app.db, uploader));
  client = await tusClient(app, uploader);
});

async function begin(): Promise<string> {
  const { headers } = await client.create(bytes.length, { patient_id: patientId, filename: 'field.png' });
  return headers.location!;
}

test('many who ask at once have it checked once', async () => {
  const url = await begin();
  const { imageJobs } = app.deps;
  const check = imageJobs.check;
  const answered = Promise.withResolvers<void>();
  const checking = vi.spyOn(imageJobs, 'check').mockImplementation(async (source) => {
    await answered.promise;
    return check(source);
  });
  const patching = client.patch(url, 0, bytes);
  await vi.waitFor(() => expect(checking).toHaveBeenCalled());
  const asking = Array.from({ length: 5 }, () => client.head(url));
  await new Promise((resolve) => setTimeout(resolve, 200));
  answered.resolve();
  expect((await patching).status).toBe(204);
  expect((await Promise.all(asking)).map(({ status }) => status)).toEqual(Array(5).fill(200));
  expect(checking).toHaveBeenCalledTimes(1);
  checking.mockRestore();
  expect(await app.db.select().from(samples).where(eq(samples.patientId, patientId))).toHaveLength(1);
});

test('what the store damaged before it was looked at is refused, and forgotten with its bytes', async () => {
  const url = await begin();
  const before = await storedKeys(app);
  const { objects } = app.deps;
  const read = objects.read;
  const reading = vi.spyOn(objects, 'read').mockImplementationOnce(async (Key, expected) => {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'damaged' }));
    return read(Key, expected);
  });
  const { status, problem } = await client.patch(url, 0, bytes);
  expect([status, problem?.code]).toEqual([422, 'damaged_image']);
  reading.mockRestore();
  expect((await client.head(url)).status).toBe(404);
  expect(await storedKeys(app)).toEqual(before);
});
