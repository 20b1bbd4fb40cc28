import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodePackedCells } from '../../core/detection/packed-cells.ts';
import { synthesizeField } from '../../core/synthesis/synthesize-field.ts';
import { launchChromium, skipWithoutChromium } from '../../e2e/browser.ts';
import { servePage } from '../../e2e/serve-page.ts';
import type { ParameterValues } from './detection-messages.ts';
import { PreviewEngine } from './preview-engine.ts';
import type { WorkerAnswers } from './testing/test-page.ts';

const REAL_FIELDS = path.resolve(import.meta.dirname, '../../../shared/data/bal-fields/images');
const VALUES: ParameterValues[] = [
  {},
  { min_area: 0.6 },
  { threshold_start: 5, min_score: 1.05 },
  { feature: 'od_green' },
];

describe.skipIf(skipWithoutChromium())('detection worker in Chromium', () => {
  let served: Awaited<ReturnType<typeof servePage>>;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    served = await servePage('web/detection/testing/index.html');
    browser = await launchChromium();
    page = await browser.newPage();
    await page.goto(served.url);
    await page.waitForFunction(() => window.detect !== undefined);
  });

  afterAll(async () => {
    await browser?.close();
    await served?.close();
  });

  const detectInBrowser = (
    file: Buffer,
    { width, height }: { width: number; height: number },
    values: readonly ParameterValues[] = VALUES,
  ): Promise<WorkerAnswers> =>
    page.evaluate(([image, parameters]) => window.detect(image, parameters), [
      { base64: file.toString('base64'), width, height },
      values,
    ] as const);

  /** The same file through the decoder of the server and the core in this Node. */
  async function detectHere(png: Buffer): Promise<string[]> {
    const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
    const { width, height } = info;
    const engine = new PreviewEngine(
      { data, width, height, channels: 3 },
      { width, height, micronsPerPixel: null },
    );
    return VALUES.map((values) => Buffer.from(engine.detect(values).cells).toString('base64'));
  }

  it('finds the same cells as Node, byte for byte, on a drawn field', async () => {
    const counts = { 'WBC-Macrophage': 14, 'WBC-Lymphocyte': 8, 'WBC-Neutrophil': 3 };
    const { image } = synthesizeField({ seed: 11, width: 700, height: 520, counts });
    const png = await pngOf(image);
    const answers = await detectInBrowser(png, image);
    expect(countOf(answers.cells[0])).toBeGreaterThan(15);
    expect(answers.cells).toEqual(await detectHere(png));
  });

  it.skipIf(withoutRealFields())('and on a real one, with the time of each detection', async () => {
    const name = readdirSync(REAL_FIELDS).sort()[0];
    const { data: png, info: size } = await sharp(path.join(REAL_FIELDS, name))
      .removeAlpha()
      .png()
      .toBuffer({ resolveWithObject: true });
    const answers = await detectInBrowser(png, size);
    expect(answers.cells).toEqual(await detectHere(png));
    const times = answers.ms.map((ms) => Math.round(ms)).join(', ');
    process.stdout.write(
      `detection worker, ${size.width}×${size.height}: decoding ${Math.round(answers.decodeMs)} ms; with its score, then from it, from it, another score: ${times} ms\n`,
    );
  });

  it('works on a bounded size of a very large image, and answers in its own pixels', async () => {
    const size = { width: 4_800, height: 3_600 };
    const field = synthesizeField({
      seed: 5,
      width: 480,
      height: 360,
      counts: { 'WBC-Macrophage': 8 },
    }).image;
    const jpeg = await sharp(await pngOf(field))
      .resize(size)
      .jpeg()
      .toBuffer();
    const answers = await detectInBrowser(jpeg, size, [{ downscale: 8 }]);
    expect(answers.decodedWidth).toBeLessThan(size.width);
    const { count, box } = decodePackedCells(Buffer.from(answers.cells[0], 'base64'));
    expect(count).toBeGreaterThan(3);
    expect(Math.max(...box.filter((_, i) => i % 4 === 0))).toBeGreaterThan(size.width / 2);
  });
});

function withoutRealFields(): boolean {
  if (existsSync(REAL_FIELDS)) return false;
  process.stderr.write('\n*** No real fields beside the project: compared on drawn ones only. ***\n\n');
  return true;
}

const pngOf = ({
  data,
  width,
  height,
}: {
  data: Uint8Array | Uint8ClampedArray;
  width: number;
  height: number;
}) =>
  sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();

const countOf = (base64: string) => decodePackedCells(Buffer.from(base64, 'base64')).count;
