import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { synthesizeField } from '../core/synthesis/synthesize-field.ts';
import { insertLavage, insertPatient } from '../server/testing/factories.ts';
import { postForm } from '../server/testing/upload-form.ts';
import { launchChromium, skipWithoutChromium } from './browser.ts';
import { openPage, signIn } from './open-page.ts';
import { type RunningSystem, startSystem } from './running-system.ts';

const PATIENCE = { timeout: 60_000 };
/** More than is decoded whole here. */
const SIZE = { width: 4100, height: 3100 };
const DECODED_PIXELS = 4_000_000;

describe.skipIf(skipWithoutChromium())('an image too large to be shown at once', () => {
  let system: RunningSystem;
  let browser: Browser;
  let page: Page;
  const tiles: string[] = [];
  const faults: string[] = [];

  beforeAll(async () => {
    system = await startSystem({ decodedPixels: DECODED_PIXELS });
    const { t, staff, origin } = system;
    const patient = await insertPatient(t.db, staff.uploader);
    await insertLavage(t.db, patient);
    const bytes = await drawTiff();
    const { body } = await postForm(t, staff.uploader, [
      ['patient_id', patient.id],
      ['file', { name: 'slide.tif', bytes }],
    ]);
    browser = await launchChromium();
    page = await openPage(browser);
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('response', (response) => {
      const [, place] = /\/tiles\/(.*)$/.exec(response.url()) ?? [];
      if (place) tiles.push(`${response.status()} ${place}`);
    });
    await page.goto(`${origin}/samples/${body.samples[0].job_id}`);
    await signIn(page, staff.annotator.email);
    await page
      .getByText(/^0 of \d+ cells looked at$/)
      .first()
      .waitFor(PATIENCE);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await system?.[Symbol.asyncDispose]();
    expect(faults).toEqual([]);
  });

  test('is shown in tiles: small ones of the whole, those of full resolution where the reader looks', async () => {
    await expect.poll(() => tiles.length, PATIENCE).toBeGreaterThan(0);
    const levels = () => new Set(tiles.map((tile) => tile.slice(4, tile.indexOf('/'))));
    await expect.poll(() => levels().has('2'), PATIENCE).toBe(true);
    expect(levels().has('4')).toBe(false);
    await page.getByLabel(/^Image with its cells/).focus();
    await page.keyboard.press('x');
    await expect.poll(() => levels().has('4'), PATIENCE).toBe(true);
    expect(tiles.filter((tile) => !tile.startsWith('200 '))).toEqual([]);
    // 4100 × 3100 are 9 × 7 tiles; the screen needs some of them.
    expect(tiles.filter((tile) => tile.startsWith('200 4/')).length).toBeLessThan(40);
  }, 120_000);

  test('has no preview of other parameters, but they can be applied', async () => {
    await page.getByRole('tab', { name: 'Detection' }).click();
    await page.getByRole('slider', { name: 'Smallest nucleus' }).focus(PATIENCE);
    await page.keyboard.press('ArrowRight');
    await page.getByText(/^Large images have no preview/).waitFor();
    expect(await page.getByRole('button', { name: 'Apply to this image' }).isEnabled()).toBe(true);
    expect(await page.getByText('Preview: these cells are not saved.').count()).toBe(0);
  }, 120_000);
});

/** A synthetic field side by side with itself. */
async function drawTiff(): Promise<Uint8Array<ArrayBuffer>> {
  const [width, height] = [1203, 1007];
  const counts = { 'WBC-Macrophage': 30, 'WBC-Lymphocyte': 15, 'WBC-Neutrophil': 10 };
  const { image } = synthesizeField({ seed: 3, width, height, counts, nucleusDiameterPx: 32 });
  const tiff = await sharp(image.data, { raw: { width, height, channels: 3 } })
    .extend({ right: SIZE.width - width, bottom: SIZE.height - height, extendWith: 'repeat' })
    .tiff({ tile: true, compression: 'deflate' })
    .toBuffer();
  return new Uint8Array(tiff);
}
