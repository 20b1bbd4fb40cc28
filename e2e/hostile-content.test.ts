import { eq } from 'drizzle-orm';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { DEFAULT_LABORATORY_SETTINGS } from '../core/laboratory-settings.ts';
import { samples } from '../server/db/tables/patients.ts';
import { hospitals, laboratories, laboratorySettings, users } from '../server/db/tables/people.ts';
import { insertDetectionRun } from '../server/testing/factories.ts';
import { fieldImage } from '../server/testing/image-files.ts';
import { launchChromium, skipWithoutChromium } from './browser.ts';
import { openPage, signIn } from './open-page.ts';
import { type RunningSystem, startSystem } from './running-system.ts';

/** Runs if any page takes it for markup, as an element, an attribute or a script. */
const MARKUP = `"'><img src=x onerror="window.owned=1"><script>window.owned=1</script>{{7*7}}`;
const PATIENCE = { timeout: 60_000 };

describe.skipIf(skipWithoutChromium())('in the browser', () => {
  let system: RunningSystem;
  let browser: Browser;
  let patientId: string;
  let jobId: string;

  beforeAll(async () => {
    system = await startSystem();
    browser = await launchChromium();
    const { t, staff } = system;
    await t.db.update(users).set({ name: MARKUP });
    await t.db.update(hospitals).set({ name: MARKUP, location: MARKUP });
    await t.db.update(laboratories).set({ name: MARKUP }).where(eq(laboratories.id, staff.laboratoryId));
    const { cellTypes, diagnoses, ...settings } = DEFAULT_LABORATORY_SETTINGS;
    const marked = {
      ...settings,
      cellTypes: cellTypes.map((one) => ({ ...one, name: `${one.name}${MARKUP}` })),
      diagnoses: diagnoses.map((one) => ({ ...one, name: `${one.name}${MARKUP}` })),
    };
    await t.db.update(laboratorySettings).set({ settings: marked });
    const call = t.as(staff.uploader);
    const identifiers = [{ value: MARKUP.slice(0, 64), type: '<b>MRN</b>', issuer: MARKUP }];
    const person = { name: MARKUP, age: 50, gender: 'female', contact: MARKUP, identifiers } as const;
    patientId = (await call('createPatient', { body: person })).id;
    const text = { site: MARKUP, request: { accessionNumber: MARKUP.slice(0, 64), question: MARKUP } };
    const lavage = await call('createLavage', { params: { patientId }, body: text });
    const slide = { label: MARKUP.slice(0, 120), stain: MARKUP.slice(0, 80) };
    await call('createSlide', { params: { id: lavage.id }, body: slide });
    const form = new FormData();
    form.append('patient_id', patientId);
    form.append('file', new Blob([new Uint8Array(await fieldImage())]), 'field.png');
    jobId = (await call('uploadImages', { body: form })).samples[0].jobId;
    const processed = async () => (await call('getSample', { params: { jobId } })).inferenceStatus;
    await vi.waitFor(async () => expect(await processed()).toBe('completed'), PATIENCE);
    await insertDetectionRun(t.db, { id: jobId });
    await t.db
      .update(samples)
      .set({ originalFilename: `${MARKUP}.png` })
      .where(eq(samples.id, jobId));
    const read = t.as(staff.annotator);
    const box = { x: 20, y: 20, width: 30, height: 30 };
    await read('annotate', {
      body: {
        sampleId: jobId,
        annotations: [{ cellCoordinates: box, cellType: 'WBC-Lymphocyte', comments: MARKUP }],
      },
    });
    const diagnosis = { adequacy: 'adequate' as const, diagnosis: ['normal'], comments: MARKUP };
    await read('annotatePatient', { body: { patientId, pattern: MARKUP, ...diagnosis } });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await system?.[Symbol.asyncDispose]();
  });

  async function enter(email: string, path = '/'): Promise<Page> {
    const page = await openPage(browser);
    await page.goto(system.origin + path);
    await signIn(page, email);
    await page.getByRole('button', { name: /^Account of/ }).waitFor();
    return page;
  }

  test.each(['admin', 'uploader', 'annotator'] as const)(
    'markup in names, files, comments, cell types and diagnoses is text on every page of the %s [CVE-2026-32118]',
    async (role) => {
      const page = await enter(system.staff[role].email);
      const pages = ['/', '/patients', `/patients/${patientId}`, `/samples/${jobId}`];
      const further = {
        admin: ['/people', '/admin/modelprocessing', '/admin/settings'],
        uploader: [],
        annotator: ['/work-list'],
      };
      let shown = 0;
      for (const path of [...pages, ...further[role]]) {
        await page.goto(system.origin + path);
        await page.getByRole('button', { name: /^Account of/ }).waitFor();
        await page.waitForLoadState('load');
        const main = page.locator('main');
        await expect.poll(async () => (await main.innerText()).length, PATIENCE).toBeGreaterThan(20);
        if ((await page.locator('body').innerText()).includes('<script>window.owned')) shown++;
        expect(await page.locator('img[src="x"], script:not([src])').count(), path).toBe(0);
        expect(await page.evaluate('window.owned'), path).toBeUndefined();
      }
      expect(shown).toBeGreaterThanOrEqual(3);
      await page.context().close();
    },
    120_000,
  );

  test('signing in leads back to where one was, and never to another host [CVE-2021-21377]', async () => {
    const evil = [
      '//evil.example/x',
      '/\\evil.example/x',
      '/sign-in?next=//evil.example',
      '/?next=https://evil.example',
    ];
    for (const path of evil) {
      const page = await enter(system.staff.uploader.email, path);
      expect(new URL(page.url()).origin, path).toBe(system.origin);
      await page.context().close();
    }
    const page = await enter(system.staff.uploader.email, `/patients/${patientId}`);
    expect(new URL(page.url()).pathname).toBe(`/patients/${patientId}`);
    await page.context().close();
  }, 120_000);

  test('no token and nothing of a patient is left in the storage of the browser [no-patient-data]', async () => {
    const page = await enter(system.staff.annotator.email, `/samples/${jobId}`);
    await page.getByLabel(/^Image with its cells/).waitFor();
    const stored = await page.evaluate(
      'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])',
    );
    expect(stored).not.toContain(MARKUP.slice(2, 10));
    expect(stored).not.toMatch(/eyJ|balscope_session|Bearer/);
    expect(await page.evaluate('indexedDB.databases().then((all) => all.length)')).toBe(0);
    expect(page.url()).not.toContain('owned');
    await page.context().close();
  });
});
