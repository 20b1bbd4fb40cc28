import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { insertLavage, insertPatient } from '../server/testing/factories.ts';
import { postForm } from '../server/testing/upload-form.ts';
import { launchChromium, skipWithoutChromium } from './browser.ts';
import { fieldImages } from './field-images.ts';
import { openPage, signIn } from './open-page.ts';
import { type RunningSystem, startSystem } from './running-system.ts';

const PATIENCE = { timeout: 60_000 };
const WAITING = { ...PATIENCE, interval: 100 };
const ASSETS = path.resolve(import.meta.dirname, '../dist/web/assets');

/** What happened on the page, each with the frame it happened in. */
interface Mark {
  what: 'answer' | 'drawn';
  frame: number;
}
declare global {
  interface Window {
    marks: Mark[];
  }
}

describe.skipIf(skipWithoutChromium())('detection under the hand', () => {
  let system: RunningSystem;
  let browser: Browser;
  let page: Page;
  let jobId: string;
  const faults: string[] = [];

  beforeAll(async () => {
    system = await startSystem();
    jobId = await uploadField(system);
    browser = await launchChromium();
    page = await openPage(browser);
    page.on('pageerror', (error) => faults.push(error.message));
    await page.addInitScript(noteAnswersAndFrames);
    await page.goto(`${system.origin}/samples/${jobId}`);
    await signIn(page, system.staff.annotator.email);
    await page.getByRole('tab', { name: 'Detection' }).click(PATIENCE);
    await smallest().waitFor();
    await page.waitForFunction(() => window.marks.some(({ what }) => what === 'answer'), PATIENCE);
  });
  afterAll(async () => {
    await browser?.close();
    await system?.[Symbol.asyncDispose]();
    expect(faults).toEqual([]);
  });

  const smallest = () => page.getByRole('slider', { name: 'Smallest nucleus' });
  const previewed = async () => {
    const row = page.getByRole('table', { name: 'Cells found, by type' }).getByRole('row').last();
    return Number(await row.getByRole('cell').nth(2).innerText());
  };
  /** The pixels of the layer that previews are drawn on. */
  const drawnCells = () =>
    page
      .getByLabel(/^Image with its cells/)
      .evaluate((viewer) =>
        Array.from(viewer.querySelectorAll(':scope > canvas'), (layer) =>
          (layer as HTMLCanvasElement).toDataURL(),
        ).join(' '),
      );

  test('a moved slider changes the drawn cells without a request to the server', async () => {
    const requests: string[] = [];
    page.on('request', (request) => requests.push(new URL(request.url()).pathname));
    // The server would answer at full resolution once the slider rests; here it never does.
    await page.route('**/dynamic-detect*', () => {});
    const before = await drawnCells();
    await page.evaluate(() => {
      window.marks = [];
    });
    await smallest().focus();
    for (let step = 0; step < 15; step++) await page.keyboard.press('ArrowRight');
    await page.getByText(/^Preview in the browser/).waitFor();
    await expect.poll(previewed).toBeGreaterThanOrEqual(0);
    await expect.poll(drawnCells).not.toBe(before);
    expect(requests.filter((pathname) => !pathname.endsWith('/dynamic-detect'))).toEqual([]);

    // The last answer may have come just now, its frame not yet.
    await page.waitForFunction(() => window.marks.at(-1)?.what === 'drawn');
    const marks = await page.evaluate(() => window.marks);
    const waits = marks.flatMap(({ what, frame }, at) => {
      if (what === 'drawn') return [];
      const drawn = marks.slice(at).find((mark) => mark.what === 'drawn');
      return [drawn ? drawn.frame - frame : Number.POSITIVE_INFINITY];
    });
    process.stdout.write(`frames from the worker's answer to the drawn cells: ${waits.join(', ')}\n`);
    expect(Math.max(...waits)).toBeLessThanOrEqual(2);
  }, 60_000);

  test("the server's cells follow, and cancelling brings back the stored ones", async () => {
    await page.unroute('**/dynamic-detect*');
    const stored = await page.getByText(/cells looked at$/).innerText();
    await page.getByText('Preview: these cells are not saved.').waitFor();
    await page.keyboard.press('ArrowRight');
    await page.getByText(/^Full resolution from the server/).waitFor(PATIENCE);
    await page.getByRole('button', { name: 'Back to the stored cells' }).click();
    await page.getByText(/^Stored cells: /).waitFor();
    await page.getByRole('button', { name: 'Mark field complete' }).waitFor();
    expect(await page.getByText(/cells looked at$/).innerText()).toBe(stored);
  }, 60_000);

  test('applied to the image, the parameters make a new run, which is then shown', async () => {
    await page.getByRole('spinbutton', { name: 'Smallest nucleus, value' }).fill('0.9');
    await page.getByText(/^Full resolution from the server/).waitFor(PATIENCE);
    const expected = await previewed();
    await page.getByRole('button', { name: 'Apply to this image' }).click();
    await page.getByText(`0 of ${expected} cells looked at`).first().waitFor(PATIENCE);
    const { latestRun } = await system.t.as(system.staff.annotator)('getSample', { params: { jobId } });
    expect(latestRun?.parameters.min_area).toBe(0.9);
    expect(latestRun?.cellCount).toBe(expected);
  }, 90_000);

  test('the code that runs in the worker is small', () => {
    const files = existsSync(ASSETS) ? globSync(`${ASSETS}/detection-worker-*.js`) : [];
    expect(files).toHaveLength(1);
    const bytes = gzipSync(readFileSync(files[0])).length;
    process.stdout.write(`detection worker: ${(bytes / 1000).toFixed(1)} kB gzip\n`);
    expect(bytes).toBeLessThan(100_000);
  });
});

/** One field of a new patient, uploaded as people do, and processed. */
async function uploadField({ t, staff }: RunningSystem): Promise<string> {
  const patient = await insertPatient(t.db, staff.uploader);
  await insertLavage(t.db, patient);
  const [file] = await fieldImages(1);
  const { body } = await postForm(t, staff.uploader, [
    ['patient_id', patient.id],
    ['file', { name: path.basename(file), bytes: readFileSync(file) }],
  ]);
  const [{ job_id: jobId }] = body.samples;
  const call = t.as(staff.uploader);
  await vi.waitFor(async () => {
    const { inferenceStatus } = await call('getSample', { params: { jobId } });
    expect(inferenceStatus).toBe('completed');
  }, WAITING);
  return jobId;
}

/** Runs in the page: notes the frames in which the worker answers and in which cell layers are drawn. */
function noteAnswersAndFrames(): void {
  let frame = 0;
  const count = () => {
    frame++;
    requestAnimationFrame(count);
  };
  requestAnimationFrame(count);
  window.marks = [];
  const NativeWorker = window.Worker;
  window.Worker = class extends NativeWorker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      this.addEventListener('message', ({ data }) => {
        if (data.kind === 'cells') window.marks.push({ what: 'answer', frame });
      });
    }
  };
  // Cells of this size are drawn as paths, in one pass a frame.
  const { stroke } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.stroke = function (...path: unknown[]) {
    if (window.marks.at(-1)?.what !== 'drawn') window.marks.push({ what: 'drawn', frame });
    stroke.apply(this, path as Parameters<typeof stroke>);
  };
}
