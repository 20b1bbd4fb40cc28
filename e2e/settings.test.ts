import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insertHospital, insertLaboratory } from '../server/testing/factories.ts';
import { launchChromium, skipWithoutChromium } from './browser.ts';
import { openPage, signIn } from './open-page.ts';
import { type RunningSystem, startSystem } from './running-system.ts';

/** What the field with the focus is called. */
const FOCUSED_LABEL = 'document.activeElement?.labels?.[0]?.textContent';

describe.skipIf(skipWithoutChromium())('the page of settings', () => {
  let system: RunningSystem;
  let browser: Browser;
  beforeAll(async () => {
    system = await startSystem();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await system?.[Symbol.asyncDispose]();
  });

  async function open(email = system.staff.admin.email, path = '/admin/settings'): Promise<Page> {
    const page = await openPage(browser);
    await page.goto(system.origin + path);
    await signIn(page, email);
    return page;
  }
  const stored = (laboratoryId?: string) =>
    system.t.as(system.staff.admin)('getSettings', { query: { laboratoryId } });
  const section = (page: Page, name: string) =>
    page.getByRole('tab', { name: new RegExp(`^${name}`) }).click();
  const save = async (page: Page, version: number) => {
    await page.getByRole('button', { name: 'Save…' }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: `Save version ${version}` })
      .click();
    await page.getByText(`Saved as version ${version}.`).waitFor({ state: 'attached' });
  };

  test('shows a fault at its field, what a save changes, and makes a new version of it', async () => {
    const { version } = await stored();
    const page = await open();
    await page.getByLabel('Count target').fill('50');
    await page.getByText('Not below 200.').waitFor();
    await section(page, 'Cell types');
    await page.getByLabel('Key of Lymphocyte').fill('1');
    await page.getByText('Is there already.').waitFor();

    await page.getByRole('button', { name: 'Save…' }).click();
    await page.getByText('2 things do not fit yet').waitFor();
    await expect.poll(() => page.evaluate(FOCUSED_LABEL)).toBe('Count target');
    await page.getByRole('tab', { name: 'Cell types, changed, 1 fault' }).waitFor();

    await page.getByLabel('Count target').fill('500');
    await section(page, 'Cell types');
    await page.getByLabel('Key of Lymphocyte').fill('l');
    await page.getByRole('button', { name: 'New cell type' }).click();
    await page.getByLabel('Name of the new type').fill('Foamy macrophage');
    await page.getByLabel('Code of Foamy macrophage').fill('WBC-Foamy');
    await page.getByRole('button', { name: 'Move Foamy macrophage up' }).press('Enter');
    await section(page, 'Rules');
    await page.getByRole('button', { name: 'Edit lymphocytosis', exact: true }).click();
    await page.getByLabel('Threshold of condition 1').fill('30');
    await page.getByText('Lymphocyte above 30 %').waitFor();

    await page.getByRole('button', { name: 'Save…' }).click();
    const dialog = page.getByRole('dialog');
    for (const change of [
      'Count target: 400 → 500',
      'Lymphocyte (WBC-Lymphocyte): key: 2 → l',
      'Foamy macrophage (WBC-Foamy): added',
      'lymphocytosis: when: Lymphocyte above 25 % → Lymphocyte above 30 %',
    ]) {
      await dialog.getByText(change, { exact: true }).waitFor();
    }
    await dialog.getByText(/keep the version they began with/).waitFor();
    await dialog.getByRole('button', { name: `Save version ${version + 1}` }).click();
    await page.getByText(`Saved as version ${version + 1}.`).waitFor({ state: 'attached' });

    const { settings, version: now } = await stored();
    expect(now).toBe(version + 1);
    expect(settings.countTarget).toBe(500);
    expect(settings.cellTypes.at(-2)).toMatchObject({ code: 'WBC-Foamy', immune: true });
    expect(settings.rules[0].conditions[0]).toMatchObject({ abovePercent: 30 });
    await page.context().close();
  }, 120_000);

  test('keeps what was typed when somebody else saved first, and takes over what only they changed', async () => {
    const page = await open();
    await page.getByLabel('Count target').fill('300');
    const { settings, version } = await stored();
    await system.t.as(system.staff.admin)('replaceSettings', {
      query: {},
      ifMatch: version,
      body: { ...settings, locale: 'de-DE', countTarget: 600 },
    });
    await page.getByRole('button', { name: 'Save…' }).click();
    await page.getByRole('button', { name: `Save version ${version + 1}` }).click();
    const notice = page.getByRole('alert').filter({ hasText: `Somebody else saved version ${version + 1}` });
    await notice.getByText(/You both changed Counting/).waitFor();
    await notice.getByText(`Count target: ${settings.countTarget} → 600`).waitFor();
    expect(await page.getByLabel('Count target').inputValue()).toBe('300');
    expect(await page.getByLabel('Language').inputValue()).toBe('de-DE');
    await save(page, version + 2);
    await notice.waitFor({ state: 'detached' });
    expect((await stored()).settings).toMatchObject({ locale: 'de-DE', countTarget: 300 });
    await page.context().close();
  }, 120_000);

  test('sets detection and labels of a model, for the laboratory that is chosen, and asks before leaving', async () => {
    const laboratory = await insertLaboratory(system.t.db);
    const { laboratoryId } = system.staff;
    // More than a page of them before its own.
    for (let at = 0; at < 201; at++)
      await insertHospital(system.t.db, { name: `Clinic ${at}`, laboratoryId });
    await insertHospital(system.t.db, { laboratoryId: laboratory.id });
    const page = await open();
    await page.getByLabel('Laboratory').selectOption({ label: laboratory.name });
    await page.getByText(`${laboratory.name}, version 1`).waitFor();
    await section(page, 'Detection');
    await page.getByLabel('Smallest nucleus, value').first().fill('0.5');
    await page.getByRole('button', { name: 'New preset' }).click();
    await page.getByLabel('Name of the new preset').fill('Pale stain');
    await section(page, 'Model labels');
    await page.getByRole('button', { name: 'New label' }).click();
    await page.getByLabel('Label 1', { exact: true }).fill('LABEL_3');
    await page.getByLabel('Cell type of LABEL_3').selectOption({ label: 'Mast cell' });

    await page.getByRole('link', { name: 'People' }).click();
    await page.getByRole('dialog', { name: 'Leave without saving?' }).waitFor();
    await page.getByRole('button', { name: 'Stay here' }).click();
    expect(await page.getByLabel('Label 1', { exact: true }).inputValue()).toBe('LABEL_3');
    await save(page, 2);
    expect((await stored(laboratory.id)).settings).toMatchObject({
      detection: { min_area: 0.5 },
      detectionPresets: [{ name: 'Pale stain', parameters: {} }],
      modelLabels: { LABEL_3: 'WBC-Mast' },
    });
    await page.getByRole('link', { name: 'People' }).click();
    await page.getByRole('heading', { name: 'People' }).waitFor();
    await page.context().close();
  }, 120_000);

  test('is for administrators only', async () => {
    const page = await open(system.staff.annotator.email);
    await page.getByRole('heading', { name: 'This page does not exist' }).waitFor();
    expect(await page.getByRole('link', { name: 'Settings' }).count()).toBe(0);
    await page.context().close();
  });
});
