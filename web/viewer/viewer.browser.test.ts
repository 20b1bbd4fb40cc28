import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_CELL_TYPES } from '../../core/cell-types.ts';
import { launchChromium, skipWithoutChromium } from '../../e2e/browser.ts';
import { servePage } from '../../e2e/serve-page.ts';

const WINDOW = { width: 1_280, height: 900 };

describe.skipIf(skipWithoutChromium())('viewer in Chromium', () => {
  let served: Awaited<ReturnType<typeof servePage>>;
  let browser: Browser;
  const pageErrors: Error[] = [];

  beforeAll(async () => {
    served = await servePage('web/viewer/testing/index.html');
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await served?.close();
    expect(pageErrors).toEqual([]);
  });

  async function open(query: string): Promise<Page> {
    const page = await browser.newPage({ viewport: WINDOW });
    page.on('pageerror', (error) => pageErrors.push(error));
    await page.goto(`${served.url}?${query}`);
    await page.waitForFunction(() => window.underTest?.viewer.getState().image === 'open');
    await settle(page);
    return page;
  }

  describe('1,000 cells', () => {
    let page: Page;

    beforeAll(async () => {
      page = await open('cells=1000');
    });

    afterAll(() => page?.close());

    it('draws all cells, each in the colour of its type', async () => {
      expect(await page.evaluate(() => window.underTest.viewer.lastFrame)).toMatchObject({
        visited: 1_000,
        drawn: 1_000,
        asDensity: false,
      });
      for (const cell of [0, 14, 333, 522, 999]) {
        expect(await colorNear(page, cell)).toBe(DEFAULT_CELL_TYPES[cell % 13].color);
      }
    });

    it('draws nothing between the cells', async () => {
      const gap = await page.evaluate(() => window.underTest.viewer.toWindow(2_047, 1_530));
      expect(await layerPixel(page, gap.x, gap.y)).toEqual([0, 0, 0, 0]);
    });

    it('selects on click, relabels by a number key, and takes it back', async () => {
      await clickCell(page, 522);
      expect(await selectedCells(page)).toEqual([522]);
      await page.keyboard.press('3');
      await settle(page);
      expect(await page.evaluate(() => window.underTest.store.describe(522).cellType.code)).toBe(
        'WBC-Neutrophil',
      );
      expect(await colorNear(page, 522)).toBe(DEFAULT_CELL_TYPES[2].color);
      await page.keyboard.press('Control+z');
      await page.keyboard.press('Escape');
      await settle(page);
      expect(await selectedCells(page)).toEqual([]);
      expect(await colorNear(page, 522)).toBe(DEFAULT_CELL_TYPES[522 % 13].color);
    });

    it('hides a type, and leaves its cells unpicked', async () => {
      await page.evaluate(() => window.underTest.viewer.setHiddenTypes(new Set([522 % 13])));
      await settle(page);
      expect(await colorNear(page, 522)).toBeNull();
      expect(await colorNear(page, 523)).toBe(DEFAULT_CELL_TYPES[523 % 13].color);
      await clickCell(page, 522);
      expect(await selectedCells(page)).toEqual([]);
      await page.evaluate(() => window.underTest.viewer.setHiddenTypes(new Set()));
    });

    it('tells which cell is under the pointer', async () => {
      const at = await windowPoint(page, 600);
      await page.evaluate(() => {
        window.hovers = [];
        window.underTest.viewer.onHover((cell) => window.hovers.push(cell));
      });
      await page.mouse.move(at.x, at.y);
      await page.mouse.move(2, 2);
      expect(await page.evaluate(() => window.hovers)).toEqual([600, -1]);
    });

    it('zooms around the pointer with the wheel and pans by dragging, the cells with the image', async () => {
      const before = await windowPoint(page, 522);
      const widthBefore = (await screenBox(page, 522)).width;
      await page.mouse.move(before.x, before.y);
      await page.mouse.wheel(0, -300);
      await settle(page);
      const zoomed = await windowPoint(page, 522);
      expect(Math.hypot(zoomed.x - before.x, zoomed.y - before.y)).toBeLessThan(2);
      expect((await screenBox(page, 522)).width / widthBefore).toBeCloseTo(1.25, 2);
      await page.mouse.move(700, 700);
      await page.mouse.down();
      await page.mouse.move(600, 640, { steps: 5 });
      await page.mouse.up();
      await settle(page);
      const panned = await windowPoint(page, 522);
      expect(panned.x - zoomed.x).toBeCloseTo(-100, 0);
      expect(panned.y - zoomed.y).toBeCloseTo(-60, 0);
      expect(await colorNear(page, 522)).toBe(DEFAULT_CELL_TYPES[522 % 13].color);
    });

    it('shows the whole image however its place changes, until somebody moves', async () => {
      const shown = await open('cells=1000');
      const visible = async () => {
        await settle(shown);
        const { top, left, bottom, right } = await shown.evaluate(() => {
          const { viewer } = window.underTest;
          const [first, last] = [viewer.toWindow(0, 0), viewer.toWindow(2_048, 1_536)];
          return { top: first.y, left: first.x, bottom: last.y, right: last.x };
        });
        const { width, height } = shown.viewportSize()!;
        return top > -1 && left > -1 && bottom < height + 1 && right < width + 1;
      };
      for (const size of [
        { width: 1_280, height: 500 },
        { width: 500, height: 900 },
      ]) {
        await shown.setViewportSize(size);
        expect(await visible()).toBe(true);
      }
      await shown.mouse.move(250, 450);
      for (let turn = 0; turn < 4; turn++) await shown.mouse.wheel(0, -300);
      await shown.setViewportSize({ width: 500, height: 800 });
      expect(await visible()).toBe(false);
      await shown.close();
    });

    it('moves the selected cell by dragging it, without panning', async () => {
      await page.evaluate(() => window.underTest.viewer.zoomTo(522));
      await settle(page);
      const before = await page.evaluate(() => window.underTest.store.boxOf(522));
      const at = await windowPoint(page, 522);
      const scale = (await screenBox(page, 522)).width / before.width;
      await page.mouse.move(at.x, at.y);
      await page.mouse.down();
      await page.mouse.move(at.x + 8 * scale, at.y + 4 * scale, { steps: 4 });
      await page.mouse.up();
      await settle(page);
      const after = await page.evaluate(() => window.underTest.store.boxOf(522));
      expect(after).toEqual({ ...before, x: before.x + 8, y: before.y + 4 });
      expect((await windowPoint(page, 522)).x - at.x).toBeCloseTo(8 * scale, 0);
      await page.keyboard.press('Control+z');
      expect(await page.evaluate(() => window.underTest.store.boxOf(522))).toEqual(before);
    });

    it('adds a cell by drawing it, removes it by key', async () => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('n');
      await page.mouse.move(500, 300);
      await page.mouse.down();
      await page.mouse.move(560, 350, { steps: 3 });
      await page.mouse.up();
      const [added] = await selectedCells(page);
      expect(added).toBe(1_000);
      await page.keyboard.press('Delete');
      expect(await page.evaluate(() => window.underTest.store.isPresent(1_000))).toBe(false);
      await page.keyboard.press('Escape');
      expect(await page.evaluate(() => window.underTest.viewer.getState().tool)).toBe('select');
    });

    it('steps through the cells by keyboard, and lets the focus go on the last Escape', async () => {
      await page.evaluate(() => document.querySelector<HTMLElement>('#viewer')!.focus());
      await page.keyboard.press('f');
      await page.keyboard.press('Tab');
      const [first] = await selectedCells(page);
      await page.keyboard.press('Tab');
      const [second] = await selectedCells(page);
      expect(second).not.toBe(first);
      await page.keyboard.press('Shift+Tab');
      expect(await selectedCells(page)).toEqual([first]);
      await page.keyboard.press('ArrowDown');
      expect((await windowPoint(page, (await selectedCells(page))[0])).y).toBeGreaterThan(
        (await windowPoint(page, first)).y,
      );
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      expect(await page.evaluate(() => document.activeElement === document.body)).toBe(true);
    });

    it("shows the image's own pixels at one to one", async () => {
      await page.evaluate(() => window.underTest.viewer.zoomToActualSize());
      await settle(page);
      const wrong = await page.evaluate(wrongPixelsAtActualSize);
      expect(wrong).toBe(0);
    });

    it('filters the image but not the cells', async () => {
      await page.evaluate(() =>
        window.underTest.viewer.setAdjustment({ brightness: 0.2, contrast: 0.3, gamma: 1.2 }),
      );
      const filters = await page.evaluate(() =>
        [...document.querySelectorAll('canvas')].map((canvas) => getComputedStyle(canvas).filter),
      );
      expect(filters[0]).toMatch(/^url\("#image-adjustment-/);
      expect(filters.at(-1)).toBe('none');
    });
  });

  it('says when the image cannot be shown', async () => {
    const page = await browser.newPage({ viewport: WINDOW });
    await page.goto(`${served.url}?cells=10&broken`);
    await page.waitForFunction(() => window.underTest?.viewer.getState().image === 'failed');
    await page.close();
  });

  it('draws 100,000 cells, as a density grid from afar and one by one from near', async () => {
    const page = await open('cells=100000&width=4096&height=3072');
    expect(await page.evaluate(() => window.underTest.viewer.lastFrame)).toMatchObject({
      drawn: 100_000,
      asDensity: true,
    });
    await page.evaluate(() => window.underTest.viewer.zoomTo(50_000));
    await settle(page);
    const near = await page.evaluate(() => window.underTest.viewer.lastFrame);
    expect(near.asDensity).toBe(false);
    expect(near.visited).toBeLessThan(1_000);
    expect(await colorNear(page, 50_001)).toBe(DEFAULT_CELL_TYPES[50_001 % 13].color);
    await page.close();
  });

  it('draws sharply on screens of two device pixels each, and leaves nothing behind when destroyed', async () => {
    const page = await browser.newPage({ viewport: WINDOW, deviceScaleFactor: 2 });
    await page.goto(`${served.url}?cells=200`);
    await page.waitForFunction(() => window.underTest?.viewer.getState().image === 'open');
    await settle(page);
    expect(await colorNear(page, 50)).toBe(DEFAULT_CELL_TYPES[50 % 13].color);
    const left = await page.evaluate(() => {
      const before = document.querySelectorAll('#viewer *').length;
      window.underTest.viewer.destroy();
      return [before > 0, document.querySelectorAll('#viewer *, body > svg').length];
    });
    expect(left).toEqual([true, 0]);
    await page.close();
  });
});

declare global {
  interface Window {
    hovers: number[];
  }
}

/** Until the animation is over and the frame drawn. */
async function settle(page: Page): Promise<void> {
  let last = '';
  for (let quiet = 0; quiet < 3; ) {
    await page.waitForTimeout(60);
    const now = JSON.stringify(await page.evaluate(() => window.underTest.viewer.toWindow(0, 0)));
    quiet = now === last ? quiet + 1 : 0;
    last = now;
  }
}

const selectedCells = (page: Page) => page.evaluate(() => [...window.underTest.selection.ids]);

const windowPoint = (page: Page, cell: number) =>
  page.evaluate((id) => {
    const { x, y, width, height } = window.underTest.store.boxOf(id);
    return window.underTest.viewer.toWindow(x + width / 2, y + height / 2);
  }, cell);

const screenBox = (page: Page, cell: number) =>
  page.evaluate((id) => {
    const { x, y, width, height } = window.underTest.store.boxOf(id);
    const start = window.underTest.viewer.toWindow(x, y);
    const end = window.underTest.viewer.toWindow(x + width, y + height);
    return { x: start.x, y: start.y, width: end.x - start.x, height: end.y - start.y };
  }, cell);

async function clickCell(page: Page, cell: number): Promise<void> {
  const { x, y } = await windowPoint(page, cell);
  await page.mouse.click(x, y);
  await settle(page);
}

/** Red, green, blue, alpha of the cell layer at a point of the window. */
const layerPixel = (page: Page, x: number, y: number) =>
  page.evaluate(
    ([left, top]) => {
      const layer = [...document.querySelectorAll('canvas')].at(-1)!;
      const ratio = devicePixelRatio;
      const pixel = layer.getContext('2d')!.getImageData(left * ratio, top * ratio, 1, 1);
      return [...pixel.data];
    },
    [x, y],
  );

/** The opaque colour found most often on the upper left corner of a cell's frame; null where nothing is drawn. */
async function colorNear(page: Page, cell: number): Promise<string | null> {
  const box = await screenBox(page, cell);
  return page.evaluate(({ x, y, width }) => {
    const layer = [...document.querySelectorAll('canvas')].at(-1)!;
    const ratio = devicePixelRatio;
    const side = Math.ceil(Math.max(6, width / 4) * ratio);
    const { data } = layer.getContext('2d')!.getImageData(x * ratio - 3, y * ratio - 3, side, side);
    const seen = new Map<string, number>();
    for (let i = 0; i < data.length; i += 4) {
      if (data[i + 3] < 250) continue;
      const color = `#${[data[i], data[i + 1], data[i + 2]].map((v) => v.toString(16).padStart(2, '0')).join('')}`;
      seen.set(color, (seen.get(color) ?? 0) + 1);
    }
    return [...seen].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
  }, box);
}

/** Compares the screen's image canvas with the painted field, pixel by pixel; runs in the page. */
async function wrongPixelsAtActualSize(): Promise<number> {
  const { viewer, field } = window.underTest;
  const screen = document.querySelector('canvas')!;
  const origin = viewer.toWindow(0, 0);
  const shown = screen.getContext('2d')!.getImageData(0, 0, screen.width, screen.height);
  const truth = field.getImageData(-origin.x, -origin.y, screen.width, screen.height);
  let wrong = 0;
  for (let i = 0; i < shown.data.length; i += 4) {
    const same = [0, 1, 2].every((channel) => shown.data[i + channel] === truth.data[i + channel]);
    if (!same) wrong++;
  }
  return wrong;
}
