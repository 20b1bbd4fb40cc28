// Prints how long each stage of detection takes and how it compares with native OpenCV, in one run:
//   node bench/detection.ts [--field IMAGE] [--python PYTHON] [--largest MEGAPIXELS]
// The field is ../shared/data/bal-large/field_009.png where that is there, else a synthetic one of its size.
// Native OpenCV needs a Python with cv2 (Debian: python3-opencv); --largest 400 adds the largest image.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { findBalCells, measureBalCells } from '../core/detection/bal-cells.ts';
import { detectInScore, prepareScore } from '../core/detection/detect-cells.ts';
import type { RgbImage } from '../core/detection/image.ts';
import { createKernels } from '../core/detection/kernels/create-kernels.ts';
import { type Kernels, PLAIN_KERNELS } from '../core/detection/kernels/kernels.ts';
import { scoreNuclei, stainBalance } from '../core/detection/nuclear-score.ts';
import { parseDetectionParameters } from '../core/detection/parameters.ts';
import { estimateBackground, stainTables } from '../core/detection/stain.ts';
import { densityLookup } from '../core/detection/stain-planes.ts';
import { stainImage } from '../core/detection/stained-image.ts';
import { synthesizeField } from '../core/synthesis/synthesize-field.ts';
import { decodeImage } from '../server/processing/decode-image.ts';
import { browserEngine } from './browser-engine.ts';
import { medianMs } from './median.ts';

const ROOT = path.join(import.meta.dirname, '..');
const REAL_FIELD = path.join(ROOT, '../shared/data/bal-large/field_009.png');

/** Diameter of a nucleus in the real field, image px. */
const NUCLEUS_PX = 75;

const GOALS = {
  full: 0.35,
  quarter: 1,
  sliderWorkingMs: 10,
  sliderFullMs: 30,
  readyMs: 50,
  gzipBytes: 100_000,
};

const { values: options } = parseArgs({
  options: {
    field: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    largest: { type: 'string', default: '144' },
  },
});

interface NativeTimes {
  version: string;
  stages: Record<string, Record<string, number>>;
}

const folder = mkdtempSync(path.join(tmpdir(), 'balscope-bench-'));
try {
  await run();
} finally {
  rmSync(folder, { recursive: true });
}

async function run(): Promise<void> {
  const file = options.field ?? (existsSync(REAL_FIELD) ? REAL_FIELD : await drawField());
  const image = await decodeImage(file, { maxPixels: 1e9 });
  const simd = createKernels();
  print(`${path.basename(file)}, ${image.width}×${image.height}, one thread, medians in ms`);
  if (simd === PLAIN_KERNELS) print('no SIMD on this machine: both columns are plain TypeScript');
  const native = nativeTimes(file);
  const nativeTotal = (downscale: number) => native && total(native.stages[downscale]);

  const full = printStages(image, 1, simd);
  const quarter = printStages(image, 4, simd);
  const auto = printStages(image, 'auto', simd);
  for (const [downscale, stages] of Object.entries(native?.stages ?? {})) {
    print(`\nOpenCV ${native?.version}, downscale ${downscale}`);
    for (const [stage, ms] of Object.entries(stages)) print(`  ${stage.padEnd(30)}${figure(ms)}`);
    print(`  ${'whole'.padEnd(30)}${figure(total(stages))}`);
  }

  print('\nfigure                                                    measured    goal');
  if (native) {
    printGoal('image to cells / native, both at full size', full.whole / nativeTotal(1)!, GOALS.full);
    printGoal(
      'image to cells at its own scale / native at full size',
      auto.whole / nativeTotal(1)!,
      GOALS.full,
    );
    printGoal('image to cells / native, both at downscale 4', quarter.whole / nativeTotal(4)!, GOALS.quarter);
  }
  printGoal('slider to cells at working scale, ms', auto.slider, GOALS.sliderWorkingMs);
  printGoal('slider to cells at full size, ms', full.slider, GOALS.sliderFullMs);
  const engine = await browserEngine(folder);
  printGoal('browser engine loaded and ready, ms', engine.readyMs, GOALS.readyMs);
  printGoal('browser engine, gzip, bytes', engine.gzipBytes, GOALS.gzipBytes);
  printGrowth(file, Number(options.largest));
}

/** A lavage field of the size and scale of the real one. */
async function drawField(): Promise<string> {
  print('no ../shared/data here: a synthetic field');
  const { image } = synthesizeField({
    seed: 1,
    width: 2012,
    height: 1518,
    counts: { 'WBC-Macrophage': 20, 'WBC-Lymphocyte': 8, 'WBC-Neutrophil': 4 },
    nucleusDiameterPx: NUCLEUS_PX,
  });
  const file = path.join(folder, 'field.png');
  const { data, width, height, channels } = image;
  await sharp(data, { raw: { width, height, channels } }).png().toFile(file);
  return file;
}

function nativeTimes(file: string): NativeTimes | undefined {
  const script = path.join(import.meta.dirname, 'native_opencv.py');
  const python = spawnSync(options.python, [script, file, '1', '4'], { encoding: 'utf8', timeout: 120_000 });
  if (python.status === 0) return JSON.parse(python.stdout) as NativeTimes;
  print(
    `no native OpenCV to compare with: ${options.python} has no cv2 (Debian: apt install python3-opencv)`,
  );
  return undefined;
}

function printStages(image: RgbImage, downscale: number | 'auto', simd: Kernels) {
  const nucleus = typeof downscale === 'number' ? Math.min(60, NUCLEUS_PX / downscale) : 20;
  const parameters = parseDetectionParameters({ downscale, nucleus_diameter: nucleus });
  const score = prepareScore(image, parameters, undefined, simd);
  const { width, height, rgb, smooth } = score;
  const background = estimateBackground(score);
  const lookup = densityLookup(background);
  const tables = stainTables('chromatin', background);
  const stained = stainImage(image, score.downscale, simd);
  const balance = stainBalance(stained);
  const stages: Record<string, (kernels: Kernels) => unknown> = {
    resample: (kernels) => kernels.resample(image, score.downscale),
    background: () => estimateBackground(score),
    'density, colour at half size, blur': (kernels) => kernels.readStain(rgb, width, height, lookup),
    'score of nuclei': (kernels) => scoreNuclei(stained, balance, kernels),
    '(score of other stains)': (kernels) => kernels.scoreByTables(rgb, tables),
    'strong edges': (kernels) => kernels.countGradients(smooth, width, height),
    'prepare, scale estimate too': (kernels) => prepareScore(image, parameters, undefined, kernels),
    'first threshold, packed': (kernels) => kernels.packAbove(smooth, width, height, 18),
    'nuclei, cells, features': (kernels) => measureBalCells(score, parameters, kernels),
    'the same, names, outlines': (kernels) => findBalCells(score, parameters, kernels),
    slider: (kernels) => detectInScore(score, parameters, kernels),
    whole: (kernels) =>
      detectInScore(prepareScore(image, parameters, undefined, kernels), parameters, kernels),
  };
  const { cells } = detectInScore(score, parameters, simd);
  print(`\ndownscale ${downscale}: working ${width}×${height}, ${cells.length} cells`);
  print(`  ${''.padEnd(30)}    SIMD   plain`);
  const figures: Record<string, number> = {};
  for (const [stage, work] of Object.entries(stages)) {
    figures[stage] = medianMs(() => work(simd));
    print(`  ${stage.padEnd(30)}${figure(figures[stage])}${figure(medianMs(() => work(PLAIN_KERNELS)))}`);
  }
  return { whole: figures.whole, slider: figures.slider };
}

/** Time and memory by size, each size in a process of its own. */
function printGrowth(file: string, largest: number): void {
  print('\nthe field repeated to larger images, downscale 4');
  print('  megapixels       ms   memory above the image, bytes a pixel');
  const sizes = [1, 4, 16, 64, 144, 400].filter((megapixels) => megapixels <= largest);
  const points: { megapixels: number; ms: number }[] = [];
  for (const megapixels of sizes) {
    const script = path.join(import.meta.dirname, 'detection-size.ts');
    const child = spawnSync(process.execPath, ['--expose-gc', script, file, String(megapixels)], {
      encoding: 'utf8',
      timeout: 600_000,
    });
    if (child.status !== 0) throw new Error(`${megapixels} megapixels failed:\n${child.stderr}`);
    const { ms, bytesPerPixel } = JSON.parse(child.stdout) as { ms: number; bytesPerPixel: number };
    points.push({ megapixels, ms });
    print(`  ${String(megapixels).padStart(10)}${figure(ms)}${figure(bytesPerPixel)}`);
  }
  const { perMegapixel, determination } = lineThrough(points);
  print(`  straight line: ${perMegapixel.toFixed(2)} ms a megapixel, R² ${determination.toFixed(4)}`);
}

/** Least-squares line of time against size. */
function lineThrough(points: readonly { megapixels: number; ms: number }[]) {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const x = mean(points.map((point) => point.megapixels));
  const y = mean(points.map((point) => point.ms));
  const xx = mean(points.map((point) => (point.megapixels - x) ** 2));
  const xy = mean(points.map((point) => (point.megapixels - x) * (point.ms - y)));
  const yy = mean(points.map((point) => (point.ms - y) ** 2));
  return { perMegapixel: xy / xx, determination: xy ** 2 / (xx * yy) };
}

function total(stages: Record<string, number>): number {
  return Object.values(stages).reduce((sum, ms) => sum + ms, 0);
}

function printGoal(name: string, measured: number, goal: number): void {
  const verdict = measured <= goal ? 'met' : 'missed';
  const shown = measured < 1000 ? measured.toFixed(2) : String(Math.round(measured));
  print(`${name.padEnd(56)}${shown.padStart(10)}${`≤ ${goal}`.padStart(10)}  ${verdict}`);
}

function figure(value: number): string {
  return value.toFixed(2).padStart(8);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
