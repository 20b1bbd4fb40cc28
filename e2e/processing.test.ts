import { Readable } from 'node:stream';
import { eq } from 'drizzle-orm';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { samples } from '../server/db/tables/patients.ts';
import { insertPatientWithSample } from '../server/testing/factories.ts';
import { fieldImage } from '../server/testing/image-files.ts';
import { launchChromium, skipWithoutChromium } from './browser.ts';
import { openPage, signIn } from './open-page.ts';
import { type RunningSystem, startSystem } from './running-system.ts';

describe.skipIf(skipWithoutChromium())('the page of processing', () => {
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

  async function open(email: string): Promise<Page> {
    const page = await openPage(browser);
    await page.goto(`${system.origin}/admin/modelprocessing/`);
    await signIn(page, email);
    return page;
  }

  test('shows an administrator what failed and has it processed again; others are not let in', async () => {
    const { staff, t } = system;
    const { sample } = await insertPatientWithSample(t.db, staff.uploader);
    await t.db
      .update(samples)
      .set({
        inferenceStatus: 'failed',
        error: 'The image is damaged.',
        completedAt: new Date().toISOString(),
      })
      .where(eq(samples.id, sample.id));
    const page = await open(staff.admin.email);
    await page.getByRole('heading', { name: 'Processing' }).waitFor();
    await page.getByText('The image is damaged.').waitFor();
    await page.getByText('0 images completed, 1 failed').waitFor();
    await page.getByRole('button', { name: 'Put back stuck images' }).click();
    await page.getByText('No image is stuck.').waitFor();

    await page.getByRole('button', { name: 'Process failed again…' }).click();
    await page.getByRole('button', { name: 'Process again', exact: true }).click();
    // It has no bytes: the worker says so, and the page without being reloaded.
    await page.getByRole('list').getByText('The stored image is missing').first().waitFor();
    await page.getByRole('heading', { name: 'Dead letters (1)' }).waitFor();
    await page.getByRole('link', { name: sample.originalFilename }).first().click();
    await page.waitForURL(`**/samples/${sample.id}`);
    await page.goBack();

    // With its bytes in place, the job that was given up succeeds when it is handed out once more.
    const { sha256 } = await t.deps.objects.put(sample.s3Key, Readable.from([await fieldImage()]), {
      maxBytes: 1e8,
    });
    await t.db.update(samples).set({ sha256 }).where(eq(samples.id, sample.id));
    await page.getByRole('button', { name: 'Redrive' }).click();
    await page.getByRole('heading', { name: 'Dead letters (1)' }).waitFor({ state: 'detached' });
    await vi.waitFor(
      async () => {
        const [row] = await t.db.select().from(samples).where(eq(samples.id, sample.id));
        expect(row.inferenceStatus).toBe('completed');
      },
      { timeout: 15_000 },
    );

    const other = await open(staff.uploader.email);
    await other.getByRole('heading', { name: 'This page does not exist' }).waitFor();
    expect(await other.getByRole('link', { name: 'Processing' }).count()).toBe(0);
  });
});
