import { Readable } from 'node:stream';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { samples } from '../db/tables/patients.ts';
import { openS3Objects } from '../platform/objects-s3.ts';
import { createTestBucket, testAws } from '../testing/aws.ts';
import { insertPatientWithSample, insertStaff } from '../testing/factories.ts';
import { fieldImage } from '../testing/image-files.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

let app: TestApp;
const publicEndpointUrl = () => testAws().endpointUrl!;

beforeAll(async () => {
  const { bucket } = await createTestBucket();
  const s3 = { ...testAws(), bucket, publicEndpointUrl: publicEndpointUrl() };
  app = await createTestApp({ config: { s3 }, objects: openS3Objects(s3) });
});
afterAll(() => app.close());

test('where the bucket may be reached, an image address leads there for minutes, by GET, to this one object [CVE-2026-94368]', async () => {
  const { uploader } = await insertStaff(app.db);
  const { sample } = await insertPatientWithSample(app.db, uploader);
  const bytes = await fieldImage('png');
  await app.deps.objects.put(sample.s3Key, Readable.from([bytes]), { maxBytes: 1e7 });
  const name = 'field "one".png';
  await app.db.update(samples).set({ originalFilename: name }).where(eq(samples.id, sample.id));
  const { originalUrl } = await app.as(uploader)('getSample', { params: { jobId: sample.id } });

  const answer = await app.inject({ url: originalUrl });
  expect([answer.statusCode, answer.headers['cache-control']]).toEqual([302, 'no-store']);
  const address = new URL(answer.headers.location!);
  expect(address.origin).toBe(publicEndpointUrl());
  expect(address.pathname).toMatch(new RegExp(`/${sample.s3Key}$`));
  expect(Number(address.searchParams.get('X-Amz-Expires'))).toBeLessThanOrEqual(300);
  expect(address.searchParams.get('X-Amz-SignedHeaders')).toBe('host');
  expect(address.searchParams.get('response-content-type')).toBe(`image/${sample.format}`);
  expect(address.searchParams.get('response-content-disposition')).toMatch(
    /^attachment; filename="field _one_/,
  );

  const fetched = await fetch(address);
  expect(Buffer.from(await fetched.arrayBuffer()).equals(bytes)).toBe(true);
});

test('a removed image is not led to', async () => {
  const { uploader } = await insertStaff(app.db);
  const { sample } = await insertPatientWithSample(app.db, uploader);
  const call = app.as(uploader);
  const { originalUrl } = await call('getSample', { params: { jobId: sample.id } });
  await call('deleteSample', { params: { jobId: sample.id } });
  expect((await app.inject({ url: originalUrl })).statusCode).toBe(404);
});

test('pages may show images from there, and from nowhere else', async () => {
  const { headers } = await app.inject({ url: '/health' });
  const policy = String(headers['content-security-policy']);
  expect(policy).toContain(`img-src 'self' blob: data: ${publicEndpointUrl()};`);
  expect(policy).toContain(`connect-src 'self' ${publicEndpointUrl()};`);
});
