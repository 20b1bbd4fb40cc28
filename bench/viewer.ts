/**
 * Times the viewer's CPU cell layer at 100,000 cells in the system's Chromium: `node bench/viewer.ts`.
 * Times depend on the machine, so they are printed beside their targets, not asserted.
 */
import { launchChromium } from '../e2e/browser.ts';
import { servePage } from '../e2e/serve-page.ts';
import type {} from '../web/viewer/testing/test-page.ts';

const CELLS = 100_000;
const FIELD = `cells=${CELLS}&width=8192&height=6144`;

interface Figure {
  name: string;
  ms: number;
  target: string;
}

const served = await servePage('web/viewer/testing/index.html');
const browser = await launchChromium();
try {
  const page = await browser.newPage({ viewport: { width: 1_400, height: 900 } });
  await page.goto(`${served.url}?${FIELD}`);
  await page.waitForFunction(() => window.underTest?.viewer.getState().image === 'open', undefined, {
    timeout: 120_000,
  });
  await page.waitForTimeout(1_000);
  const figures = await page.evaluate(measure);
  console.log(`${CELLS.toLocaleString('en')} cells on 1400 × 900, Chromium ${browser.version()}, no GPU`);
  for (const { name, ms, target } of figures) {
    console.log(`${name.padEnd(46)} ${ms.toFixed(ms < 1 ? 3 : 1).padStart(8)} ms   target ${target}`);
  }
} finally {
  await browser.close();
  await served.close();
}

/** Runs in the page. */
async function measure(): Promise<Figure[]> {
  const { viewer, store, undo, selection, loadMs } = window.underTest;
  const figures: Figure[] = [{ name: 'load from packed arrays, JS', ms: loadMs, target: '≤ 300' }];
  const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1];
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const rest = () => new Promise((resolve) => setTimeout(resolve, 700));
  const image = document.querySelector<HTMLElement>('#viewer')!;
  const pointer = (type: string, x: number, y: number, buttons: number) =>
    image.firstElementChild!.querySelector('canvas')!.dispatchEvent(
      new PointerEvent(type, {
        bubbles: true,
        cancelable: true,
        pointerId: 1,
        pointerType: 'mouse',
        isPrimary: true,
        button: type === 'pointermove' ? -1 : 0,
        buttons,
        clientX: x,
        clientY: y,
      }),
    );

  for (const [name, zoom] of [
    ['whole image', 1],
    ['cells of 9 px', 3.4],
    ['cells of 20 px', 2.2],
    ['cells of 45 px', 2.2],
  ] as const) {
    if (zoom > 1) viewer.zoomBy(zoom);
    await rest();
    const from = viewer.toWindow(0, 0);
    const draws: number[] = [];
    const intervals: number[] = [];
    let last = performance.now();
    pointer('pointerdown', 700, 450, 1);
    for (let step = 1; step <= 40; step++) {
      pointer('pointermove', 700 - step * 6, 450 - step * 4, 1);
      await frame();
      draws.push(viewer.lastFrame.ms);
      intervals.push(performance.now() - last);
      last = performance.now();
    }
    pointer('pointerup', 460, 290, 0);
    if (viewer.toWindow(0, 0).x > from.x - 200)
      throw new Error('the image was not panned: nothing was measured');
    const { drawn } = viewer.lastFrame;
    const label = `pan, ${name} (${drawn.toLocaleString('en')} drawn)`;
    figures.push({ name: `${label}: JS`, ms: median(draws), target: '≤ 16' });
    figures.push({ name: `${label}: interval`, ms: median(intervals), target: '≤ 50' });
  }

  const thousand = Array.from({ length: 1_000 }, (_, i) => i * 97);
  const relabel = Array.from({ length: 15 }, (_, round) => {
    const start = performance.now();
    store.relabel(thousand, round % 2 === 0 ? 1 : 2);
    undo.undo();
    undo.redo();
    return (performance.now() - start) / 3;
  });
  figures.push({ name: 'relabel 1,000 (edit, undo, redo each), JS', ms: median(relabel), target: '≤ 5' });
  const painted: number[] = [];
  for (let round = 0; round < 9; round++) {
    const start = performance.now();
    store.relabel(thousand, round % 2 === 0 ? 3 : 4);
    await frame();
    await new Promise((resolve) => setTimeout(resolve, 0));
    painted.push(performance.now() - start);
  }
  figures.push({ name: 'relabel 1,000, painted', ms: median(painted), target: '≤ 100' });

  const hoverStart = performance.now();
  for (let i = 0; i < 2_000; i++) pointer('pointermove', 200 + (i % 1_000), 100 + ((i * 7) % 700), 0);
  figures.push({
    name: 'hover, one pointer move',
    ms: (performance.now() - hoverStart) / 2_000,
    target: '≤ 0.1',
  });

  viewer.zoomToFit();
  await rest();
  const start = performance.now();
  viewer.selectAllVisible();
  await frame();
  figures.push({ name: 'select all 100,000, painted', ms: performance.now() - start, target: '–' });
  figures.push({ name: 'frame with 100,000 selected, JS', ms: viewer.lastFrame.ms, target: '≤ 16' });
  selection.clear();
  return figures;
}
