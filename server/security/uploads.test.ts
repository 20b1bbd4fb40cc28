import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { eq } from 'drizzle-orm';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { samples } from '../db/tables/patients.ts';
import { assertKey } from '../platform/objects.ts';
import { renderImage } from '../processing/process-image.ts';
import { insertPatient, insertStaff } from '../testing/factories.ts';
import { disguisedSvgs, oversizedImages } from '../testing/hostile-images.ts';
import { fieldImage } from '../testing/image-files.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { type FormFile, postForm, storedKeys } from '../testing/upload-form.ts';

let t: TestApp;
let staff: Awaited<ReturnType<typeof insertStaff>>;
let patient: { id: string };
beforeAll(async () => {
  t = await createTestApp({ backend: 'local' });
  staff = await insertStaff(t.db);
  patient = await insertPatient(t.db, staff.uploader);
  await vi.waitFor(async () => expect((await t.inject('/health')).statusCode).toBe(200), { timeout: 20_000 });
});
afterAll(() => t?.close());

const upload = (...files: FormFile[]) =>
  postForm(t, staff.uploader, [
    ['patient_id', patient.id],
    ...files.map((file): [string, FormFile] => ['file', file]),
  ]);

const detect = (file: FormFile) =>
  postForm(t, staff.uploader, [['file', file]], { path: '/api/v1/cells/detect' });

let seed = 0;
const image = async (name: string, format: 'jpeg' | 'png' = 'png') => ({
  name,
  bytes: await fieldImage(format, { seed: ++seed }),
});

describe('what is no image of ours', () => {
  test.each(disguisedSvgs)('SVG is refused as %s [CVE-2026-23516]', async (name, bytes) => {
    for (const answer of [await upload({ name, bytes }), await detect({ name, bytes })]) {
      expect(answer.status).toBe(422);
    }
    expect(await storedKeys(t)).toEqual([]);
  });

  test.each(oversizedImages)('%s is refused before it is decoded [CVE-2026-5438]', async (name, bytes) => {
    const before = process.memoryUsage().rss;
    for (const answer of [await upload({ name, bytes }), await detect({ name, bytes })]) {
      expect(answer.status).toBe(422);
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
    expect(await storedKeys(t)).toEqual([]);
  });

  test('formats other than the four are refused whatever their names say [CVE-2023-4863]', async () => {
    const pixels = sharp({ create: { width: 64, height: 64, channels: 3, background: 'red' } });
    const others: Record<string, Buffer> = {
      gif: await pixels.gif().toBuffer(),
      pdf: Buffer.from('%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n'),
      ppm: Buffer.concat([Buffer.from('P6 2 2 255\n'), Buffer.alloc(12)]),
      html: Buffer.from('<!doctype html><script>alert(1)</script>'),
      zip: Buffer.from('PK\x03\x04../../../etc/passwd'),
      exr: Buffer.from([0x76, 0x2f, 0x31, 0x01, 2, 0, 0, 0]),
      jp2: Buffer.from('0000000c6a5020200d0a870a', 'hex'),
      heif: Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'),
    };
    for (const [name, bytes] of Object.entries(others)) {
      expect((await upload({ name: `${name}.png`, bytes })).body.errors, name).toHaveLength(1);
    }
  });
});

describe('names', () => {
  const hostile = [
    '../../../../tmp/owned.png',
    '..\\..\\owned.png',
    '%2e%2e%2f%2e%2e%2fowned.png',
    '/etc/cron.d/owned.png',
    'owned\u0000.png',
    'a\r\nset-cookie: owned=1.png',
    'C:\\owned.png',
    '....//owned.png',
  ];

  test.each(hostile)('%j never reaches a path nor a header [CVE-2026-47682] [object-keys]', async (name) => {
    const { status, body } = await upload(await image(name));
    expect(status).toBe(201);
    const [sample] = body.samples;
    expect(sample.s3_key).toMatch(/^samples\/[0-9a-f]{8}-[0-9a-f-]{27}\/original$/);
    expect(sample.s3_key).not.toContain(patient.id);
    expect(sample.original_filename).not.toMatch(/[/\\\r\n\0]/);
    const { originalUrl } = await t.as(staff.uploader)('getSample', { params: { jobId: sample.job_id } });
    const { headers, statusCode } = await t.inject({ url: originalUrl });
    expect(statusCode).toBe(200);
    expect(headers['set-cookie']).toBeUndefined();
    expect(String(headers['content-disposition'])).toMatch(
      /^attachment; filename="[\x20-\x7e]*"; filename\*=UTF-8''[\w.%~!-]*$/,
    );
    const folder = path.join(t.deps.config.dataFolder, 'objects');
    expect((await readdir(folder)).sort()).toEqual(['.incoming', 'samples']);
    await t.as(staff.uploader)('deleteSample', { params: { jobId: sample.job_id } });
  });

  test.each([
    '../x',
    'a/../../x',
    '/etc/passwd',
    'a//b',
    'a\0b',
    '.incoming/x',
    'a\\b',
    '%2e%2e/x',
    'A/b',
    '',
  ])('an object key %j is refused by every store [CVE-2026-47682]', async (key) => {
    expect(() => assertKey(key)).toThrow(/Not an object key/);
    await expect(t.deps.objects.read(key)).rejects.toMatchObject({ code: 'invalid_key' });
  });

  test('NUL in a text is refused, not stored [CVE-2026-47682]', async () => {
    const body = { name: 'An\u0000na', age: 4, gender: 'female' as const };
    await expect(t.as(staff.uploader)('createPatient', { body })).rejects.toMatchObject({ status: 422 });
  });
});

describe('forms', () => {
  const boundary = 'x';
  const send = async (payload: string) =>
    t.inject({
      method: 'POST',
      url: '/api/v1/upload_img',
      headers: {
        authorization: `Bearer ${await t.tokenOf(staff.uploader)}`,
        'content-type': `multipart/form-data; boundary=${boundary}`,
      },
      payload,
    });
  const part = (name: string, value: string, more = '') =>
    `--${boundary}\r\ncontent-disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;

  test.each([
    ['a thousand parts', part('x', '1').repeat(1000)],
    ['a thousand files', part('file', 'no image', '; filename="a.png"').repeat(1000)],
    ['a field of a megabyte', part('name', 'a'.repeat(1_000_000))],
    ['a name of a megabyte', part('a'.repeat(1_000_000), '1')],
    ['a header of a megabyte', `--${boundary}\r\nx: ${'a'.repeat(1_000_000)}\r\n\r\n1\r\n`],
    ['a field of the prototype', part('__proto__', 'x') + part('constructor', 'x')],
    ['nothing', ''],
  ])('%s are refused and leave no file [CVE-2023-25576]', async (_, parts) => {
    const before = await storedKeys(t);
    const { statusCode } = await send(`${parts}--${boundary}--\r\n`);
    expect([400, 413, 422]).toContain(statusCode);
    expect(await storedKeys(t)).toEqual(before);
    expect(await readdir(path.join(t.deps.config.dataFolder, 'objects', '.incoming'))).toEqual([]);
  });
});

describe('stored bytes', () => {
  /** A photograph with a place, a name and a page in its metadata, and a page behind its end. */
  async function revealing(): Promise<FormFile> {
    const bytes = await sharp(await fieldImage('jpeg', { seed: ++seed }))
      .withExif({
        IFD0: { Artist: 'Anna Berg', ImageDescription: '<script>alert(1)</script>' },
        IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '47/1 22/1 0/1' },
      })
      .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/">Anna Berg</x:xmpmeta>')
      .jpeg()
      .toBuffer();
    return { name: 'field.jpg', bytes: Buffer.concat([bytes, Buffer.from('<script>alert(1)</script>')]) };
  }

  async function processed() {
    const file = await revealing();
    const { body } = await upload(file);
    const jobId = body.samples[0].job_id;
    const made = await renderImage({ source: { bytes: file.bytes }, maxPixels: 1e6 });
    return { jobId, made };
  }

  test('what is shown of an image carries none of its metadata [exif]', async () => {
    const { made } = await processed();
    for (const bytes of [made.display, made.thumbnail]) {
      const { exif, xmp, iptc, comments } = await sharp(Buffer.from(bytes)).metadata();
      expect([exif, xmp, iptc, comments]).toEqual([undefined, undefined, undefined, undefined]);
      expect(Buffer.from(bytes).toString('latin1')).not.toMatch(/Anna|script|GPS/);
    }
  });

  test('original, display and thumbnail are all answered so that no browser runs them [CVE-2023-47115]', async () => {
    const { jobId, made } = await processed();
    const [displayKey, thumbnailKey] = [`samples/${jobId}/display`, `samples/${jobId}/thumbnail`];
    await t.deps.objects.put(displayKey, Readable.from([Buffer.from(made.display)]), { maxBytes: 1e7 });
    await t.deps.objects.put(thumbnailKey, Readable.from([Buffer.from(made.thumbnail)]), { maxBytes: 1e7 });
    await t.db.update(samples).set({ displayKey, thumbnailKey }).where(eq(samples.id, jobId));
    const sample = await t.as(staff.uploader)('getSample', { params: { jobId } });
    for (const url of [sample.originalUrl, sample.imageUrl!, sample.thumbnailUrl!]) {
      for (const headers of [
        {},
        { range: 'bytes=0-99' },
        { range: 'bytes=99999999-' },
        { accept: 'text/html' },
      ]) {
        for (const method of ['GET', 'HEAD'] as const) {
          const answer = await t.inject({ url, method, headers: headers as Record<string, string> });
          expect(answer.headers).toMatchObject({
            'x-content-type-options': 'nosniff',
            'content-security-policy': "default-src 'none'; sandbox",
            'content-disposition': expect.stringMatching(/^attachment; /),
            'content-type': expect.stringMatching(/^image\/(jpeg|webp)$/),
          });
        }
      }
    }
  });

  test('a signed address opens its one image by reading, and nothing else [CVE-2026-94368]', async () => {
    const { jobId } = await processed();
    const { originalUrl } = await t.as(staff.uploader)('getSample', { params: { jobId } });
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const) {
      expect((await t.inject({ url: originalUrl, method })).statusCode).toBe(404);
    }
    const token = originalUrl.split('/').at(-1)!;
    const [payload] = token.split('.');
    const decoded = Buffer.from(payload, 'base64url').toString();
    for (const changed of [
      `${decoded}x`,
      decoded.replace('original', 'display'),
      decoded.replace(/^\d+/, '9999999999'),
    ]) {
      const forged = token.replace(payload, Buffer.from(changed).toString('base64url'));
      expect((await t.inject({ url: `/api/v1/objects/${forged}` })).statusCode).toBe(404);
    }
    expect(
      (await t.inject({ url: '/api/v1/me', headers: { authorization: `Bearer ${token}` } })).statusCode,
    ).toBe(401);
  });
});
