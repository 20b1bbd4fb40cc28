import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insertUser } from '../server/testing/factories.ts';
import { launchChromium, skipWithoutChromium } from './browser.ts';
import { fieldImages } from './field-images.ts';
import { openPage, signIn } from './open-page.ts';
import { type RunningSystem, startSystem } from './running-system.ts';

const PATIENT = 'Ingrid Solheim';
/** Processing three fields on a busy machine. */
const PATIENCE = { timeout: 60_000 };

describe.skipIf(skipWithoutChromium())('from the images to the diagnosis', () => {
  let system: RunningSystem;
  let browser: Browser;
  let files: string[];
  const faults: string[] = [];

  beforeAll(async () => {
    files = await fieldImages(3);
    system = await startSystem();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await system?.[Symbol.asyncDispose]();
  });

  async function enter(email: string): Promise<Page> {
    const page = await openPage(browser);
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('response', (response) => {
      if (response.status() >= 500) faults.push(`${response.status()} ${response.url()}`);
    });
    await page.goto(system.origin);
    await signIn(page, email);
    await page.getByRole('button', { name: /^Account of/ }).waitFor();
    return page;
  }

  test('an uploader makes a patient, uploads three images and sees them complete without reloading', async () => {
    const page = await enter(system.staff.uploader.email);
    await page.getByRole('button', { name: 'New patient' }).first().click();
    await page.getByLabel('Full name').fill(PATIENT);
    await page.getByLabel('Age', { exact: true }).fill('51');
    await page.getByRole('button', { name: 'Create patient' }).click();
    await page.getByRole('heading', { name: PATIENT }).waitFor();
    let loads = 0;
    page.on('load', () => loads++);

    await page.getByLabel('Image files').setInputFiles(files);
    for (const file of files) {
      const tile = page
        .getByRole('list', { name: /^Images of/ })
        .getByRole('listitem')
        .filter({ hasText: path.basename(file) });
      await tile.getByText(/\d+ cells?/).waitFor(PATIENCE);
    }
    expect(loads).toBe(0);

    await page.getByLabel('Image files').setInputFiles(files.slice(0, 1));
    await page
      .getByText(/already|before/i)
      .first()
      .waitFor();
    await page.context().close();
  }, 120_000);

  test('an annotator relabels, adds, deletes, undoes, completes the field and records a diagnosis', async () => {
    const page = await enter(system.staff.annotator.email);
    await page
      .getByRole('row', { name: new RegExp(PATIENT) })
      .getByRole('link', { name: 'Read' })
      .click();
    const image = page.getByLabel(/^Image with its cells/);
    const looked = (type: string) => page.getByRole('button', { name: new RegExp(`^${type}, key`) });
    const saved = () => page.getByText('All changes saved').waitFor();
    const lookedAt = async () =>
      Number(/(\d+) of \d+ cells looked at/.exec(await page.locator('main').innerText())?.[1]);
    const immune = async () => {
      const text = await page
        .getByRole('progressbar', { name: /immune cells counted/ })
        .getAttribute('aria-label');
      return Number(text?.replaceAll(/[,\u202f\u00a0]/g, '').match(/^\d+/)?.[0]);
    };
    await page
      .getByText(/0 of \d+ cells looked at/)
      .first()
      .waitFor();
    const found = Number(/0 of (\d+) cells looked at/.exec(await page.locator('main').innerText())?.[1]);
    expect(found).toBeGreaterThan(5);
    expect(await immune()).toBe(0);

    // relabel two cells by key
    await image.focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('4');
    await page.keyboard.press('Tab');
    await page.keyboard.press('5');
    await expect.poll(() => looked('Eosinophil').getAttribute('aria-label')).toMatch(/1 looked at of 1/);
    await expect.poll(immune).toBe(2);

    // add a box in a corner of the image, as a basophil
    const box = await image.boundingBox();
    if (!box) throw new Error('the image is not shown');
    await page.keyboard.press('n');
    const centre = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    await page.mouse.move(centre.x - 20, centre.y - 20);
    await page.mouse.down();
    await page.mouse.move(centre.x + 20, centre.y + 20, { steps: 4 });
    await page.mouse.up();
    await page.keyboard.press('6');
    await expect.poll(() => looked('Basophil').getAttribute('aria-label')).toMatch(/1 looked at of 1/);
    await expect.poll(immune).toBe(3);

    // delete it, take that back, delete another
    await page.keyboard.press('Delete');
    await expect.poll(immune).toBe(2);
    await page.keyboard.press('Control+z');
    await expect.poll(immune).toBe(3);
    await page.keyboard.press('Escape');
    await image.focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Delete');
    await saved();
    expect(await lookedAt()).toBeGreaterThanOrEqual(3);

    await page.getByRole('button', { name: 'Mark field complete' }).click();
    await page
      .getByRole('region', { name: 'This field' })
      .getByText(/^Complete: all/)
      .first()
      .waitFor();
    await expect.poll(immune).toBeGreaterThan(3);
    const counted = await immune();

    await page.getByRole('tab', { name: 'Diagnosis' }).click();
    await page.getByRole('radio', { name: 'Adequate', exact: true }).check();
    await page.getByLabel('Add a diagnosis').fill('Sarcoidosis');
    await page.getByRole('option', { name: /Sarcoidosis/ }).click();
    await page
      .getByRole('textbox', { name: 'Comment', exact: true })
      .fill('Lymphocytic pattern, correlate with imaging.');
    await page.getByRole('button', { name: /^Save/ }).click();
    await page
      .getByText(/Saved|Recorded/)
      .first()
      .waitFor();

    await page.reload();
    await expect.poll(immune, PATIENCE).toBe(counted);
    expect(await looked('Eosinophil').getAttribute('aria-label')).toMatch(/1 looked at of 1/);
    expect(await looked('Basophil').getAttribute('aria-label')).toMatch(/1 looked at of 1/);
    await page
      .getByRole('region', { name: 'This field' })
      .getByText(/^Complete: all/)
      .first()
      .waitFor();
    await page.getByRole('tab', { name: 'Diagnosis' }).click();
    await page
      .getByText(/Sarcoidosis of lung/)
      .first()
      .waitFor();
    await page.context().close();
  }, 120_000);

  test('a field that the annotator excluded on another device is shown so before it is overwritten', async () => {
    const call = system.t.as(system.staff.annotator);
    const [{ id: patientId }] = (await call('listPatients', { query: { q: PATIENT } })).items;
    const { items: samples } = await call('listPatientSamples', { params: { patientId }, query: {} });
    const [reading] = (await call('listReadings', { params: { id: samples[0].lavageId } })).items;
    const { sampleId } = reading.fields.find(({ state }) => state === 'unread')!;
    const page = await enter(system.staff.annotator.email);
    await page.goto(`${system.origin}/samples/${sampleId}`);
    const field = page.getByRole('region', { name: 'This field' });
    await field.getByText(/looked at and counted/).waitFor();

    const fields = [{ sampleId, state: 'excluded' as const, excludedBecause: 'Out of focus' }];
    await call('updateReading', { params: { id: reading.id }, ifMatch: reading.version, body: { fields } });
    await field.getByRole('button', { name: 'Mark field complete' }).click();
    await field.getByText(/changed this reading elsewhere/).waitFor();
    await field
      .getByText(/^Excluded from the count: Out of focus/)
      .first()
      .waitFor();

    await field.getByRole('button', { name: 'Reopen' }).click();
    await field.getByText(/looked at and counted/).waitFor();
    await page.context().close();
  }, 120_000);

  test('what the annotator did is stored, each act with its row in the activity log', async () => {
    const call = system.t.as(system.staff.annotator);
    const [patient] = (await call('listPatients', { query: { q: PATIENT } })).items;
    expect(patient).toMatchObject({ sampleCount: 3, diagnosisStatus: 'diagnosed' });
    const { items: samples } = await call('listPatientSamples', {
      params: { patientId: patient.id },
      query: {},
    });
    const stored = await Promise.all(
      samples.map(({ jobId }) => call('listAnnotations', { params: { jobId }, query: {} })),
    );
    const annotations = stored.flatMap(({ items }) => items);
    expect(annotations.map(({ source }) => source).sort()).toEqual([
      'detection',
      'detection',
      'manual',
      'rejection',
    ]);
    expect(faults).toEqual([]);
  });

  test("another hospital's uploader sees nothing of it", async () => {
    const stranger = await insertUser(system.t.db, 'UPLOADER');
    const page = await enter(stranger.email);
    await page.getByRole('link', { name: 'Patients' }).click();
    await page.getByRole('heading', { name: 'Patients' }).waitFor();
    expect(await page.getByText(PATIENT).count()).toBe(0);
    await page.context().close();
  });
});
