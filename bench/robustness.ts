// Prints how detection of nuclei holds when real BAL fields are changed as scanners, cameras and files change
// them. Each change is made in memory, the cells are brought back to the original pixels and scored by
// ../shared/measure/score.mjs against the original masks:  npx node bench/robustness.ts [CHANGE…]
// Changing and detecting alone, as score.mjs calls it:     npx node bench/robustness.ts --detect CHANGE IMAGE…
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { detectCells } from '../core/detection/detect-cells.ts';
import type { RgbImage } from '../core/detection/image.ts';
import { parseDetectionParameters } from '../core/detection/parameters.ts';
import { seededRandom } from '../core/synthesis/seeded-random.ts';
import { decodeImage } from '../server/processing/decode-image.ts';

const SHARED = path.join(import.meta.dirname, '../../shared');
const LIMITS = { maxPixels: 100_000_000 };

interface Figures {
  centre: { f1: number };
  iou50: { f1: number };
  dice: number;
}

interface Change {
  apply: (image: RgbImage) => Promise<RgbImage> | RgbImage;
  /** How far each figure may fall below that of the unchanged images. */
  allowed: number;
}

const CHANGES: Record<string, Change> = {
  none: { apply: (image) => image, allowed: 0 },
  'gamma 0.75': { apply: (image) => mapValues(image, (v) => 255 * (v / 255) ** 0.75), allowed: 0.02 },
  'gamma 1.25': { apply: (image) => mapValues(image, (v) => 255 * (v / 255) ** 1.25), allowed: 0.02 },
  'red −10 %, blue +10 %': { apply: whiteBalance(0.9, 1, 1.1), allowed: 0.02 },
  'red +10 %, blue −10 %': { apply: whiteBalance(1.1, 1, 0.9), allowed: 0.02 },
  'dim ×0.7': { apply: whiteBalance(0.7, 0.7, 0.7), allowed: 0.02 },
  'noise σ 8': { apply: addNoise, allowed: 0.02 },
  'blur σ 2': { apply: (image) => throughSharp(image, (pixels) => pixels.blur(2)), allowed: 0.02 },
  'scale ×0.5': { apply: (image) => rescale(image, 0.5), allowed: 0.02 },
  'scale ×2': { apply: (image) => rescale(image, 2), allowed: 0.02 },
  'JPEG quality 50': { apply: compress, allowed: 0.04 },
};

if (process.argv[2] === '--detect') await detectChanged(process.argv[3], process.argv.slice(4));
else printTable(process.argv.slice(2));

function printTable(only: readonly string[]): void {
  if (!existsSync(SHARED)) throw new Error(`${SHARED} is absent: there are no real images to measure on`);
  const base = scoreUnder('none');
  process.stdout.write(`${'change'.padEnd(24)}centre F1   IoU 0.5 F1  Dice\n`);
  for (const [name, { allowed }] of Object.entries(CHANGES)) {
    if (only.length > 0 && !only.includes(name)) continue;
    const figures = name === 'none' ? base : scoreUnder(name);
    const cells = figuresOf(figures).map((figure, i) => {
      const loss = figuresOf(base)[i] - figure;
      return `${figure.toFixed(3)} ${name === 'none' ? '' : (-loss).toFixed(3)}${loss > allowed + 1e-9 ? ' !' : ''}`;
    });
    process.stdout.write(
      name.padEnd(24) +
        cells
          .map((cell) => cell.padEnd(16))
          .join('')
          .trimEnd() +
        '\n',
    );
  }
}

function figuresOf({ centre, iou50, dice }: Figures): number[] {
  return [centre.f1, iou50.f1, dice];
}

function scoreUnder(change: string): Figures {
  const score = path.join(SHARED, 'measure/score.mjs');
  const detect = [process.execPath, import.meta.filename, '--detect', change];
  const run = spawnSync(process.execPath, [score, '--set', 'bal-fields', '--', ...detect], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (run.status !== 0) throw new Error(`scoring under ${change} ended with ${run.status}`);
  return JSON.parse(run.stdout);
}

async function detectChanged(change: string, files: readonly string[]): Promise<void> {
  const parameters = parseDetectionParameters({});
  for (const file of files) {
    const original = await decodeImage(file, LIMITS);
    const changed = await CHANGES[change].apply(original);
    const [scaleX, scaleY] = [original.width / changed.width, original.height / changed.height];
    const cells = detectCells(changed, parameters).cells.map(({ nucleus, ...box }) => ({
      x: box.x * scaleX,
      y: box.y * scaleY,
      width: box.width * scaleX,
      height: box.height * scaleY,
      cell_type: box.cellType,
      confidence: box.confidence,
      nucleus: { x: nucleus.x * scaleX, y: nucleus.y * scaleY, outline: points(nucleus.outline) },
    }));
    process.stdout.write(
      `${JSON.stringify({ file, width: original.width, height: original.height, cells })}\n`,
    );

    function points(outline: Float32Array): number[][] {
      return Array.from({ length: outline.length / 2 }, (_, i) => [
        outline[2 * i] * scaleX,
        outline[2 * i + 1] * scaleY,
      ]);
    }
  }
}

function mapValues(image: RgbImage, value: (value: number, channel: number) => number): RgbImage {
  const data = new Uint8ClampedArray(image.data.length);
  for (let i = 0; i < data.length; i++) data[i] = value(image.data[i], i % image.channels);
  return { ...image, data };
}

function whiteBalance(...gains: readonly number[]) {
  return (image: RgbImage) => mapValues(image, (value, channel) => value * gains[channel]);
}

/** Gaussian noise of standard deviation 8 in every channel (Box and Muller 1958), the same on every run. */
function addNoise(image: RgbImage): RgbImage {
  const random = seededRandom(1);
  const gaussian = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return mapValues(image, (value) => value + 8 * gaussian());
}

function rescale(image: RgbImage, factor: number): Promise<RgbImage> {
  const [width, height] = [image.width * factor, image.height * factor].map(Math.round);
  return throughSharp(image, (pixels) => pixels.resize(width, height, { fit: 'fill' }));
}

async function compress(image: RgbImage): Promise<RgbImage> {
  return decodeImage(await sharpOf(image).jpeg({ quality: 50 }).toBuffer(), LIMITS);
}

async function throughSharp(image: RgbImage, change: (pixels: Sharp) => Sharp): Promise<RgbImage> {
  return decodeImage(await change(sharpOf(image)).png().toBuffer(), LIMITS);
}

function sharpOf({ data, width, height, channels }: RgbImage): Sharp {
  return sharp(data, { raw: { width, height, channels } });
}
