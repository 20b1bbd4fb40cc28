import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { userActivityLog } from '../db/tables/operational.ts';
import { insertLaboratory, insertPatientWithSample, insertStaff, insertUser } from '../testing/factories.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';

let t: TestApp;
let staff: Awaited<ReturnType<typeof insertStaff>>;
beforeAll(async () => {
  t = await createTestApp();
  staff = await insertStaff(t.db);
});
afterAll(() => t?.close());

const admin = () => t.as(staff.admin);

test("are the administrator's laboratory's, or those of the one that is named", async () => {
  const own = await admin()('getSettings', { query: {} });
  expect(own).toMatchObject({ version: 1, laboratory: { id: staff.laboratoryId } });
  expect(own.settings.referenceRanges[0]).toMatchObject({ cellType: 'WBC-Macrophage', lowerPercent: 85 });
  const other = await insertLaboratory(t.db);
  const named = await admin()('getSettings', { query: { laboratoryId: other.id } });
  expect(named.laboratory).toEqual({ id: other.id, name: other.name });
  const none = { query: { laboratoryId: crypto.randomUUID() } };
  await expect(admin()('getSettings', none)).rejects.toMatchObject({ status: 404 });
  for (const user of [staff.uploader, staff.annotator]) {
    await expect(t.as(user)('getSettings', { query: {} })).rejects.toMatchObject({ status: 403 });
  }
});

test('changed are a new version, which new readings use and begun ones do not', async () => {
  const { laboratoryId, annotator, uploader } = staff;
  const [before, after] = [
    await insertPatientWithSample(t.db, uploader),
    await insertPatientWithSample(t.db, uploader),
  ];
  const reader = t.as(annotator);
  await reader('createReading', { params: { id: before.lavage.id }, body: {} });
  const { settings, version } = await admin()('getSettings', { query: {} });
  const [first, ...others] = settings.cellTypes;
  const body = { ...settings, countTarget: 500, cellTypes: [{ ...first, key: 'm' }, ...others] };
  const saved = await admin()('replaceSettings', { query: {}, ifMatch: version, body });
  expect(saved).toMatchObject({ version: version + 1, settings: body });
  const shown = async (lavageId?: string) => {
    const {
      version: used,
      countTarget,
      cellTypes,
    } = await reader('laboratorySettings', {
      query: { lavageId },
    });
    return [used, countTarget, cellTypes[0].key];
  };
  expect(await shown(before.lavage.id)).toEqual([version, settings.countTarget, '1']);
  expect(await shown(after.lavage.id)).toEqual([version + 1, 500, 'm']);
  const noted = await t.db.select().from(userActivityLog).where(eq(userActivityLog.entityId, laboratoryId));
  expect(noted).toMatchObject([{ activityType: 'laboratory.settings', metadata: { version: version + 1 } }]);
});

test('changed from an old version are refused with what they are now; of many at once one is saved', async () => {
  const { settings, version } = await admin()('getSettings', { query: {} });
  const replace = (countTarget: number) =>
    admin()('replaceSettings', { query: {}, ifMatch: version, body: { ...settings, countTarget } });
  const all = await Promise.allSettled([210, 220, 230, 240].map(replace));
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const one of all) {
    if (one.status === 'rejected') {
      expect(one.reason).toMatchObject({ status: 412, current: { version: version + 1 } });
    }
  }
  const unversioned = admin()('replaceSettings', { query: {}, body: settings });
  await expect(unversioned).rejects.toMatchObject({ status: 428 });
});

test('that do not fit together are refused, each fault at its place', async () => {
  const { settings, version } = await admin()('getSettings', { query: {} });
  const [first, second, ...others] = settings.cellTypes;
  const cellTypes = [first, { ...second, key: first.key }, ...others];
  const replace = (changes: object) =>
    admin()('replaceSettings', { query: {}, ifMatch: version, body: { ...settings, ...changes } });
  await expect(replace({ cellTypes, detection: { colour: 1 } })).rejects.toMatchObject({
    status: 422,
    errors: [{ path: 'cell_types.1.key' }, { path: 'detection' }],
  });
  await expect(replace({ countTarget: 5 })).rejects.toMatchObject({ status: 422 });
  await expect(replace({ cellTypes: [{ ...first, color: 'red' }] })).rejects.toMatchObject({ status: 422 });
});

test('of nobody who is not an administrator', async () => {
  const { settings } = await admin()('getSettings', { query: {} });
  const reader = await insertUser(t.db, 'ANNOTATOR', { laboratoryId: staff.laboratoryId });
  const attempt = t.as(reader)('replaceSettings', { query: {}, ifMatch: 1, body: settings });
  await expect(attempt).rejects.toMatchObject({ status: 403 });
});
