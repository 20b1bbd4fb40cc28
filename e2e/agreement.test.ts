import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { insertUser } from '../server/testing/factories.ts';
import { fieldImage } from '../server/testing/image-files.ts';
import { launchChromium, skipWithoutChromium } from './browser.ts';
import { openPage, signIn } from './open-page.ts';
import { type RunningSystem, startSystem } from './running-system.ts';

type User = RunningSystem['staff']['annotator'];
type Cell = [x: number, cellType: string];

describe.skipIf(skipWithoutChromium())('the page of agreement between readers', () => {
  let system: RunningSystem;
  let browser: Browser;
  let patientId: string;
  let lavageId: string;
  let jobId: string;
  let second: User;
  beforeAll(async () => {
    system = await startSystem();
    browser = await launchChromium();
    const { t, staff } = system;
    const call = t.as(staff.uploader);
    patientId = (await call('createPatient', { body: { name: 'Ida Berg', age: 61, gender: 'female' } })).id;
    const form = new FormData();
    form.append('patient_id', patientId);
    form.append('file', new Blob([new Uint8Array(await fieldImage())]), 'field_1.png');
    jobId = (await call('uploadImages', { body: form })).samples[0].jobId;
    await vi.waitFor(
      async () => expect((await call('getSample', { params: { jobId } })).inferenceStatus).toBe('completed'),
      60_000,
    );
    lavageId = (await call('getSample', { params: { jobId } })).lavageId;
    second = await insertUser(t.db, 'ANNOTATOR', { laboratoryId: staff.laboratoryId });
  });
  afterAll(async () => {
    await browser?.close();
    await system?.[Symbol.asyncDispose]();
  });

  /** Marks cells of 20 px in one row. */
  async function read(user: User, cells: Cell[]): Promise<string> {
    const call = system.t.as(user);
    const annotations = cells.map(([x, cellType]) => ({
      cellCoordinates: { x, y: 40, width: 20, height: 20 },
      cellType,
    }));
    const { annotations: saved } = await call('annotate', { body: { sampleId: jobId, annotations } });
    return saved[0].readingId;
  }
  const open = async (email: string, path: string): Promise<Page> => {
    const page = await openPage(browser);
    await page.goto(system.origin + path);
    await signIn(page, email);
    return page;
  };
  const agreementPath = () => `/patients/${patientId}/lavages/${lavageId}/agreement`;

  test('compares two readings once both are finished, and leads to a cell they differ over', async () => {
    const { t, staff } = system;
    const complete = async (user: User, id: string, status?: 'closed') => {
      const { items } = await t.as(user)('listReadings', { params: { id: lavageId } });
      await t.as(user)('updateReading', {
        params: { id },
        ifMatch: items.find((reading) => reading.id === id)?.version,
        body: { fields: [{ sampleId: jobId, state: 'complete' }], status },
      });
    };
    const first = await read(staff.annotator, [
      [20, 'WBC-Macrophage'],
      [60, 'WBC-Macrophage'],
      [100, 'WBC-Lymphocyte'],
      [140, 'WBC-Mast'],
    ]);
    await complete(staff.annotator, first, 'closed');
    const other = await read(second, [
      [21, 'WBC-Macrophage'],
      [60, 'WBC-Lymphocyte'],
      [100, 'WBC-Lymphocyte'],
    ]);
    await complete(second, other);

    const page = await open(second.email, agreementPath());
    await page.getByText('Nothing to compare yet').waitFor();
    await page.getByText('You see 1 finished reading and 1 still open.').waitFor();
    await page.getByRole('link', { name: /^Ida Berg/ }).click();
    await page.getByRole('button', { name: 'Finish your reading' }).click();
    await page.getByRole('button', { name: 'Finish your reading' }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: /^Agreement between readers/ }).click();

    await page
      .getByText(/Cohen's kappa/)
      .first()
      .waitFor();
    const shares = page.getByRole('table', { name: 'Percentages by reader' });
    await shares
      .getByRole('row', { name: /Lymphocyte/ })
      .getByRole('img')
      .nth(1)
      .waitFor();
    const matrix = page.getByRole('table', { name: /^Cells that both have/ });
    await matrix.getByRole('row', { name: /^Macrophage/ }).waitFor();
    await page.getByText('Most often exchanged: Lymphocyte and Macrophage (1).').waitFor();
    const differing = page.getByRole('list', { name: 'Cells they differ over' }).getByRole('listitem');
    expect(await differing.count()).toBe(2);
    await differing.filter({ hasText: 'no cell' }).getByText('Mast cell').waitFor();

    await differing.getByRole('link', { name: 'Open in its image: Macrophage or Lymphocyte' }).click();
    await page.waitForURL(`**/samples/${jobId}#cell=60,40,20,20`);
    await page.getByLabel(/^Image with its cells/).waitFor();
    await page.getByLabel('Selected cell').getByText('Lymphocyte').first().waitFor();
    await page.context().close();
  }, 180_000);

  test('hides from a blinded reader what the others found', async () => {
    const { t, staff } = system;
    const blinded = await insertUser(t.db, 'ANNOTATOR', { laboratoryId: staff.laboratoryId });
    await t.as(blinded)('createReading', { params: { id: lavageId }, body: { blinded: true } });
    const page = await open(blinded.email, `/patients/${patientId}`);
    await page
      .getByRole('list', { name: /^Readings of/ })
      .getByRole('listitem')
      .waitFor();
    expect(await page.getByRole('link', { name: /^Agreement between readers/ }).count()).toBe(0);
    await page.goto(system.origin + agreementPath());
    await page.getByText('You see 0 finished readings and 1 still open.').waitFor();
    expect(await page.getByText(staff.annotator.name).count()).toBe(0);
    await page.context().close();
  }, 120_000);

  test('is not for uploaders', async () => {
    const page = await open(system.staff.uploader.email, agreementPath());
    await page.getByRole('heading', { name: 'This page does not exist' }).waitFor();
    await page.context().close();
  });
});
