import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  insertHospital,
  insertPatient,
  insertPatientWithSample,
  insertStaff,
  insertUser,
} from '../server/testing/factories.ts';
import { launchChromium, skipWithoutChromium } from './browser.ts';
import { openPage, signIn } from './open-page.ts';
import { type RunningSystem, startSystem } from './running-system.ts';

describe.skipIf(skipWithoutChromium())('the records of all hospitals', () => {
  let system: RunningSystem;
  let browser: Browser;
  let far: Awaited<ReturnType<typeof insertStaff>>;

  beforeAll(async () => {
    system = await startSystem();
    browser = await launchChromium();
    const { t, staff } = system;
    far = await insertStaff(t.db);
    for (let number = 10; number < 64; number++) {
      await insertPatient(t.db, staff.uploader, { name: `Patient ${number}` });
    }
    await insertPatient(t.db, far.uploader, { name: 'Farley Distant' });
  });
  afterAll(async () => {
    await browser?.close();
    await system?.[Symbol.asyncDispose]();
  });

  async function enter(path: string): Promise<Page> {
    const page = await openPage(browser);
    await page.goto(system.origin + path);
    await signIn(page, system.staff.admin.email);
    await page.getByRole('heading', { name: 'Records' }).waitFor();
    return page;
  }

  test('patients are found, ordered, gone through, corrected and removed; no name is in the address', async () => {
    const page = await enter('/admin/records');
    const names = () => page.getByRole('rowheader').getByRole('link').allInnerTexts();
    await page.getByText('55 patients', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Patient', exact: true }).click();
    await vi.waitFor(async () => expect((await names())[1]).toBe('Patient 10'), 20_000);
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('Page 2').waitFor();
    await vi.waitFor(async () => expect((await names()).at(-1)).toBe('Patient 63'), 20_000);
    expect(await names()).toHaveLength(5);

    await page.getByLabel('Hospital').selectOption(far.hospital.id);
    await page.getByText('1 patient found').waitFor();
    await page.reload();
    await page.getByText('1 patient found').waitFor();
    await page.getByRole('button', { name: 'Edit Farley Distant' }).click();
    await page.getByLabel('Full name').fill('Farley Near');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('link', { name: 'Farley Near' }).waitFor();
    await page.getByLabel('Hospital').selectOption('');

    await page.getByRole('searchbox').fill('patient 1');
    await page.getByText('10 patients found').waitFor();
    expect(page.url()).not.toMatch(/patient(%20|\+| )1/i);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export' }).click();
    expect((await download).suggestedFilename()).toMatch(/^patients-\d{4}-\d\d-\d\d\.csv$/);
    const csv = await readFile(await (await download).path(), 'utf8');
    expect(csv.match(/Patient \d\d/g)).toEqual(await names());
    await page.getByLabel('Select Patient 11').check();
    await page.getByLabel('Select Patient 12').check();
    await page.getByText('2 patients selected').waitFor();
    await page.getByRole('button', { name: 'Remove…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Remove 2 patients from view' });
    expect(await dialog.getByRole('listitem').allInnerTexts()).toEqual(['Patient 11', 'Patient 12']);
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await page.getByText('8 patients found').waitFor();
    expect(await names()).not.toContain('Patient 11');
    await page.context().close();
  }, 120_000);

  test('an account and a hospital made by mistake are erased; one that is on record stays, with the reason', async () => {
    const { t } = system;
    const hospital = await insertHospital(t.db);
    const user = await insertUser(t.db, 'UPLOADER', { hospitalId: hospital.id });
    const page = await openPage(browser);
    await page.goto(`${system.origin}/people`);
    await signIn(page, system.staff.admin.email);
    const erase = async (button: string, item?: string) => {
      await page.getByRole('button', { name: button, exact: true }).click();
      if (item) await page.getByRole('menuitem', { name: item }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Erase' }).click();
    };
    await erase(`Erase ${hospital.name}`);
    await page.getByRole('dialog').getByRole('alert').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    for (const [button, item] of [
      [`More for ${user.name}`, 'Erase…'],
      [`Erase ${hospital.name}`, undefined],
    ]) {
      await erase(button!, item);
      await page.getByRole('button', { name: button, exact: true }).waitFor({ state: 'detached' });
    }
    await page.context().close();
  }, 120_000);

  test('cells of all readers get another type; those of a closed reading are refused, with the reason', async () => {
    const { t, staff } = system;
    const read = async (reader: typeof staff.annotator, uploader: typeof staff.uploader) => {
      const { sample, lavage } = await insertPatientWithSample(t.db, uploader);
      const cell = { cellCoordinates: { x: 10, y: 10, width: 30, height: 30 }, cellType: 'WBC-Lymphocyte' };
      const call = t.as(reader);
      const { annotations } = await call('annotate', { body: { sampleId: sample.id, annotations: [cell] } });
      return { call, sample, lavage, id: annotations[0].id };
    };
    const open = await read(staff.annotator, staff.uploader);
    const closed = await read(far.annotator, far.uploader);
    const [reading] = (await closed.call('listReadings', { params: { id: closed.lavage.id } })).items;
    await closed.call('updateReading', {
      params: { id: reading.id },
      ifMatch: reading.version,
      body: { status: 'closed', fields: [{ sampleId: closed.sample.id, state: 'complete' }] },
    });

    const page = await enter('/admin/records?tab=annotations');
    await page.getByText('2 annotations', { exact: true }).waitFor();
    const cells = page.getByRole('rowheader').getByRole('link', { name: 'Lymphocyte' });
    expect(await cells.first().getAttribute('href')).toMatch(/^\/samples\/[\da-f-]+#cell=10,10,30,30$/);
    await page.getByLabel('Select all rows of this page').check();
    await page.getByRole('button', { name: 'Change cell type…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Change the cell type of 2 annotations' });
    await dialog.getByLabel('New cell type').selectOption('WBC-Neutrophil');
    await dialog.getByRole('button', { name: 'Change' }).click();
    const refused = page.getByRole('dialog', { name: '1 of 2 done' });
    await refused.getByText(closed.sample.originalFilename).waitFor();
    await refused.getByRole('button', { name: 'Close' }).click();
    const types = async () =>
      (await t.as(staff.admin)('listAllAnnotations', { query: {} })).items.map(({ id, cellType }) => [
        id,
        cellType,
      ]);
    expect(Object.fromEntries(await types())).toEqual({
      [open.id]: 'WBC-Neutrophil',
      [closed.id]: 'WBC-Lymphocyte',
    });
    await page.context().close();
  }, 120_000);

  test('what is done to a row stays in sight on a small screen, however long the names are', async () => {
    const { t } = system;
    const name = 'Maximiliana Alexandrina von Hohenzollern und zu Guttenberg';
    const hospital = await insertHospital(t.db, { name: `University Hospital ${name}`, location: name });
    const at = { hospitalId: hospital.id, name };
    const uploader = await insertUser(t.db, 'UPLOADER', at);
    const annotator = await insertUser(t.db, 'ANNOTATOR', { ...at, laboratoryId: hospital.laboratoryId });
    const { sample } = await insertPatientWithSample(t.db, uploader);
    const cell = { cellCoordinates: { x: 10, y: 10, width: 30, height: 30 }, cellType: 'WBC-Lymphocyte' };
    await t.as(annotator)('annotate', { body: { sampleId: sample.id, annotations: [cell] } });
    const page = await enter('/admin/records?tab=annotations');
    await page.setViewportSize({ width: 768, height: 1024 });
    const expectInSight = async (button: string) => {
      const box = await page.getByRole('button', { name: button }).first().boundingBox();
      expect(box!.x + box!.width).toBeLessThanOrEqual(768 - 24);
    };
    await page.getByRole('row', { name: new RegExp(name) }).waitFor();
    await expectInSight('Remove Lymphocyte');
    await page.goto(`${system.origin}/people`);
    await page
      .getByRole('row', { name: new RegExp(hospital.name) })
      .last()
      .waitFor();
    await expectInSight(`More for ${name}`);
    await expectInSight(`Erase ${hospital.name}`);
    await page.context().close();
  }, 120_000);
});
