import { appendFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { desc, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { userActivityLog } from '../db/tables/operational.ts';
import { samples } from '../db/tables/patients.ts';
import { insertPatient, insertStaff } from '../testing/factories.ts';
import { fieldImage } from '../testing/image-files.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { postForm } from '../testing/upload-form.ts';
import { createScrubber } from './scrub.ts';
import { type Finding, verifyObjects } from './verify-objects.ts';

let app: TestApp;
let staff: Awaited<ReturnType<typeof insertStaff>>;
let ids: string[];
beforeAll(async () => {
  app = await createTestApp({ backend: 'local' });
  staff = await insertStaff(app.db);
  const patient = await insertPatient(app.db, staff.uploader);
  ids = [];
  for (const seed of [1, 2, 3]) {
    const { body } = await postForm(app, staff.uploader, [
      ['file', { name: `${seed}.png`, bytes: await fieldImage('png', { seed }) }],
      ['patient_id', patient.id],
    ]);
    ids.push(body.samples[0].job_id);
  }
});
afterAll(() => app?.close());

const rowOf = async (id: string) => (await app.db.select().from(samples).where(eq(samples.id, id)))[0];
const fileOf = async (id: string) =>
  path.join(app.deps.config.dataFolder, 'objects', (await rowOf(id)).s3Key);

test('stored images are compared within the days given, and what is damaged is told everywhere [image-hash]', async () => {
  const { database, objects, log, metrics } = app.deps;
  const scrub = createScrubber({ database, objects, log, metrics, withinDays: 30 });
  const status = async () => (await app.as(staff.admin)('processingStatus', {})).objects;
  expect(await status()).toEqual({ lastVerifiedAt: null, damaged: 0 });
  const signal = new AbortController().signal;
  await scrub(signal);
  const before = await Promise.all(ids.map(rowOf));
  expect(before.every(({ verifiedAt, damage }) => verifiedAt !== null && damage === null)).toBe(true);

  appendFileSync(await fileOf(ids[0]), 'x');
  rmSync(await fileOf(ids[1]));
  await scrub(signal);
  expect((await rowOf(ids[0])).damage).toBeNull();
  await app.db.execute(sql`update samples set verified_at = now() - interval '31 days'`);
  await scrub(signal);
  expect((await Promise.all(ids.map(rowOf))).map(({ damage }) => damage)).toEqual([
    'original corrupt',
    'original missing',
    null,
  ]);
  const noted = await app.db
    .select({ type: userActivityLog.activityType })
    .from(userActivityLog)
    .orderBy(desc(userActivityLog.at))
    .limit(2);
  expect(noted).toEqual([{ type: 'sample.damaged' }, { type: 'sample.damaged' }]);
  const told = await metrics.text();
  expect(told).toContain('balscope_objects_damaged 2');
  expect(told).toContain('balscope_objects_verified_total{result="original corrupt"} 1');
  await expect.poll(status, { timeout: 5000 }).toEqual({ lastVerifiedAt: expect.any(String), damaged: 2 });
});

test('all at once: missing, corrupt and orphaned objects, but not an upload under way', async () => {
  const { database, objects } = app.deps;
  await objects.put(
    'samples/11111111-1111-1111-1111-111111111111/original',
    Readable.from([Buffer.from('old')]),
    {
      maxBytes: 9,
    },
  );
  await objects.put(
    'samples/22222222-2222-2222-2222-222222222222/original',
    Readable.from([Buffer.from('new')]),
    {
      maxBytes: 9,
    },
  );
  const orphan = 'samples/11111111-1111-1111-1111-111111111111/original';
  utimesSync(objects.localPath!(orphan), 0, 0);
  const bytes = await fieldImage('png', { seed: 2 });
  writeFileSync(await fileOf(ids[1]), bytes);
  const findings: Finding[] = [];
  const outcome = await verifyObjects({ database, objects, say: () => {} }, (one) => findings.push(one));
  expect(outcome).toEqual({ samples: 3, findings: 2 });
  expect(findings).toEqual([
    { key: (await rowOf(ids[0])).s3Key, finding: 'original corrupt' },
    { key: orphan, finding: 'orphaned' },
  ]);
  expect((await rowOf(ids[1])).damage).toBeNull();
});
