import { asc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { userActivityLog } from '../db/tables/operational.ts';
import { laboratorySettings } from '../db/tables/people.ts';
import { insertPatientWithSample, insertStaff, insertUser } from '../testing/factories.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

let app: TestApp;
let staff: Awaited<ReturnType<typeof insertStaff>>;
let params: { id: string };
beforeAll(async () => {
  app = await createTestApp();
  staff = await insertStaff(app.db);
  params = { id: (await insertPatientWithSample(app.db, staff.uploader)).lavage.id };
});
afterAll(() => app.close());

const versions = () =>
  app.db
    .select()
    .from(laboratorySettings)
    .where(eq(laboratorySettings.laboratoryId, staff.laboratoryId))
    .orderBy(asc(laboratorySettings.version));

test('a preset is kept in a new version of the settings; the versions before stay as they were', async () => {
  const call = app.as(staff.annotator);
  const before = await call('detectionPresets', { params });
  expect(before).toMatchObject({ settingsVersion: 1, presets: [], defaults: {} });
  const pale = { name: 'Pale stain', parameters: { threshold_start: 2 } };
  await call('saveDetectionPreset', { params, body: pale });
  const changed = { ...pale, parameters: { threshold_start: 1.5 } };
  const after = await call('saveDetectionPreset', { params, body: changed });
  expect(after).toMatchObject({ settingsVersion: 3, presets: [changed] });
  const [first, second, third] = await versions();
  expect(first.settings.detectionPresets).toBeUndefined();
  expect(second.settings.detectionPresets).toEqual([pale]);
  expect(third).toMatchObject({ createdBy: staff.annotator.id });
  expect(third.settings.diagnoses).toEqual(first.settings.diagnoses);
  expect(await app.as(staff.uploader)('detectionPresets', { params })).toEqual(after);

  const { presets } = await call('removeDetectionPreset', { params, query: { name: pale.name } });
  expect(presets).toEqual([]);
  await expect(call('removeDetectionPreset', { params, query: { name: pale.name } })).rejects.toMatchObject({
    code: 'not_found',
  });
  const acts = await app.db
    .select({ type: userActivityLog.activityType })
    .from(userActivityLog)
    .where(eq(userActivityLog.entityId, staff.laboratoryId));
  expect(acts.map(({ type }) => type).sort()).toEqual([
    'detection-preset.remove',
    'detection-preset.save',
    'detection-preset.save',
  ]);
});

test('presets saved at once are all kept', async () => {
  const names = ['A', 'B', 'C', 'D'];
  const call = app.as(staff.annotator);
  await Promise.all(
    names.map((name) => call('saveDetectionPreset', { params, body: { name, parameters: {} } })),
  );
  const { presets } = await call('detectionPresets', { params });
  expect(presets.map(({ name }) => name)).toEqual(names);
});

test('what the engine does not take is not kept', async () => {
  const body = { name: 'Wrong', parameters: { min_area: 9 } };
  await expect(app.as(staff.admin)('saveDetectionPreset', { params, body })).rejects.toMatchObject({
    code: 'validation_failed',
    message: expect.stringContaining('min_area'),
  });
});

test("another laboratory's presets are not there", async () => {
  const call = app.as(await insertUser(app.db, 'ANNOTATOR'));
  await expect(call('detectionPresets', { params })).rejects.toMatchObject({ code: 'not_found' });
  await expect(
    call('saveDetectionPreset', { params, body: { name: 'X', parameters: {} } }),
  ).rejects.toMatchObject({ code: 'not_found' });
});
